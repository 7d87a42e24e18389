using System.Diagnostics;
using System.Globalization;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

/// <summary>A relay in a process of its own, killed (SIGKILL) while clients write.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Everything acknowledged before each kill is in the log after it; in the end nothing at all is missing.</summary>
    [Fact]
    public async Task Relay_KilledAgainAndAgain_KeepsWhatItAcknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (relay, port) = await StartRelayAsync(0);
        var peers = new List<Peer>();
        var acknowledged = new uint[2];
        var written = new int[2];
        var unacknowledgedAtKill = 0;
        using var stop = new CancellationTokenSource();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var (peer, index) = (new Peer(RelayHost.Connect(port), "zoo"), i);
                peer.Provider.UnacknowledgedCountChanged += (_, _) =>
                {
                    if (peer.Provider.UnacknowledgedCount == 0)
                    {
                        acknowledged[index] = peer.Doc.GetClock(peer.Doc.ClientId);
                    }
                };
                peers.Add(peer);
                await peers[i].Provider.StartAsync();
                await peers[i].SyncedAsync();
            }

            var writers = peers.Select((peer, index) => WriteAsync(peer, index)).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                await Task.Delay(random.Next(100, 500));
                relay.Kill();
                await relay.WaitForExitAsync();
                var known = acknowledged.ToArray(); // acknowledged by the dead process
                unacknowledgedAtKill += peers.Sum(p => p.Provider.UnacknowledgedCount);
                await using (var log = new SqliteUpdateLog($"Data Source={_folder.File("relay.db")}"))
                {
                    await log.OpenAsync();
                    var rows = await log.ReadAsync("zoo", 0, int.MaxValue);
                    var vector = YStateVector.Decode(YUpdate.EncodeStateVector(YUpdate.Merge([.. rows.Select(r => r.Update)])));
                    for (var i = 0; i < 2; i++)
                    {
                        Assert.True(vector.GetClock(peers[i].Doc.ClientId) >= known[i], $"seed {seed}, round {round}: acknowledged {known[i]}, in the log {vector.GetClock(peers[i].Doc.ClientId)}");
                    }
                }

                (relay, port) = await StartRelayAsync(port);
                await Task.WhenAll(peers.Select(p => p.SyncedAsync()));
            }

            await stop.CancelAsync();
            await Task.WhenAll(writers);
            await Task.WhenAll(peers.Select(p => p.AcknowledgedAsync()));
            await Wait.UntilAsync(async () => Convert.ToHexString(await peers[0].StateAsync()) == Convert.ToHexString(await peers[1].StateAsync()), "equal documents");
            await using var fresh = new Peer(RelayHost.Connect(port), "zoo");
            await fresh.Provider.StartAsync();
            await fresh.SyncedAsync();
            Assert.Equal(await peers[0].JsonAsync(), await fresh.JsonAsync());
            output.WriteLine($"written {written[0]} and {written[1]}, unacknowledged at the kills {unacknowledgedAtKill}");
            Assert.True(written.All(count => count > 50) && acknowledged.All(clock => clock > 20));
        }
        finally
        {
            await stop.CancelAsync();
            relay.Kill();
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }
        }

        async Task WriteAsync(Peer peer, int index)
        {
            while (!stop.IsCancellationRequested)
            {
                await peer.SetAsync($"k{written[index] % 50}", written[index]++);
                await Task.Delay(2);
            }
        }
    }

    /// <summary>Asked to end (SIGTERM), a relay commits what it has received, says goodbye, and ends; clients find it again.</summary>
    [Fact]
    public async Task Relay_AskedToEnd_EndsInTimeAndLosesNothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There is no SIGTERM here.");
        }

        var (relay, port) = await StartRelayAsync(0);
        using var cleanUp = new Cleanup(() => relay.Kill());
        await using var peer = new Peer(RelayHost.Connect(port), "zoo");
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        for (var i = 0; i < 200; i++)
        {
            await peer.SetAsync($"k{i}", i);
        }

        using (var kill = Process.Start("kill", ["-TERM", relay.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await relay.WaitForExitAsync(timeout.Token);
        Assert.Equal(0, relay.ExitCode);
        await peer.SetAsync("after", 1);
        (relay, _) = await StartRelayAsync(port);
        await peer.AcknowledgedAsync();
        await using var fresh = new Peer(RelayHost.Connect(port), "zoo");
        await fresh.Provider.StartAsync();
        await fresh.SyncedAsync();
        Assert.Equal(201, fresh.Doc.GetMap("t").Count);
    }

    private async Task<(Process Relay, int Port)> StartRelayAsync(int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        }

        start.ArgumentList.Add("relay");
        start.ArgumentList.Add(_folder.Path);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        var relay = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var line = await relay.StandardOutput.ReadLineAsync(timeout.Token);
        Assert.StartsWith("listening ", line, StringComparison.Ordinal);
        return (relay, int.Parse(line!["listening ".Length..], CultureInfo.InvariantCulture));
    }

    private sealed class Cleanup(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
