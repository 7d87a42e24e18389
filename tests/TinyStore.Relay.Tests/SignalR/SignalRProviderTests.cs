using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests.SignalR;

public sealed class SignalRProviderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Constructor_AttachesToTheDocumentAndDisposalDetaches()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var peer = new Peer(host.Connect(), "zoo");
        Assert.True(peer.Doc.HasProvider);
        Assert.False(peer.Doc.IsSynced);
        await peer.Provider.StartAsync();
        await peer.Provider.StartAsync(); // again does nothing
        await peer.SyncedAsync();
        Assert.True(peer.Doc.IsSynced);
        await peer.Provider.DisposeAsync();
        await peer.Provider.DisposeAsync();
        Assert.False(peer.Doc.HasProvider);
        Assert.Equal(ProviderState.Disconnected, peer.Provider.State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => peer.Provider.StartAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => peer.Provider.WhenSyncedAsync());
        await peer.SetAsync("a", 1); // the document lives on
        Assert.Equal(HubConnectionState.Connected, peer.Connection.State); // and so does the app's connection
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Constructor_WrongArguments_AreRefused()
    {
        await using var connection = RelayHost.Connect(1);
        using var doc = new YDoc();
        Assert.Throws<ArgumentNullException>(() => new SignalRProvider(null!, "zoo", doc));
        Assert.Throws<ArgumentNullException>(() => new SignalRProvider(connection, "zoo", null!));
        Assert.Throws<ArgumentException>(() => new SignalRProvider(connection, "", doc));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignalRProvider(connection, "zoo", doc, new SignalRProviderOptions { ReconnectDelay = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new SignalRProvider(connection, "zoo", doc, new SignalRProviderOptions { MaxReconnectDelay = TimeSpan.FromMilliseconds(2) }));
        Assert.False(doc.HasProvider);
    }

    [Fact]
    public async Task StateChanges_OfAWholeLife_AreRaisedInOrder()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var peer = await Peer.StartAsync(host, "zoo");
        await peer.Provider.StopAsync();
        Assert.Equal(
            [ProviderState.Connecting, ProviderState.Syncing, ProviderState.Synced, ProviderState.Disconnected],
            peer.Changes.Select(c => c.New));
        Assert.All(peer.Changes.Zip(peer.Changes.Skip(1)), pair => Assert.Equal(pair.First.New, pair.Second.Old));
    }

    /// <summary>Full jitter: each delay is random times a range that doubles up to the largest, and no attempt is made before.</summary>
    [Fact]
    public async Task Reconnect_WaitsJitteredGrowingDelaysOfTheTimeProvider()
    {
        var time = new FakeTimeProvider();
        await using var peer = new Peer(RelayHost.Connect(1), "zoo", configure: options =>
        {
            options.TimeProvider = time;
            options.Random = () => 0.5;
            options.ReconnectDelay = TimeSpan.FromSeconds(2);
            options.MaxReconnectDelay = TimeSpan.FromSeconds(10);
            options.FlushTimeout = TimeSpan.Zero;
        });
        await peer.Provider.StartAsync();
        var attempts = 1;
        foreach (var delay in new[] { 1, 2, 4, 5, 5 })
        {
            await Wait.UntilAsync(() => peer.Errors.Count == attempts, $"attempt {attempts}");
            await Task.Delay(30); // the delay is being waited for
            time.Advance(TimeSpan.FromSeconds(delay) - TimeSpan.FromMilliseconds(1));
            await Task.Delay(30);
            Assert.Equal(attempts, peer.Errors.Count);
            time.Advance(TimeSpan.FromMilliseconds(1));
            attempts++;
        }

        Assert.Equal(ProviderState.Connecting, peer.Provider.State);
    }

    [Fact]
    public async Task StopAsync_RelayDoesNotAcknowledge_StopsAfterTheStatedTimeAndKeepsTheEdits()
    {
        GatedLog? log = null;
        await using var host = await RelayHost.StartAsync(
            _folder.Path,
            services: services => services.AddSingleton<IUpdateLog>(_ => log = new GatedLog(new SqliteUpdateLog($"Data Source={_folder.File("relay.db")}"))));
        await using var peer = new Peer(host.Connect(), "zoo", configure: options => options.FlushTimeout = TimeSpan.FromMilliseconds(300));
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        log!.Close();
        await peer.SetAsync("a", 1);
        var clock = Stopwatch.StartNew();
        await peer.Provider.StopAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
        Assert.Equal((ProviderState.Disconnected, 1), (peer.Provider.State, peer.Provider.UnacknowledgedCount));
        Assert.True(peer.Log.Has("NotFlushed"));
        log.Open();
        await peer.Provider.StartAsync();
        await peer.AcknowledgedAsync();
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.Equal("""{"a":1}""", await fresh.JsonAsync());
    }

    /// <summary>
    /// Found by the random runs: news of the connection that was still under way when the provider stopped, came after it had
    /// stopped or started again, and left it waiting for ever.
    /// </summary>
    [Fact]
    public async Task StartAsync_AfterLateNewsOfTheLinkThatWasLeft_Syncs()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var peer = await Peer.StartAsync(host, "zoo");
        await using var elsewhere = await Peer.StartAsync(host, "farm");
        var left = HubLink.Attach(elsewhere.Connection, elsewhere.Provider, new SignalRProviderOptions());
        await peer.Provider.StopAsync();
        peer.Provider.OnConnected(left, 7);
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        peer.Provider.OnDisconnected(left);
        await peer.SetAsync("a", 1);
        await peer.AcknowledgedAsync();
        Assert.Equal(ProviderState.Synced, peer.Provider.State);
    }

    [Fact]
    public async Task StopAsync_WithEditsUnderWay_FlushesThem()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var peer = await Peer.StartAsync(host, "zoo");
        for (var i = 0; i < 200; i++)
        {
            await peer.SetAsync($"k{i}", i);
        }

        await peer.Provider.StopAsync();
        Assert.Equal(0, peer.Provider.UnacknowledgedCount);
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.Equal(200, fresh.Doc.GetMap("t").Count);
    }

    /// <summary>Updates of the network are not sent back, and those of another provider are passed on.</summary>
    [Fact]
    public async Task Provider_OnADocumentWithAnother_PassesItsUpdatesOnAndEchoesNothing()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var bridge = await Peer.StartAsync(host, "zoo");
        await using var second = new SignalRProvider(bridge.Connection, "farm", bridge.Doc);
        await second.StartAsync();
        await second.WhenSyncedAsync();
        await using var b = await Peer.StartAsync(host, "farm");
        await a.SetAsync("from a", 1);
        await b.UntilAsync("from a");
        await b.SetAsync("from b", 1);
        await a.UntilAsync("from b");
        await Task.Delay(100);
        var log = host.Services.GetRequiredService<IUpdateLog>();
        Assert.Equal(2, (await log.GetHeadAsync("zoo")).Sequence);
        Assert.Equal(2, (await log.GetHeadAsync("farm")).Sequence);
    }

    /// <summary>After the queue ran over offline, the state vectors say what the relay lacks.</summary>
    [Fact]
    public async Task Edits_MoreThanTheQueueHolds_ArriveAllTheSame()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var peer = new Peer(host.Connect(), "zoo", configure: options => options.Session.MaxQueuedUpdates = 10);
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        await peer.Provider.StopAsync();
        for (var i = 0; i < 100; i++)
        {
            await peer.SetAsync($"k{i}", i);
        }

        Assert.Equal(100, peer.Provider.UnacknowledgedCount);
        await peer.Provider.StartAsync();
        await peer.AcknowledgedAsync();
        Assert.Equal(1, (await host.Services.GetRequiredService<IUpdateLog>().GetHeadAsync("zoo")).Sequence); // one answer, not a hundred rows
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.Equal(100, fresh.Doc.GetMap("t").Count);
    }

    /// <summary>A burst beyond what may be in flight: the provider falls back on the state vectors and loses nothing.</summary>
    [Fact]
    public async Task Edits_FasterThanTheRelayCommits_AreBoundedAndArrive()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var peer = new Peer(host.Connect(), "zoo", configure: options =>
        {
            options.Session.MaxInFlightBytes = 2000;
            options.Session.MaxQueuedUpdates = 50;
        });
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        await peer.Doc.Context.RunAsync(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                peer.Doc.GetMap("t").Set($"k{i}", i);
            }
        });
        await peer.AcknowledgedAsync();
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.Equal(2000, fresh.Doc.GetMap("t").Count);
        Assert.InRange((await host.Services.GetRequiredService<IUpdateLog>().GetHeadAsync("zoo")).Sequence, 1, 1000);
        Assert.Empty(peer.Errors);
    }

    /// <summary>What a document holds before its provider exists goes up, and joining again with it adds no row.</summary>
    [Fact]
    public async Task Document_WithContentAndDeletes_IsUploadedOnce()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var doc = new YDoc();
        doc.GetMap("t").Set("a", 1);
        doc.GetMap("t").Set("b", 1);
        doc.GetMap("t").Delete("a");
        for (var i = 0; i < 3; i++)
        {
            var copy = new YDoc();
            copy.ApplyUpdate(doc.EncodeStateAsUpdate(), "disk");
            await using var peer = await Peer.StartAsync(host, "zoo", doc: copy);
            await peer.AcknowledgedAsync();
        }

        Assert.Equal(1, (await host.Services.GetRequiredService<IUpdateLog>().GetHeadAsync("zoo")).Sequence);
    }

    [Fact]
    public async Task Handler_OfTheAppThrows_IsReportedByTheLaneAndNothingIsLost()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        var reported = 0;
        b.Doc.Context.UnhandledException += (_, _) => Interlocked.Increment(ref reported);
        b.Provider.UnacknowledgedCountChanged += (_, _) => throw new InvalidOperationException("an app's handler");
        using var observer = b.Doc.GetMap("t").Observe(_ => throw new InvalidOperationException("an app's observer"));
        await a.SetAsync("a", 1);
        await b.UntilAsync("a");
        await Wait.UntilAsync(() => b.Errors.Any(e => e.Exception is not null), "the observer's exception");
        await Assert.ThrowsAnyAsync<Exception>(() => b.SetAsync("b", 1));
        await a.UntilAsync("b");
        await Wait.UntilAsync(() => b.Provider.UnacknowledgedCount == 0 && reported > 0, "the acknowledgement");
        await a.SetAsync("a2", 1);
        await b.UntilAsync("a2");
    }

    [Fact]
    public async Task Awareness_ReachesTheOtherPeer()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        byte[]? received = null;
        b.Provider.AwarenessReceived += (_, update) => received = update.ToArray();
        byte[] state = [1, 7, 1, 2, (byte)'{', (byte)'}'];
        a.Provider.SendAwareness(state);
        await Wait.UntilAsync(() => received is not null, "the awareness");
        Assert.Equal(state, received);
    }

    [Fact]
    public async Task Document_Disposed_ProviderLeaves()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var peer = await Peer.StartAsync(host, "zoo");
        await peer.Doc.Context.RunAsync(peer.Doc.Dispose);
        Assert.Equal(ProviderState.Disconnected, peer.Provider.State);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Connection_DisposedByTheApp_IsReportedAndTheProviderCanBeDisposed()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var peer = await Peer.StartAsync(host, "zoo");
        await peer.Connection.DisposeAsync();
        await Wait.UntilAsync(() => peer.Errors.Any(e => e.Exception is ObjectDisposedException), "the report");
        Assert.Equal(ProviderState.Connecting, peer.Provider.State);
        await peer.SetAsync("a", 1);
        await peer.DisposeAsync();
    }

    [Fact]
    public void Backoff_DoublesUpToTheLargestAndBeginsAnewAfterReset()
    {
        var options = new SignalRProviderOptions { ReconnectDelay = TimeSpan.FromSeconds(1), MaxReconnectDelay = TimeSpan.FromSeconds(5), Random = () => 0.9 };
        var backoff = new Backoff(options);
        Assert.Equal([900, 1800, 3600, 4500, 4500], Enumerable.Range(0, 5).Select(_ => Math.Round(backoff.Next().TotalMilliseconds)));
        backoff.Reset();
        Assert.Equal(900, backoff.Next().TotalMilliseconds, 3);
        Assert.Equal(TimeSpan.Zero, new Backoff(new SignalRProviderOptions { Random = () => 0 }).Next());
    }
}
