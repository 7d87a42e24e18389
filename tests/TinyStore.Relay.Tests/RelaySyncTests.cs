using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

/// <summary>Providers and a relay, end to end.</summary>
public sealed class RelaySyncTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Edits_OfEachPeer_ReachTheOther(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo", protocol);
        await using var b = await Peer.StartAsync(host, "zoo", protocol);
        await a.SetAsync("fido", "dog");
        await b.SetAsync("tom", 3.5);
        await a.UntilAsync("tom");
        await b.UntilAsync("fido");
        Assert.Equal(await a.JsonAsync(), await b.JsonAsync());
        await a.AcknowledgedAsync();
        Assert.Equal((ProviderState.Synced, 0, SyncAccess.Write), (a.Provider.State, a.Provider.UnacknowledgedCount, a.Provider.Access));
        Assert.True(a.Doc.IsSynced);
        await using var late = await Peer.StartAsync(host, "zoo", protocol);
        Assert.Equal(await a.JsonAsync(), await late.JsonAsync());
        host.Log.AssertNoErrors();
    }

    [Fact]
    public async Task Rooms_OfOtherNames_AreApart()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo 2");
        await a.SetAsync("a", 1);
        await a.AcknowledgedAsync();
        await b.SetAsync("b", 1);
        await b.AcknowledgedAsync();
        Assert.Equal("""{"a":1}""", await a.JsonAsync());
        Assert.Equal("""{"b":1}""", await b.JsonAsync());
    }

    /// <summary>Two rooms, two providers, one connection; and the connection lost under both.</summary>
    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Providers_OnOneConnection_SyncEachItsRoom(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var connection = host.Connect(protocol);
        await using var a = new Peer(connection, "zoo");
        await using var b = new Peer(connection, "farm");
        await a.Provider.StartAsync();
        await b.Provider.StartAsync();
        await a.SyncedAsync();
        await b.SyncedAsync();
        await using var otherA = await Peer.StartAsync(host, "zoo", protocol);
        await using var otherB = await Peer.StartAsync(host, "farm", protocol);
        await a.SetAsync("a", 1);
        await b.SetAsync("b", 1);
        await otherA.UntilAsync("a");
        await otherB.UntilAsync("b");

        await connection.StopAsync(); // the provider brings it up again
        await a.SetAsync("a2", 1);
        await otherB.SetAsync("b2", 1);
        await otherA.UntilAsync("a2");
        await b.UntilAsync("b2");

        await a.Provider.StopAsync(); // one leaves, the other goes on
        await otherB.SetAsync("b3", 1);
        await b.UntilAsync("b3");
        Assert.Equal((ProviderState.Disconnected, ProviderState.Synced), (a.Provider.State, b.Provider.State));
        Assert.Equal("""{"b":1,"b2":1,"b3":1}""", await b.JsonAsync());
        host.Log.AssertNoErrors();
    }

    [Fact]
    public async Task Edits_MadeOffline_AreSentOnReturnAndThoseOfOthersFetched()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        await a.SetAsync("before", 1);
        await b.UntilAsync("before");
        await a.Provider.StopAsync();
        for (var i = 0; i < 50; i++)
        {
            await a.SetAsync($"a{i}", i);
            await b.SetAsync($"b{i}", i);
        }

        Assert.Equal((ProviderState.Disconnected, 50), (a.Provider.State, a.Provider.UnacknowledgedCount));
        await b.AcknowledgedAsync();
        await a.Provider.StartAsync();
        await a.AcknowledgedAsync();
        await a.UntilAsync("b49");
        await b.UntilAsync("a49");
        Assert.Equal(await a.StateAsync(), await b.StateAsync());
    }

    /// <summary>The relay goes away and comes back on its log, on the same port, while both peers edit.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Relay_StoppedAndStartedOnItsLog_PeersComeBackAndConverge(bool automaticReconnect)
    {
        var host = await RelayHost.StartAsync(_folder.Path);
        var port = host.Port;
        Action<IHubConnectionBuilder>? configure = automaticReconnect ? builder => builder.WithAutomaticReconnect() : null;
        await using var a = new Peer(host.Connect(configure: configure), "zoo");
        await using var b = new Peer(host.Connect(configure: configure), "zoo");
        await a.Provider.StartAsync();
        await b.Provider.StartAsync();
        await a.SyncedAsync();
        await b.SyncedAsync();
        await a.SetAsync("before", 1);
        await b.UntilAsync("before");
        await host.DisposeAsync();
        await Wait.UntilAsync(() => a.Provider.State == ProviderState.Connecting && b.Provider.State == ProviderState.Connecting, "the loss to be noticed");
        await a.SetAsync("a", 1);
        await b.SetAsync("b", 1);
        Assert.Equal(1, a.Provider.UnacknowledgedCount);

        host = await RelayHost.StartAsync(_folder.Path, port);
        await using (host)
        {
            await a.UntilAsync("b");
            await b.UntilAsync("a");
            await a.AcknowledgedAsync();
            await b.AcknowledgedAsync();
            await using var fresh = await Peer.StartAsync(host, "zoo");
            Assert.Equal(await a.JsonAsync(), await fresh.JsonAsync());
            host.Log.AssertNoErrors();
        }
    }

    [Fact]
    public async Task Provider_StartedBeforeTheRelay_SyncsWhenItAppears()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var a = new Peer(RelayHost.Connect(port), "zoo");
        await a.Provider.StartAsync();
        await a.SetAsync("early", 1);
        await Wait.UntilAsync(() => !a.Errors.IsEmpty, "a failed attempt");
        Assert.Equal(ProviderState.Connecting, a.Provider.State);
        await using var host = await RelayHost.StartAsync(_folder.Path, port);
        await a.AcknowledgedAsync();
        await using var b = await Peer.StartAsync(host, "zoo");
        Assert.True(await b.HasAsync("early"));
    }

    /// <summary>The relay's database is set back to an older copy: what peers hold is uploaded again.</summary>
    [Fact]
    public async Task Log_LostItsTail_PeersBringItBack()
    {
        var host = await RelayHost.StartAsync(_folder.Path);
        var port = host.Port;
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        await a.SetAsync("old", 1);
        await b.UntilAsync("old");
        await a.AcknowledgedAsync();
        await host.DisposeAsync();
        File.Copy(_folder.File("relay.db"), _folder.File("backup.db"));

        await using (var second = await RelayHost.StartAsync(_folder.Path, port))
        {
            await a.SetAsync("a", 1);
            await b.SetAsync("b", 1);
            await a.UntilAsync("b");
            await b.UntilAsync("a");
            await a.AcknowledgedAsync();
            await b.AcknowledgedAsync();
        }

        File.Copy(_folder.File("backup.db"), _folder.File("relay.db"), overwrite: true);
        await using var third = await RelayHost.StartAsync(_folder.Path, port);
        await using var other = await Peer.StartAsync(third, "zoo");
        await other.UntilAsync("a");
        await other.UntilAsync("b");
        Assert.Equal("""{"a":1,"b":1,"old":1}""", await other.JsonAsync());
    }

    /// <summary>16 MB that only the peer has go up in chunks; a fresh peer gets them; a third has 16 MB of its own at the same time.</summary>
    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task FirstSync_Of16MegabytesBothWays_Completes(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var docA = Large(16, "a");
        var docB = Large(16, "b");
        await using (await Peer.StartAsync(host, "zoo", protocol, docA))
        {
            await using var b = await Peer.StartAsync(host, "zoo", protocol, docB);
            Assert.Equal(34, docB.GetMap("t").Count);
            await b.AcknowledgedAsync();
            await Wait.UntilAsync(() => docA.Context.RunAsync(() => docA.GetMap("t").Count == 34), "b's half at a");
        }

        await using var c = await Peer.StartAsync(host, "zoo", protocol);
        Assert.Equal(34, c.Doc.GetMap("t").Count);
        host.Log.AssertNoErrors();
    }

    [Fact]
    public async Task Update_LargerThanADocument_RefusesWithoutReconnecting()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxDocumentBytes = 1 << 20;
        });
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        await a.SetAsync("big", new string('x', 2 << 20));
        Assert.Equal((ProviderState.Refused, SyncErrorCode.TooLarge), (a.Provider.State, a.Provider.Refusal?.Code));
        var refused = await Assert.ThrowsAsync<SyncRefusedException>(() => a.Provider.WhenAcknowledgedAsync());
        Assert.Contains("larger than", refused.Message, StringComparison.Ordinal);
        var changes = a.Changes.Count;
        await b.SetAsync("small", 1);
        await b.AcknowledgedAsync();
        await Task.Delay(300);
        Assert.Equal((changes, 1), (a.Changes.Count, a.Provider.UnacknowledgedCount));
        Assert.Equal(HubConnectionState.Connected, a.Connection.State);
    }

    /// <summary>Merging rows for a long log, raw rows for a short one: both give the same document.</summary>
    [Theory]
    [InlineData(10_000)]
    [InlineData(20)]
    public async Task Join_WithoutCursor_GivesTheWholeRoom(int maxRowsUnmerged)
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxRowsUnmerged = maxRowsUnmerged;
        });
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 30; i++)
            {
                await a.SetAsync($"k{i % 7}", i);
                await b.SetAsync($"k{i % 5}", -i);
            }

            await a.AcknowledgedAsync();
            await b.AcknowledgedAsync();
            await using var fresh = await Peer.StartAsync(host, "zoo");
            await Wait.UntilAsync(async () => Convert.ToHexString(await fresh.StateAsync()) == Convert.ToHexString(await a.StateAsync()), "the same state");
        }

        host.Log.AssertNoErrors();
    }

    private static YDoc Large(int megabytes, string prefix)
    {
        var doc = new YDoc();
        doc.Transact(_ =>
        {
            var map = doc.GetMap("t");
            for (var i = 0; i <= megabytes; i++)
            {
                var bytes = new byte[1 << 20];
                new Random(i).NextBytes(bytes);
                map.Set($"{prefix}{i}", YValue.FromBinary(bytes));
            }
        });
        return doc;
    }
}
