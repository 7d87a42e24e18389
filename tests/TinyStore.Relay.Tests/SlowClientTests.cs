using System.Diagnostics;
using System.Net.WebSockets;
using TinyStore.Relay.Tests.Support;
using TinyStore.Sync;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Relay.Tests;

/// <summary>Tests that look at the memory of the whole process: no others run beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>Clients that stop reading: bounded memory, nobody else's latency, and nothing lost when they read again.</summary>
[Collection(nameof(RunsAlone))]
public sealed class SlowClientTests : IDisposable
{
    private const int Rows = 400;
    private const int RowBytes = 64 << 10;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Client_ThatStopsReading_CostsBoundedMemoryAndGetsEverythingWhenItReadsAgain()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var silent = await JoinSilentAsync(host, 9);
        await using var writer = await RawClient.ConnectAsync(host);
        await using var reader = await RawClient.ConnectAsync(host);
        await writer.JoinAndCatchUpAsync(1, "zoo", 1);
        await reader.JoinAndCatchUpAsync(1, "zoo", 2);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Rows; i++)
        {
            var clock = Stopwatch.StartNew();
            await writer.UpdateAsync(1, i + 1, TestUpdates.Item(1, (uint)i, RowBytes));
            Assert.Equal(i + 1, (await reader.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor.Sequence);
            await writer.NextAsync(FrameType.Ack);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, 6 << 20); // of 25 MB that the silent client has not taken
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal(WebSocketState.Open, silent.State);

        long sequence = 0;
        await ReadUntilAsync(silent, frame =>
        {
            Assert.NotEqual(FrameType.Resync, frame.Type);
            if (frame.Type == FrameType.Update && frame.ReadRelayUpdate() is { Kind: UpdateKind.Update } update)
            {
                Assert.Equal(++sequence, update.Cursor.Sequence);
            }

            return sequence == Rows;
        });
        host.Log.AssertNoErrors();
    }

    /// <summary>
    /// What cannot be read from the log later, the small frames, is bounded too: when they run over, the channel is closed, and the
    /// client is told to resync, which loses nothing.
    /// </summary>
    [Fact]
    public async Task Client_ThatSendsButDoesNotRead_HasToResyncAndLosesNothing()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var silent = await JoinSilentAsync(host, 9);
        await using var writer = await RawClient.ConnectAsync(host);
        await writer.JoinAndCatchUpAsync(1, "zoo", 1);
        for (var i = 0; i < Rows / 2; i++)
        {
            await writer.UpdateAsync(1, i + 1, TestUpdates.Item(1, (uint)i, RowBytes));
        }

        for (var i = 0; i < Rows / 2; i++)
        {
            await writer.NextAsync(FrameType.Ack);
        }

        var own = TestUpdates.Item(5, 0);
        await silent.SendAsync(1, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, own));
        for (var i = 0; i < 1500; i++)
        {
            await silent.SendAsync(1, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, own)); // each is acknowledged again
        }

        await Wait.UntilAsync(() => host.Log.Has("ChannelOverflow"), "the overflow");
        SyncCursor? cursor = null;
        await ReadUntilAsync(silent, frame =>
        {
            if (frame.Type == FrameType.Update)
            {
                cursor = frame.ReadRelayUpdate().Cursor;
            }

            return frame.Type == FrameType.Resync;
        });
        Assert.NotNull(cursor);
        await silent.SendAsync(2, OutgoingFrame.Join(new JoinFrame(1, 9, "zoo", cursor, false)));
        var sequence = cursor.Value.Sequence;
        var acknowledged = false;
        await ReadUntilAsync(silent, frame =>
        {
            if (frame.Channel != 2 || frame.Type is not (FrameType.Update or FrameType.Ack))
            {
                return false;
            }

            if (frame.Type == FrameType.Ack)
            {
                acknowledged = frame.ReadAck().Row.Sequence == ++sequence;
            }
            else if (frame.ReadRelayUpdate() is var update && update.Kind == UpdateKind.Update)
            {
                Assert.Equal(++sequence, update.Cursor.Sequence);
            }
            else
            {
                return true;
            }

            return false;
        });
        Assert.True(acknowledged);
        Assert.Equal((Rows / 2) + 1, sequence);
    }

    private static async Task<SilentClient> JoinSilentAsync(RelayHost host, UInt128 session)
    {
        var silent = await SilentClient.ConnectAsync(host);
        await silent.SendAsync(1, OutgoingFrame.Join(new JoinFrame(1, session, "zoo", null, false)), OutgoingFrame.Step1(new byte[] { 0 }));
        Assert.Equal(FrameType.Joined, (await silent.NextAsync()).Type);
        return silent;
    }

    private static async Task ReadUntilAsync(SilentClient client, Func<Frame, bool> isLast)
    {
        while (!isLast(await client.NextAsync()))
        {
        }
    }
}
