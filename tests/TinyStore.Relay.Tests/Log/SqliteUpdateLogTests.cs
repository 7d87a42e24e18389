using Microsoft.Data.Sqlite;
using TinyStore.Relay.Tests.Support;
using TinyStore.Sync;

namespace TinyStore.Relay.Tests.Log;

public sealed class SqliteUpdateLogTests : UpdateLogConformance, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<IUpdateLog> OpenAsync(string name)
    {
        var log = new SqliteUpdateLog($"Data Source={_folder.File(name)}.db");
        await log.OpenAsync();
        return log;
    }

    [Fact]
    public async Task Open_SetsWalAndFullSync()
    {
        await using var log = await OpenAsync("a");
        await log.AppendAsync([Append("zoo", 1, 1)]);
        Assert.Equal("wal", Query("a", "PRAGMA journal_mode"));
        Assert.True(File.Exists(_folder.File("a.db-wal")));
    }

    /// <summary>The moment after an append returned: a copy of the files holds the row, as it would after a power cut.</summary>
    [Fact]
    public async Task Append_Returned_TheRowIsInACopyOfTheFiles()
    {
        await using var log = await OpenAsync("a");
        for (var batch = 1; batch <= 5; batch++)
        {
            var row = (await log.AppendAsync([Append("zoo", 1, batch)]))[0].Row;
            foreach (var suffix in new[] { "", "-wal" })
            {
                File.Copy(_folder.File($"a.db{suffix}"), _folder.File($"copy{batch}.db{suffix}"));
            }

            await using var copy = await OpenAsync($"copy{batch}");
            Assert.Equal(row, await copy.GetHeadAsync("zoo"));
            Assert.Equal(batch, (await copy.ReadAsync("zoo", 0, 1 << 20)).Count);
        }
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x;Mode=Memory")]
    [InlineData("Cache=Shared")]
    public void Constructor_NoFile_IsRefused(string connectionString) => Assert.Throws<ArgumentException>(() => new SqliteUpdateLog(connectionString));

    [Fact]
    public async Task Open_FileThatIsNoDatabase_IsRefusedAndLeftAsItIs()
    {
        var bytes = new byte[50_000];
        new Random(3).NextBytes(bytes);
        File.WriteAllBytes(_folder.File("a.db"), bytes);
        var error = await Assert.ThrowsAsync<UpdateLogCorruptException>(() => OpenAsync("a"));
        Assert.Contains("left as it is", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("a.db")));
    }

    [Fact]
    public async Task Open_AnotherDatabase_IsRefusedAndLeftAsItIs()
    {
        Query("a", "CREATE TABLE shop(id INTEGER); INSERT INTO shop VALUES(1); SELECT 1");
        var before = File.ReadAllBytes(_folder.File("a.db"));
        await Assert.ThrowsAsync<UpdateLogCorruptException>(() => OpenAsync("a"));
        Assert.Equal(before, File.ReadAllBytes(_folder.File("a.db")));
    }

    [Fact]
    public async Task Open_NewerVersion_IsRefused()
    {
        await (await OpenAsync("a")).DisposeAsync();
        Query("a", "PRAGMA user_version=2; SELECT 1");
        var error = await Assert.ThrowsAsync<UpdateLogCorruptException>(() => OpenAsync("a"));
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_RowWithChangedBytes_IsRefusedAndOtherRoomsAreNot()
    {
        await using (var log = await OpenAsync("a"))
        {
            await log.AppendAsync([Append("zoo", 1, 1), Append("zoo", 1, 2), Append("other", 1, 1)]);
        }

        Query("a", "UPDATE entry SET bytes = x'0000' WHERE seq = 2; SELECT 1");
        await using var damaged = await OpenAsync("a");
        Assert.Single(await damaged.ReadAsync("zoo", 0, 1));
        var error = await Assert.ThrowsAsync<UpdateLogCorruptException>(async () => await damaged.ReadAsync("zoo", 1, 1));
        Assert.Equal("zoo", error.Room);
        Assert.Single(await damaged.ReadAsync("other", 0, 1 << 20));
    }

    [Fact]
    public async Task Read_MissingRow_IsRefused()
    {
        await using (var log = await OpenAsync("a"))
        {
            await log.AppendAsync([Append("zoo", 1, 1), Append("zoo", 1, 2), Append("zoo", 1, 3)]);
        }

        Query("a", "DELETE FROM entry WHERE seq = 2; SELECT 1");
        await using var damaged = await OpenAsync("a");
        var error = await Assert.ThrowsAsync<UpdateLogCorruptException>(async () => await damaged.ReadAsync("zoo", 0, 1 << 20));
        Assert.Contains("lacks row 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_DatabaseFull_WritesNothingAndWorksAgainWhenThereIsRoom()
    {
        await using var log = (SqliteUpdateLog)await OpenAsync("a");
        await log.AppendAsync([Append("zoo", 1, 1)]);
        log.LimitPages(20);
        var error = await Assert.ThrowsAsync<UpdateLogException>(async () => await log.AppendAsync([Append("new room", 1, 1), Append("zoo", 1, 2, 200_000)]));
        Assert.IsNotType<UpdateLogCorruptException>(error);
        Assert.Single(await log.ReadAsync("zoo", 0, 1 << 20));
        Assert.Equal(SyncCursor.Start, await log.GetHeadAsync("new room"));
        log.LimitPages(1_000_000);
        Assert.Equal([1L, 2], (await log.AppendAsync([Append("new room", 1, 1), Append("zoo", 1, 2, 200_000)])).Select(r => r.Row.Sequence));
    }

    [Fact]
    public async Task Append_DatabaseLockedByAnother_FailsInTimeAndWorksAfterwards()
    {
        await using var log = new SqliteUpdateLog($"Data Source={_folder.File("a.db")};Default Timeout=1");
        await log.OpenAsync();
        using (var other = new SqliteConnection($"Data Source={_folder.File("a.db")};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<UpdateLogException>(async () => await log.AppendAsync([Append("zoo", 1, 1)]));
        }

        Assert.True((await log.AppendAsync([Append("zoo", 1, 1)]))[0].IsNew);
    }

    [Fact]
    public async Task Append_BesideAnotherProcess_ContinuesItsNumbers()
    {
        await using var first = await OpenAsync("a");
        await using var second = await OpenAsync("a");
        await first.AppendAsync([Append("zoo", 1, 1)]);
        await second.AppendAsync([Append("zoo", 2, 1)]);
        Assert.Equal(3, (await first.AppendAsync([Append("zoo", 1, 2)]))[0].Row.Sequence);
    }

    private object? Query(string name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File(name)}.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
