using Microsoft.Data.Sqlite;
using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Sqlite.Tests;

/// <summary>A database in a folder of its own.</summary>
internal sealed class SqlitePlace : IPersisterFixture
{
    private static readonly string[] TableNames = ["t", "u", "tinybase_values", "tinybase"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sqlitepersister");
    private readonly bool _isTabular;
    private string? _intact;

    public SqlitePlace(bool isTabular) => _isTabular = isTabular;

    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "store.db")};Pooling=False";

    public StoragePersister Create(Store store, StoragePersisterOptions options) => new SqlitePersister(
        store,
        ConnectionString,
        options.Fill(new SqlitePersisterOptions
        {
            PollInterval = TimeSpan.FromMilliseconds(50),
            Layout = _isTabular ? SqliteTabularLayout.Of("t", "u") : new SqliteJsonLayout(),
        }));

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    public object? Query(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public async Task<StoreContent?> ReadAsync()
    {
        if (!_isTabular)
        {
            return !HasTable("tinybase") ? null : new Store().SetJson((string)Query("SELECT store FROM tinybase WHERE _id = '_'")!).GetContent();
        }
        var store = new Store();
        await using var reader = Create(store, new StoragePersisterOptions { Queue = new PersisterQueue() });
        await reader.LoadAsync();
        return store.HasTables() || store.HasValues() || TableNames.Any(HasTable) ? store.GetContent() : null;
    }

    public async Task WriteAsync(StoreContent content)
    {
        await using var writer = Create(new Store().SetContent(content), new StoragePersisterOptions { Queue = new PersisterQueue() });
        await writer.SaveAsync();
    }

    public Task BreakWritesAsync()
    {
        foreach (var table in TableNames.Where(HasTable))
        {
            foreach (var operation in new[] { "INSERT", "UPDATE", "DELETE" })
            {
                Query($"CREATE TRIGGER IF NOT EXISTS broken_{table}_{operation} BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END");
            }
        }
        return Task.CompletedTask;
    }

    public Task RepairWritesAsync()
    {
        foreach (var table in TableNames)
        {
            foreach (var operation in new[] { "INSERT", "UPDATE", "DELETE" })
            {
                Query($"DROP TRIGGER IF EXISTS broken_{table}_{operation}");
            }
        }
        return Task.CompletedTask;
    }

    public Task BreakReadsAsync()
    {
        if (_isTabular)
        {
            Query("ALTER TABLE t RENAME TO elsewhere; CREATE VIEW t AS SELECT * FROM missing");
        }
        else
        {
            _intact = (string)Query("SELECT store FROM tinybase")!;
            Query("UPDATE tinybase SET store = substr(store, 1, length(store) / 2)");
        }
        return Task.CompletedTask;
    }

    public Task RepairReadsAsync()
    {
        Query(_isTabular ? "DROP VIEW t; ALTER TABLE elsewhere RENAME TO t" : $"UPDATE tinybase SET store = '{_intact}'");
        return Task.CompletedTask;
    }

    public Task<IAsyncDisposable> HoldWritesAsync()
    {
        var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return Task.FromResult<IAsyncDisposable>(connection);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }

    public bool HasTable(string name) => (long)Query($"SELECT count(*) FROM sqlite_schema WHERE name = '{name}'")! > 0;
}
