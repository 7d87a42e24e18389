using CsCheck;
using Microsoft.Data.Sqlite;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

/// <summary>Three peers, random edits, random disconnections of every sort, a relay that is killed and started again.</summary>
public sealed class ConvergenceTests(ITestOutputHelper output) : IDisposable
{
    private const int Peers = 3;

    private readonly TempFolder _folder = new();

    private enum Act
    {
        Set,
        SetMany,
        Delete,
        SetLarge,
        StopProvider,
        StartProvider,
        DropConnection,
        WaitAcknowledged,
        Settle,
        RestartRelay,
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>All end equal, and with every edit that was acknowledged in the log.</summary>
    [Fact]
    public async Task Peers_WithRandomDisconnections_ConvergeAndLoseNothing()
    {
        var counts = new Counts();
        var number = 0;
        var step =
            from act in Gen.Frequency(
                (12, Gen.Const(Act.Set)), (3, Gen.Const(Act.SetMany)), (4, Gen.Const(Act.Delete)), (1, Gen.Const(Act.SetLarge)), (2, Gen.Const(Act.StopProvider)),
                (3, Gen.Const(Act.StartProvider)), (2, Gen.Const(Act.DropConnection)), (2, Gen.Const(Act.WaitAcknowledged)), (2, Gen.Const(Act.Settle)), (1, Gen.Const(Act.RestartRelay)))
            from peer in Gen.Int[0, Peers - 1]
            from key in Gen.Int[0, 9]
            select (act, peer, key);
        await step.Array[20, 50].SampleAsync(steps => RunAsync($"run{Interlocked.Increment(ref number)}", steps, counts), iter: 20, threads: 1, writeLine: output.WriteLine);
        output.WriteLine(counts.ToString());
        Assert.True(counts is { Offline: > 20, Drops: > 10, Restarts: > 8, Conflicts: > 20, Acknowledged: > 100, Resent: > 0 }, counts.ToString());
    }

    private async Task RunAsync(string room, (Act Act, int Peer, int Key)[] steps, Counts counts)
    {
        var host = await RelayHost.StartAsync(_folder.Path);
        var peers = new List<Peer>();
        var written = new List<(string Key, double Value)>[Peers];
        var serial = 0;
        try
        {
            for (var i = 0; i < Peers; i++)
            {
                peers.Add(new Peer(host.Connect(i == 2 ? HubProtocol.Json : HubProtocol.MessagePack), room, configure: o =>
                {
                    o.ReconnectDelay = TimeSpan.FromMilliseconds(5);
                    o.MaxReconnectDelay = TimeSpan.FromMilliseconds(50);
                    o.FlushTimeout = TimeSpan.FromMilliseconds(20);
                    o.Session.MaxQueuedUpdates = 30; // runs over in some runs
                }));
                written[i] = [];
                await peers[i].Provider.StartAsync();
            }

            foreach (var (act, index, key) in steps)
            {
                var peer = peers[index];
                switch (act)
                {
                    case Act.Set:
                        await SetAsync(peer, index, $"k{key}");
                        counts.Offline += peer.Provider.State == ProviderState.Synced ? 0 : 1;
                        break;
                    case Act.SetMany:
                        for (var i = 0; i < 20; i++)
                        {
                            await SetAsync(peer, index, $"k{i % 10}");
                        }

                        break;
                    case Act.SetLarge:
                        await peer.SetAsync($"large{index}", YValue.FromBinary(new byte[300_000]));
                        break;
                    case Act.Delete:
                        await peer.Doc.Context.RunAsync(() => peer.Doc.GetMap("t").Delete($"k{key}"));
                        break;
                    case Act.StopProvider:
                        await peer.Provider.StopAsync();
                        break;
                    case Act.StartProvider:
                        await peer.Provider.StartAsync();
                        break;
                    case Act.DropConnection:
                        counts.Drops++;
                        counts.Resent += peer.Provider.UnacknowledgedCount > 0 ? 1 : 0;
                        await peer.Connection.StopAsync();
                        break;
                    case Act.WaitAcknowledged when peer.Provider.State != ProviderState.Disconnected:
                        await peer.AcknowledgedAsync();
                        await AssertInLogAsync(room, peer);
                        counts.Acknowledged += written[index].Count;
                        break;
                    case Act.Settle:
                        await Task.Delay(5);
                        break;
                    case Act.RestartRelay:
                        counts.Restarts++;
                        var port = host.Port;
                        await host.DisposeAsync();
                        host = await RelayHost.StartAsync(_folder.Path, port);
                        break;
                    default:
                        break;
                }
            }

            foreach (var peer in peers)
            {
                await peer.Provider.StartAsync();
            }

            foreach (var peer in peers)
            {
                await peer.AcknowledgedAsync();
            }

            var states = new string[Peers];
            await Wait.UntilAsync(
                async () =>
                {
                    for (var i = 0; i < Peers; i++)
                    {
                        states[i] = Convert.ToHexString(await peers[i].StateAsync());
                    }

                    return states.Distinct().Count() == 1;
                },
                "the documents to be equal");
            Assert.Single((await Task.WhenAll(peers.Select(p => p.JsonAsync()))).Distinct());
            await AssertInLogAsync(room, peers[0]);
            await using var fresh = await Peer.StartAsync(host, room);
            Assert.Equal(states[0], Convert.ToHexString(await fresh.StateAsync()));
            counts.Conflicts += written.SelectMany((list, peer) => list.Select(w => (w.Key, peer))).Distinct().GroupBy(w => w.Key).Count(g => g.Count() > 1);
            Assert.All(peers, p => Assert.DoesNotContain(p.Errors, e => e.IsPermanent));
            host.Log.AssertNoErrors();
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }

            await host.DisposeAsync();
        }

        async Task SetAsync(Peer peer, int index, string key)
        {
            var value = ++serial;
            await peer.SetAsync(key, value);
            written[index].Add((key, value));
        }
    }

    /// <summary>The rows in the database alone hold all that the peer's document holds.</summary>
    private async Task AssertInLogAsync(string room, Peer peer)
    {
        var own = await peer.Doc.Context.RunAsync(() => (Client: peer.Doc.ClientId, Clock: peer.Doc.GetClock(peer.Doc.ClientId)));
        var rows = new List<ReadOnlyMemory<byte>> { YUpdate.Empty.ToArray() };
        using var connection = new SqliteConnection($"Data Source={_folder.File("relay.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT bytes FROM entry JOIN room r ON r.id = room WHERE r.name = $room ORDER BY seq";
        command.Parameters.AddWithValue("$room", room);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((byte[])reader.GetValue(0));
        }

        var vector = YStateVector.Decode(YUpdate.EncodeStateVector(YUpdate.Merge(rows)));
        Assert.True(vector.GetClock(own.Client) >= own.Clock, $"the log holds {vector.GetClock(own.Client)} of {own.Clock} clocks");
    }

    private sealed record Counts
    {
        public int Offline { get; set; }

        public int Drops { get; set; }

        public int Restarts { get; set; }

        public int Conflicts { get; set; }

        public int Acknowledged { get; set; }

        public int Resent { get; set; }
    }
}
