using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TinyStore.Relay.Tests.Support;
using TinyStore.Sync;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Relay.Tests;

/// <summary>What an acknowledgement promises, and what happens when the log fails.</summary>
public sealed class RelayDurabilityTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private GatedLog? _log;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Ack_Received_TheRowIsInTheDatabase(HubProtocol protocol)
    {
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host, protocol);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        for (var batch = 1; batch <= 20; batch++)
        {
            var update = TestUpdates.Item(1, (uint)batch);
            await client.UpdateAsync(1, batch, update);
            var ack = (await client.NextAsync(FrameType.Ack)).ReadAck();
            Assert.Equal(batch, ack.Batch);

            using var connection = new SqliteConnection($"Data Source={_folder.File("relay.db")};Pooling=False;Mode=ReadOnly");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT bytes FROM entry WHERE seq = $seq AND row_id = $row AND batch = $batch";
            command.Parameters.AddWithValue("$seq", ack.Row.Sequence);
            command.Parameters.AddWithValue("$row", (long)ack.Row.RowId);
            command.Parameters.AddWithValue("$batch", batch);
            Assert.Equal(update, command.ExecuteScalar());
        }
    }

    [Fact]
    public async Task Update_BeforeItsCommit_IsNeitherAcknowledgedNorDelivered()
    {
        await using var host = await StartAsync();
        await using var writer = await RawClient.ConnectAsync(host);
        await using var reader = await RawClient.ConnectAsync(host);
        await writer.JoinAndCatchUpAsync(1, "zoo", 1);
        await reader.JoinAndCatchUpAsync(1, "zoo", 2);
        _log!.Close();
        await writer.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
        await Wait.UntilAsync(() => _log.Appends > 0, "the update to reach the log");
        await using var late = await RawClient.ConnectAsync(host);
        Assert.Empty(await late.JoinAndCatchUpAsync(1, "zoo", 3)); // nor told to those who join
        await writer.AssertQuietAsync();
        await reader.AssertQuietAsync(0);
        _log.Open();
        Assert.Equal(1, (await writer.NextAsync(FrameType.Ack)).ReadAck().Row.Sequence);
        Assert.Equal(1, (await reader.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor.Sequence);
        Assert.Equal(1, (await late.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor.Sequence);
    }

    /// <summary>While one commit runs the next batch gathers, whatever rooms it is for.</summary>
    [Fact]
    public async Task Updates_WhileACommitRuns_ShareTheNext()
    {
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        await client.JoinAndCatchUpAsync(2, "farm", 1);
        _log!.Close();
        await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
        await Wait.UntilAsync(() => _log.Appends > 0, "the first update to reach the log");
        for (var batch = 2; batch <= 50; batch++)
        {
            await client.UpdateAsync(1 + ((ulong)batch % 2), batch, TestUpdates.Item(1, (uint)batch));
        }

        await Task.Delay(100);
        _log.Open();
        var acks = new List<long>();
        for (var i = 0; i < 50; i++)
        {
            acks.Add((await client.NextAsync(FrameType.Ack)).ReadAck().Batch);
        }

        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), acks.Order());
        Assert.Equal([1, 49], _log.BatchSizes);
    }

    [Fact]
    public async Task Batch_SentAgain_IsStoredOnceAndAcknowledgedWithItsRow()
    {
        SyncCursor row;
        await using (var host = await StartAsync())
        {
            await using var client = await RawClient.ConnectAsync(host);
            await using var other = await RawClient.ConnectAsync(host);
            await client.JoinAndCatchUpAsync(1, "zoo", 1);
            await other.JoinAndCatchUpAsync(1, "zoo", 2);
            await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
            row = (await client.NextAsync(FrameType.Ack)).ReadAck().Row;
            await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
            Assert.Equal(new AckFrame(1, row), (await client.NextAsync(FrameType.Ack)).ReadAck());
            Assert.Equal(row, (await other.NextAsync(FrameType.Update)).ReadRelayUpdate().Cursor);
            await other.AssertQuietAsync();
        }

        await using (var host = await StartAsync())
        {
            await using var client = await RawClient.ConnectAsync(host); // another connection, another process of the relay, the same session
            await client.JoinAsync(1, "zoo", 1, SyncCursor.Start, wantsStateVector: false);
            Assert.True((await client.NextAsync(FrameType.Joined)).ReadJoined().Resumed);
            await client.UpdateAsync(1, 1, TestUpdates.Item(1, 0));
            Assert.Equal(new AckFrame(1, row), (await client.FindAsync(FrameType.Ack)).ReadAck());
            await using var third = await RawClient.ConnectAsync(host);
            Assert.Single(await third.JoinAndCatchUpAsync(1, "zoo", 3));
        }
    }

    [Fact]
    public async Task Append_Fails_TransientNackHealthAndThenAllIsWell()
    {
        await using var host = await StartAsync();
        await using var peer = await Peer.StartAsync(host, "zoo");
        _log!.Failure = () => new UpdateLogException("disk full");
        await peer.SetAsync("a", 1);
        await Wait.UntilAsync(() => !peer.Errors.IsEmpty, "the nack");
        Assert.Contains(peer.Errors, e => e.Failure?.Code == SyncErrorCode.Unavailable && !e.IsPermanent);
        Assert.Equal(1, peer.Provider.UnacknowledgedCount);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        Assert.True(host.Log.Has("AppendFailed"));
        _log.Failure = null;
        await peer.SetAsync("b", 2);
        await peer.AcknowledgedAsync();
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.Equal("""{"a":1,"b":2}""", await fresh.JsonAsync());
    }

    [Fact]
    public async Task Database_Full_TransientNackAndNothingIsLost()
    {
        await using var host = await StartAsync();
        await using var peer = await Peer.StartAsync(host, "zoo");
        _log!.Inner.LimitPages(20);
        await peer.SetAsync("a", new string('x', 300_000));
        await Wait.UntilAsync(() => peer.Errors.Any(e => e.Failure?.Code == SyncErrorCode.Unavailable), "the nack");
        _log.Inner.LimitPages(1_000_000);
        await peer.AcknowledgedAsync();
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.True(await fresh.HasAsync("a"));
    }

    [Fact]
    public async Task Room_WithADamagedRow_IsRefusedTransientlyAndOthersAreServed()
    {
        await using (var host = await StartAsync())
        {
            await using var peer = await Peer.StartAsync(host, "zoo");
            await peer.SetAsync("a", 1);
            await peer.AcknowledgedAsync();
        }

        Execute("UPDATE entry SET bytes = x'0001'");
        await using (var host = await StartAsync())
        {
            await using var client = await RawClient.ConnectAsync(host);
            await client.JoinAsync(1, "zoo", 9, null, true, OutgoingFrame.Step1(new byte[] { 0 }));
            // Before or after the answer to the join: it depends on what has been read of the room by then.
            Assert.Equal(SyncErrorCode.Quarantined, (await client.FindAsync(FrameType.Error)).ReadError().Failure.Code);
            await using var other = await Peer.StartAsync(host, "farm");
            await other.SetAsync("a", 1);
            await other.AcknowledgedAsync();
            Assert.True(host.Log.Has("RoomQuarantined"));
            Assert.Equal([0x00, 0x01], (byte[])Query("SELECT bytes FROM entry WHERE seq = 1 AND length(bytes) = 2")!); // left as it is
        }
    }

    [Fact]
    public async Task Start_OnADatabaseThatIsNone_FailsAndLeavesIt()
    {
        File.WriteAllText(_folder.File("relay.db"), new string('?', 10_000));
        await Assert.ThrowsAsync<UpdateLogCorruptException>(() => StartAsync());
        Assert.Equal(new string('?', 10_000), File.ReadAllText(_folder.File("relay.db")));
    }

    /// <summary>What was received is committed, and acknowledged, before a stopping relay goes.</summary>
    [Fact]
    public async Task Stop_CommitsAndAcknowledgesWhatWasReceived()
    {
        var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host);
        await client.JoinAndCatchUpAsync(1, "zoo", 1);
        _log!.Close();
        for (var batch = 1; batch <= 10; batch++)
        {
            await client.UpdateAsync(1, batch, TestUpdates.Item(1, (uint)batch));
        }

        await Wait.UntilAsync(() => _log.Appends > 0, "the first update to reach the log");
        await Task.Delay(200); // the others are in the relay by now
        var stopping = Task.Run(host.StopAsync);
        await Task.Delay(100);
        Assert.False(stopping.IsCompleted);
        _log.Open();
        await stopping;
        for (var batch = 1; batch <= 10; batch++)
        {
            Assert.Equal(batch, (await client.NextAsync(FrameType.Ack)).ReadAck().Batch);
        }

        Assert.Equal(SyncErrorCode.Draining, (await client.NextErrorAsync(0)).Code);
        Assert.Equal(10L, Query("SELECT count(*) FROM entry"));
        await host.DisposeAsync();
    }

    private Task<RelayHost> StartAsync() => RelayHost.StartAsync(
        _folder.Path,
        services: services => services.AddSingleton<IUpdateLog>(_ => _log = new GatedLog(new SqliteUpdateLog($"Data Source={_folder.File("relay.db")}"))));

    private static async Task<HealthStatus> HealthAsync(RelayHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private void Execute(string sql) => Query($"{sql}; SELECT 1");

    private object? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("relay.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
