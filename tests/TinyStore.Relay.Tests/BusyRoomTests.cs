using System.Diagnostics;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

public sealed class BusyRoomTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// An app that writes from a thread of its own, outside the document's lane, which it should not: its own calls may be refused,
    /// but what was written is sent, what others wrote arrives, and nothing is lost.
    /// </summary>
    [Fact]
    public async Task Writes_OutsideTheLane_MayBeRefusedButNothingIsLost()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var a = await Peer.StartAsync(host, "zoo");
        await using var b = await Peer.StartAsync(host, "zoo");
        a.Doc.Context.UnhandledException += (_, e) => Assert.Fail($"{e.ExceptionObject}");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var other = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await b.SetAsync($"b{i % 50}", i);
            }
        });
        var (written, refused) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                a.Doc.GetMap("t").Set($"a{written % 50}", written);
                written++;
            }
            catch (InvalidOperationException)
            {
                refused++;
            }

            if (written % 20 == 0)
            {
                await Task.Delay(1);
            }
        }

        await other;
        await a.AcknowledgedAsync();
        await b.AcknowledgedAsync();
        await Wait.UntilAsync(async () => Convert.ToHexString(await a.StateAsync()) == Convert.ToHexString(await b.StateAsync()), "equal documents");
        Assert.True(written > 100, $"written {written}, refused {refused}");
        host.Log.AssertNoErrors();
    }

    /// <summary>
    /// Ten seconds of an app with a user interface: it writes to its document directly, on its one thread, while two others write
    /// to the same room. No exception anywhere, everything arrives on that thread, and all end equal.
    /// </summary>
    [Fact]
    public async Task Writes_FromASingleThreadedContextIntoABusyRoom_NeverFail()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var b = await Peer.StartAsync(host, "zoo");
        await using var c = await Peer.StartAsync(host, "zoo");
        using var context = new SingleThreadContext();
        var foreignThreads = 0;
        var remote = 0;
        var written = new int[3];
        Peer? a = null;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var ui = context.RunAsync(async () =>
        {
            var thread = Environment.CurrentManagedThreadId;
            a = new Peer(host.Connect(), "zoo");
            using var observer = a.Doc.ObserveUpdates(update =>
            {
                remote += update.IsLocal ? 0 : 1;
                foreignThreads += Environment.CurrentManagedThreadId == thread ? 0 : 1;
            });
            await a.Provider.StartAsync();
            await a.Provider.WhenSyncedAsync();
            var map = a.Doc.GetMap("t");
            var random = new Random(1);
            while (!stop.IsCancellationRequested)
            {
                a.Doc.Transact(_ =>
                {
                    for (var i = random.Next(3); i >= 0; i--)
                    {
                        map.Set($"k{random.Next(200)}", written[0]++);
                    }

                    if (random.Next(4) == 0)
                    {
                        map.Delete($"k{random.Next(200)}");
                    }
                });
                if (random.Next(3) == 0)
                {
                    await Task.Yield();
                }
                else if (random.Next(20) == 0)
                {
                    await Task.Delay(1);
                }
            }
        });
        await Task.WhenAll(ui, WriteAsync(b, 1), WriteAsync(c, 2));
        foreach (var peer in new[] { a!, b, c })
        {
            await peer.Provider.WhenAcknowledgedAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        var states = new List<string>();
        await Wait.UntilAsync(
            async () =>
            {
                states = [Convert.ToHexString(await a!.StateAsync()), Convert.ToHexString(await b.StateAsync()), Convert.ToHexString(await c.StateAsync())];
                return states.Distinct().Count() == 1;
            },
            "the documents to be equal",
            TimeSpan.FromSeconds(30));
        Assert.Empty(context.Exceptions);
        Assert.Equal(0, foreignThreads);
        Assert.True(written.All(count => count > 500) && remote > 500, $"written {string.Join(", ", written)}; remote {remote}");
        Assert.All([a!, b, c], peer => Assert.Empty(peer.Errors));
        host.Log.AssertNoErrors();
        await a!.DisposeAsync();

        async Task WriteAsync(Peer peer, int index)
        {
            var random = new Random(index + 1);
            while (!stop.IsCancellationRequested)
            {
                await peer.SetAsync($"k{random.Next(200)}", written[index]++);
                if (random.Next(10) == 0)
                {
                    await Task.Delay(1);
                }
            }
        }
    }
}
