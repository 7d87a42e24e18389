using TinyStore.Crdt;
using TinyStore.Crdt.CrashHost;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

/// <summary>Documents on disk, providers and a relay over several runs of an app.</summary>
public sealed class DocFileTests : IDisposable
{
    private const string Room = "zoo";

    private readonly TempFolder _folder = new();
    private readonly TempFolder _relayFolder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _relayFolder.Dispose();
    }

    [Fact]
    public async Task EditsMadeOffline_ProcessIsKilled_TheyReachTheOthersWhenItRunsAgain()
    {
        var path = _folder.File("zoo.doc");
        await using var host = await RelayHost.StartAsync(_relayFolder.Path);
        await using var other = await Peer.StartAsync(host, Room);
        await other.SetAsync("theirs", 1);

        // The first run is online.
        await using (var run = await Run.OpenAsync(path, host))
        {
            await run.Peer.Provider.StartAsync();
            await run.Peer.UntilAsync("theirs");
            await run.Peer.SetAsync("online", 1);
            await run.Peer.AcknowledgedAsync();
        }

        // The second is a process of its own, offline, and ends with kill -9.
        await RunOfflineAsync(path, "first ", 5);
        await RunOfflineAsync(path, "second ", 3);
        await other.SetAsync("meanwhile", 1);

        // The third knows before it has a connection what the relay has not acknowledged.
        await using (var run = await Run.OpenAsync(path, host))
        {
            var received = 0;
            using var observer = run.Peer.Doc.ObserveUpdates(update => received += ReferenceEquals(update.Origin, run.Peer.Provider) ? 1 : 0);
            Assert.Equal(8, run.Peer.Provider.UnacknowledgedCount);
            Assert.False(run.Peer.Provider.WhenAcknowledgedAsync().IsCompleted);
            await run.Peer.SetAsync("before the start", 1);
            Assert.Equal(9, run.Peer.Provider.UnacknowledgedCount);
            await run.Peer.Provider.StartAsync();
            await run.Peer.AcknowledgedAsync();
            await run.Peer.UntilAsync("meanwhile");
            Assert.Equal(0, run.Peer.Provider.UnacknowledgedCount);
            Assert.Equal(1, received); // the row that came meanwhile, and none of those before
            await other.UntilAsync("first 4");
            await other.UntilAsync("second 2");
            await other.UntilAsync("before the start");
        }

        // The fourth has nothing to send, and knows it without asking.
        await using (var run = await Run.OpenAsync(path, host))
        {
            Assert.Equal(0, run.Peer.Provider.UnacknowledgedCount);
            await run.Peer.AcknowledgedAsync();
            Assert.Equal(ProviderState.Disconnected, run.Peer.Provider.State);
            Assert.Equal(await other.JsonAsync(), await run.Peer.JsonAsync());
        }

        host.Log.AssertNoErrors();
    }

    [Fact]
    public async Task EditsMadeWhileTheRelayIsDown_AreCountedAndSentByALaterRun()
    {
        var path = _folder.File("zoo.doc");
        int port;
        await using (var host = await RelayHost.StartAsync(_relayFolder.Path))
        {
            port = host.Port;
            await using var run = await Run.OpenAsync(path, host);
            await run.Peer.Provider.StartAsync();
            await run.Peer.SetAsync("acknowledged", 1);
            await run.Peer.AcknowledgedAsync();
        }

        await using (var run = await Run.OpenAsync(path, port))
        {
            await run.Peer.Provider.StartAsync();
            await run.Peer.SetAsync("a", 1);
            await run.Peer.SetAsync("b", 2);
            Assert.Equal(2, run.Peer.Provider.UnacknowledgedCount);
        }

        await using var again = await RelayHost.StartAsync(_relayFolder.Path, port);
        await using (var run = await Run.OpenAsync(path, again))
        {
            Assert.Equal(2, run.Peer.Provider.UnacknowledgedCount);
            await run.Peer.Provider.StartAsync();
            await run.Peer.AcknowledgedAsync();
        }

        await using var other = await Peer.StartAsync(again, Room);
        Assert.Equal("""{"a":1,"acknowledged":1,"b":2}""", await other.JsonAsync());
    }

    [Fact]
    public async Task DocumentOfAnotherRoom_JoinsANewOneWithAllItHas()
    {
        var path = _folder.File("zoo.doc");
        await using var host = await RelayHost.StartAsync(_relayFolder.Path);
        await using (var run = await Run.OpenAsync(path, host))
        {
            await run.Peer.Provider.StartAsync();
            await run.Peer.SetAsync("a", 1);
            await run.Peer.AcknowledgedAsync();
        }

        await using (var run = await Run.OpenAsync(path, host, "new room"))
        {
            Assert.Equal(1, run.Peer.Provider.UnacknowledgedCount);
            await run.Peer.Provider.StartAsync();
            await run.Peer.AcknowledgedAsync();
        }

        await using var other = await Peer.StartAsync(host, "new room");
        Assert.Equal("""{"a":1}""", await other.JsonAsync());
    }

    /// <summary>The relay was set back to an earlier state, and does not know the cursor that the file has: what it lost, it gets again.</summary>
    [Fact]
    public async Task RelayLostItsLog_GetsEverythingAgain()
    {
        var path = _folder.File("zoo.doc");
        await using (var host = await RelayHost.StartAsync(_relayFolder.Path))
        {
            await using var run = await Run.OpenAsync(path, host);
            await run.Peer.Provider.StartAsync();
            await run.Peer.SetAsync("a", 1);
            await run.Peer.AcknowledgedAsync();
        }

        using var empty = new TempFolder();
        await using var fresh = await RelayHost.StartAsync(empty.Path);
        await using (var run = await Run.OpenAsync(path, fresh))
        {
            await run.Peer.Provider.StartAsync();
            await run.Peer.SyncedAsync();
            await run.Peer.AcknowledgedAsync();
        }

        await using var other = await Peer.StartAsync(fresh, Room);
        Assert.Equal("""{"a":1}""", await other.JsonAsync());
    }

    [Fact]
    public async Task SecondProviderOfARoom_OnOneFile_IsRefused()
    {
        await using var host = await RelayHost.StartAsync(_relayFolder.Path);
        await using var run = await Run.OpenAsync(_folder.File("zoo.doc"), host);
        Assert.Throws<InvalidOperationException>(() => new SignalRProvider(run.Peer.Connection, Room, run.Peer.Doc, new SignalRProviderOptions { StateStore = run.File }));
        Assert.Throws<ArgumentException>(() => new SignalRProvider(run.Peer.Connection, new string('x', 600), run.Peer.Doc, new SignalRProviderOptions { StateStore = run.File }));
        await run.Peer.Provider.DisposeAsync();
        await using var next = new SignalRProvider(run.Peer.Connection, Room, run.Peer.Doc, new SignalRProviderOptions { StateStore = run.File });
    }

    /// <summary>
    /// A process edits, saves, sends, receives and compacts all at once, and is killed at some moment, again and again. Afterwards
    /// the relay has every edit that was reported saved, whether or not it had been sent.
    /// </summary>
    [Fact]
    public async Task ProcessKilledWhileItSyncs_EveryEditThatWasReportedSavedReachesTheRelay()
    {
        var path = _folder.File("zoo.doc");
        var random = new Random();
        await using var host = await RelayHost.StartAsync(_relayFolder.Path);
        await using var other = await Peer.StartAsync(host, Room);
        List<string> saved = [];
        // On a busy machine few edits are saved before the kill.
        for (var round = 0; round < 12 || (saved.Count <= 20 && round < 100); round++)
        {
            using var process = new CrashHostProcess(typeof(Editor), "online", path, $"{host.Port}", Room);
            var killed = Task.CompletedTask;
            while (await process.Output.ReadLineAsync() is { } line)
            {
                Assert.False(line.StartsWith("error", StringComparison.Ordinal), line);
                if (line.StartsWith("ready", StringComparison.Ordinal))
                {
                    killed = KillAsync(process, random.Next(20, 400));
                    await other.SetAsync($"theirs {round}", round);
                }
                else
                {
                    saved.Add(line["saved ".Length..]);
                }
            }

            await killed;
        }

        Assert.True(saved.Count > 20, $"only {saved.Count} edits were saved, so nothing was tested");
        await using (var run = await Run.OpenAsync(path, host))
        {
            foreach (var key in saved)
            {
                Assert.True(await run.Peer.HasAsync(key), $"{key} is not in the file");
            }

            await run.Peer.Provider.StartAsync();
            await run.Peer.SyncedAsync();
            await run.Peer.AcknowledgedAsync();
            await run.Peer.UntilAsync("theirs 11");
            await Wait.UntilAsync(async () => await other.JsonAsync() == await run.Peer.JsonAsync(), "both to be equal");
        }

        host.Log.AssertNoErrors();
    }

    private static async Task KillAsync(CrashHostProcess process, int milliseconds)
    {
        await Task.Delay(milliseconds);
        process.Kill();
    }

    private static async Task RunOfflineAsync(string path, string prefix, int count)
    {
        using var process = new CrashHostProcess(typeof(Editor), "offline", path, prefix, $"{count}");
        Assert.Equal("saved", await process.Output.ReadLineAsync());
        process.Kill();
    }

    /// <summary>One run of an app: a new document, its file, a provider that is not started.</summary>
    private sealed class Run(DocFile file, Peer peer) : IAsyncDisposable
    {
        public DocFile File => file;

        public Peer Peer => peer;

        public static Task<Run> OpenAsync(string path, RelayHost host, string room = Room) => OpenAsync(path, host.Port, room);

        public static async Task<Run> OpenAsync(string path, int port, string room = Room)
        {
            var doc = new YDoc();
            var file = await DocFile.OpenAsync(path, doc);
            return new Run(file, new Peer(RelayHost.Connect(port), room, doc, options => options.StateStore = file));
        }

        public async ValueTask DisposeAsync()
        {
            await peer.DisposeAsync();
            await file.DisposeAsync();
        }
    }
}
