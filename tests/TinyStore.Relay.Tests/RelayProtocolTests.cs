using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TinyStore.Relay.Rooms;
using TinyStore.Relay.Tests.Support;
using TinyStore.Sync;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests;

/// <summary>The relay's side of docs/relay-protocol.md, spoken to by clients that may say anything.</summary>
public sealed class RelayProtocolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Join_Fresh_GetsLimitsStateVectorRowsAndSyncStep2(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var writer = await RawClient.ConnectAsync(host);
        await WriteAsync(writer, "zoo", 3);
        await using var client = await RawClient.ConnectAsync(host, protocol);
        await client.JoinAsync(1, "zoo", 2);
        Assert.Equal(new JoinedFrame(1, SyncAccess.Write, 1 << 20, 64 << 20, false, 3), (await client.NextAsync(FrameType.Joined)).ReadJoined());
        Assert.Equal([1, 1, 3], (await client.NextAsync(FrameType.Sync)).ReadSync().ToArray()); // client 1, clocks below 3
        await client.AssertQuietAsync(); // the rows wait for the client's state vector
    }

    [Fact]
    public async Task Join_ThenStateVector_GetsOnlyWhatItLacks()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var writer = await RawClient.ConnectAsync(host);
        var rows = await WriteAsync(writer, "zoo", 5);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAsync(1, "zoo", 2, null, true, OutgoingFrame.Step1(YStateVector.Create([KeyValuePair.Create(1UL, 3U)]).Encode()));
        await client.NextAsync(FrameType.Joined);
        await client.NextAsync(FrameType.Sync);
        var first = (await client.NextAsync(FrameType.Update)).ReadRelayUpdate();
        Assert.Equal((rows[3], UpdateKind.Update), (first.Cursor, first.Kind));
        Assert.Equal(TestUpdates.Item(1, 3), first.Update.ToArray()); // as it was received
        await client.NextAsync(FrameType.Update);
        var last = (await client.NextAsync(FrameType.Update)).ReadRelayUpdate();
        Assert.Equal((rows[4], UpdateKind.Step2), (last.Cursor, last.Kind));
        Assert.True(YUpdate.IsEmpty(last.Update.Span));
    }

    [Fact]
    public async Task Join_WithCursor_GetsTheRowsAfterItAndItsOwnAsAcks()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var writer = await RawClient.ConnectAsync(host);
        var rows = await WriteAsync(writer, "zoo", 4);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAsync(1, "zoo", 2, rows[1], wantsStateVector: false);
        Assert.True((await client.NextAsync(FrameType.Joined)).ReadJoined().Resumed);
        Assert.Equal(rows[2], (await client.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor);
        Assert.Equal(rows[3], (await client.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor);
        Assert.Equal(UpdateKind.Step2, (await client.NextAsync(FrameType.Update)).ReadRelayUpdate().Kind);
        await client.AssertQuietAsync();

        await client.JoinAsync(2, "zoo", 1, rows[2], wantsStateVector: true); // the writer's own session
        Assert.True((await client.NextAsync(FrameType.Joined)).ReadJoined().Resumed);
        Assert.Equal(new AckFrame(4, rows[3]), (await client.FindAsync(FrameType.Ack)).ReadAck());
    }

    [Theory]
    [InlineData(2, 1UL)] // right number, wrong row id
    [InlineData(9, 0UL)] // beyond the end
    public async Task Join_WithACursorThatIsNotInTheLog_IsNotResumed(long sequence, ulong wrong)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var writer = await RawClient.ConnectAsync(host);
        var rows = await WriteAsync(writer, "zoo", 3);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAsync(1, "zoo", 2, new SyncCursor(sequence, rows[1].RowId + wrong), wantsStateVector: false);
        Assert.False((await client.NextAsync(FrameType.Joined)).ReadJoined().Resumed);
        await client.NextAsync(FrameType.Sync); // though it did not ask
        await client.AssertQuietAsync(50);
    }

    [Fact]
    public async Task SyncStep2_WithNothingNew_IsAcknowledgedWithoutARow()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var writer = await RawClient.ConnectAsync(host);
        await WriteAsync(writer, "zoo", 3);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.UpdateAsync(1, 1, YUpdate.Merge([TestUpdates.Item(1, 1), TestUpdates.Item(1, 2)]), UpdateKind.Step2);
        Assert.Equal(new AckFrame(1, SyncCursor.Start), (await client.NextAsync(FrameType.Ack)).ReadAck());
        await client.UpdateAsync(1, 2, [0, 0]);
        Assert.Equal(new AckFrame(2, SyncCursor.Start), (await client.NextAsync(FrameType.Ack)).ReadAck());
        await client.UpdateAsync(1, 3, TestUpdates.Delete(1, 1, 1), UpdateKind.Step2); // a delete is something new
        Assert.Equal(4, (await client.NextAsync(FrameType.Ack)).ReadAck().Row.Sequence);
    }

    [Fact]
    public async Task Update_ThatCannotBeRead_IsNackedForGoodAndTheRoomGoesOn()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var client = await RawClient.ConnectAsync(host);
        await using var other = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await other.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.UpdateAsync(1, 1, [1, 1, 1, 0, 0x28]);
        var nack = (await client.NextAsync(FrameType.Nack)).ReadNack();
        Assert.Equal((1L, SyncErrorCode.Malformed), (nack.Batch, nack.Error.Failure.Code));
        Assert.Contains("at byte", nack.Error.Failure.Reason, StringComparison.Ordinal);
        await client.UpdateAsync(1, 2, TestUpdates.Item(1, 0));
        await client.NextAsync(FrameType.Ack);
        Assert.Equal(1, (await other.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor.Sequence);
        await other.AssertQuietAsync(50);
    }

    [Fact]
    public async Task Frame_ThatCannotBeRead_ClosesItsChannelOnly()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await client.JoinAndCatchUpAsync(2, "farm", 1);
        await client.SendAsync([4, 1, 5, 0, 9]); // an update on channel 1 whose batch is 0
        Assert.Equal(SyncErrorCode.Malformed, (await client.NextErrorAsync(1)).Code);
        await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
        Assert.Equal(SyncErrorCode.NotJoined, (await client.NextErrorAsync(1)).Code);
        await client.UpdateAsync(2, 1, TestUpdates.Item(1, 0));
        Assert.Equal(2UL, (await client.NextAsync(FrameType.Ack)).Channel);
    }

    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Message_ThatCannotBeRead_ClosesAllChannelsOfItsConnectionOnly(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var client = await RawClient.ConnectAsync(host, protocol);
        await using var other = await RawClient.ConnectAsync(host, protocol);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await other.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.SendAsync([100, 1, 5]);
        var error = await client.NextErrorAsync(0);
        Assert.True(error.IsPermanent);
        await other.UpdateAsync(1, 1, TestUpdates.Item(2, 0));
        await other.NextAsync(FrameType.Ack);
        await client.AssertQuietAsync(50); // it is in no room any more
        Assert.Single(await client.JoinAndCatchUpAsync(2, "zoo", 1)); // but may join again
    }

    [Fact]
    public async Task Message_AboveTheLimit_IsRefusedForGood()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxFrameBytes = 100_000;
        });
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0, 100_001));
        Assert.Equal(SyncErrorCode.TooLarge, (await client.NextErrorAsync(0)).Code);
        Assert.Equal(HubConnectionState.Connected, client.Connection.State);
    }

    /// <summary>What is above SignalR's own limit ends that connection, and no other.</summary>
    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Message_AboveSignalRsLimit_ClosesTheConnectionOnly(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxFrameBytes = 100_000;
        });
        await using var client = await RawClient.ConnectAsync(host, protocol);
        await using var other = await RawClient.ConnectAsync(host, protocol);
        await other.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.SendAsync(new byte[400_000]);
        await client.Closed.WaitAsync(RawClient.Patience);
        await other.UpdateAsync(1, 1, TestUpdates.Item(2, 0, 50_000));
        await other.NextAsync(FrameType.Ack);
    }

    /// <summary>The largest message that the relay promises to take passes SignalR's limit in both protocols.</summary>
    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Message_OfExactlyTheLimit_IsTaken(HubProtocol protocol)
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxFrameBytes = 100_000;
        });
        await using var client = await RawClient.ConnectAsync(host, protocol);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        var overhead = Message(TestUpdates.Item(1, 0, 90_000)).Length - 90_000;
        var message = Message(TestUpdates.Item(1, 0, 100_000 - overhead));
        Assert.Equal(100_000, message.Length);
        await client.SendAsync(message);
        await client.NextAsync(FrameType.Ack);

        static byte[] Message(byte[] update)
        {
            using var writer = new MessageWriter(1 << 20);
            Assert.True(writer.TryWrite(1, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, update)));
            return writer.Take();
        }
    }

    [Fact]
    public async Task Chunks_CarryWhatIsLargerThanAFrameBothWays()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxFrameBytes = 65_536;
        });
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        var update = TestUpdates.Item(1, 0, 500_000);
        await client.SendChunkedAsync(1, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, update), 65_536);
        await client.NextAsync(FrameType.Ack);
        await using var other = await RawClient.ConnectAsync(host);
        Assert.Equal(update, Assert.Single(await other.JoinAndCatchUpAsync(1, "zoo", 2)).Update.ToArray());
        Assert.InRange(other.LongestMessage, 60_000, 65_536);
    }

    [Fact]
    public async Task Chunks_AboveTheDocumentLimit_AreRefusedAtTheFirstThatGoesOver()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxDocumentBytes = 200_000;
        });
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await client.SendAsync(1, Chunk(0, 1000, 150_000));
        await client.AssertQuietAsync(50);
        await client.SendAsync(1, Chunk(1, 1000, 150_000));
        Assert.Equal(SyncErrorCode.TooLarge, (await client.NextErrorAsync(1)).Code);
        await client.JoinAndCatchUpAsync(2, "zoo", 1);
        await client.UpdateAsync(2, 1, TestUpdates.Item(1, 0, 200_000)); // in one frame, but above the limit
        Assert.Equal(SyncErrorCode.TooLarge, (await client.NextAsync(FrameType.Nack)).ReadNack().Error.Failure.Code);
        Assert.Equal(0, host.Services.GetRequiredService<Connections.RelayServices>().TransferBudget.Used);
    }

    [Fact]
    public async Task Chunks_OutOfOrder_CloseTheChannel()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await client.SendAsync(1, Chunk(0, 3, 10));
        await client.SendAsync(1, Chunk(2, 3, 10));
        Assert.Equal(SyncErrorCode.Malformed, (await client.NextErrorAsync(1)).Code);
    }

    /// <summary>Unfinished transfers of all connections together are bounded, and given back when their connections go.</summary>
    [Fact]
    public async Task Chunks_UnfinishedOnManyChannels_AreBoundedAndGivenBack()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxDocumentBytes = 1 << 20;
            options.MaxTransferBytes = 2 << 20;
        });
        var budget = host.Services.GetRequiredService<Connections.RelayServices>().TransferBudget;
        await using (var client = await RawClient.ConnectAsync(host))
        {
            for (var channel = 1UL; channel <= 3; channel++)
            {
                await client.JoinAndCatchUpAsync(channel, "zoo", channel);
                await client.SendAsync(channel, Chunk(0, 1000, 900_000));
            }

            Assert.Equal(SyncErrorCode.Busy, (await client.NextErrorAsync(3)).Code);
            Assert.InRange(budget.Used, 1_800_000, 1_801_000);
            await client.SendAsync(1, OutgoingFrame.Leave);
            await Wait.UntilAsync(() => budget.Used < 901_000, "the bytes of the channel that left");
        }

        await Wait.UntilAsync(() => budget.Used == 0, "the bytes of the connection that went");
    }

    [Fact]
    public async Task Channels_AreChecked()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.MaxRoomsPerConnection = 2;
        });
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(3, "zoo", 1);
        await client.JoinAsync(3, "farm", 1);
        Assert.Equal(SyncErrorCode.ChannelInUse, (await client.NextErrorAsync(3)).Code);
        await client.JoinAsync(0, "farm", 1);
        Assert.Equal(SyncErrorCode.Malformed, (await client.NextErrorAsync(0)).Code);
        await client.JoinAsync(4, "", 1);
        Assert.Equal(SyncErrorCode.BadRoom, (await client.NextErrorAsync(4)).Code);
        await client.JoinAsync(5, "a\nb", 1);
        Assert.Equal(SyncErrorCode.BadRoom, (await client.NextErrorAsync(5)).Code);
        await client.JoinAsync(6, new string('x', 600), 1);
        Assert.Equal(SyncErrorCode.TooLarge, (await client.NextErrorAsync(6)).Code);
        await client.SendAsync(7, OutgoingFrame.Join(new JoinFrame(7, 1, "farm", null, true)));
        var version = await client.NextErrorAsync(7);
        Assert.Equal(SyncErrorCode.Version, version.Code);
        Assert.Contains("version 1", version.Reason, StringComparison.Ordinal);
        await client.SendAsync(99, OutgoingFrame.Step1(new byte[] { 0 }));
        Assert.Equal(SyncErrorCode.NotJoined, (await client.NextErrorAsync(99)).Code);
        await client.SendAsync(99, OutgoingFrame.Leave); // says nothing
        await client.JoinAndCatchUpAsync(100, "farm", 1);
        await client.JoinAsync(101, "third", 1);
        Assert.Equal(SyncErrorCode.Busy, (await client.NextErrorAsync(101)).Code);
        await client.SendAsync(100, OutgoingFrame.Leave);
        await client.JoinAndCatchUpAsync(102, "third", 1);
    }

    [Fact]
    public async Task Leave_StopsDeliveryAndKeepsWhatWasSent()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var client = await RawClient.ConnectAsync(host);
        await using var other = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await other.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.SendAsync(1, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, TestUpdates.Item(1, 0)), OutgoingFrame.Leave);
        Assert.Equal(1, (await other.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor.Sequence);
        await other.UpdateAsync(1, 1, TestUpdates.Item(2, 0));
        await other.NextAsync(FrameType.Ack);
        await client.AssertQuietAsync(50);
    }

    [Fact]
    public async Task Awareness_LastStateOfEachClient_ReachesOthersAndThoseWhoJoin()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var client = await RawClient.ConnectAsync(host);
        await using var other = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await other.JoinAndCatchUpAsync(1, "zoo", 2);
        await client.SendAsync(1, State(7, 1, """{"x":1}"""));
        Assert.Equal((7UL, 1UL, """{"x":1}"""), await NextStateAsync(other));
        await client.SendAsync(1, State(7, 1, """{"x":0}""")); // not newer
        await other.AssertQuietAsync(50);
        await client.SendAsync(1, State(7, 2, """{"x":2}"""));
        Assert.Equal((7UL, 2UL, """{"x":2}"""), await NextStateAsync(other));
        await client.AssertQuietAsync(50); // not echoed
        await using var late = await RawClient.ConnectAsync(host);
        await late.JoinAsync(1, "zoo", 3);
        Assert.Equal((7UL, 2UL, """{"x":2}"""), await NextStateAsync(late));
        await client.DisposeAsync();
        Assert.Equal((7UL, 2UL, "null"), await NextStateAsync(other));
        await using var later = await RawClient.ConnectAsync(host);
        Assert.Empty(await later.JoinAndCatchUpAsync(1, "zoo", 4)); // those who are gone are not told to newcomers, and nothing was logged

        static OutgoingFrame State(ulong id, ulong clock, string json) =>
            OutgoingFrame.Awareness(AwarenessUpdate.Write([new AwarenessState(id, clock, System.Text.Encoding.UTF8.GetBytes(json))]));

        static async Task<(ulong, ulong, string)> NextStateAsync(RawClient client)
        {
            var state = Assert.Single(AwarenessUpdate.Read((await client.FindAsync(FrameType.Awareness)).ReadAwareness()));
            return (state.Client, state.Clock, System.Text.Encoding.UTF8.GetString(state.Json.Span));
        }
    }

    [Fact]
    public async Task Room_Idle_LeavesMemoryAndComesBack()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.IdleRoomTimeout = TimeSpan.FromMilliseconds(100);
        });
        var rooms = host.Services.GetRequiredService<RoomRegistry>();
        await using (var writer = await RawClient.ConnectAsync(host))
        {
            await WriteAsync(writer, "zoo", 3);
            await Task.Delay(300);
            Assert.Equal(1, rooms.Count); // in use
        }

        await Wait.UntilAsync(() => rooms.Count == 0, "the room to leave");
        await using var client = await RawClient.ConnectAsync(host);
        Assert.Equal(3, (await client.JoinAndCatchUpAsync(1, "zoo", 2)).Count);
    }

    private static OutgoingFrame Chunk(ulong index, ulong count, int length)
    {
        byte[] VarUint(ulong value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. VarUint(value >> 7)];
        return new OutgoingFrame(FrameType.Chunk, new byte[][] { VarUint(1), VarUint(index), VarUint(count), VarUint((ulong)length) }.SelectMany(b => b).ToArray(), new byte[length]);
    }

    /// <summary>Joins on channel 1 as session 1 and writes rows: clocks 0, 1, 2 … of client 1.</summary>
    private static async Task<List<SyncCursor>> WriteAsync(RawClient client, string room, int count)
    {
        await client.JoinAndCatchUpAsync(1, room, 1);
        var rows = new List<SyncCursor>();
        for (var i = 0; i < count; i++)
        {
            await client.UpdateAsync(1, i + 1, TestUpdates.Item(1, (uint)i));
            rows.Add((await client.NextAsync(FrameType.Ack)).ReadAck().Row);
        }

        return rows;
    }
}
