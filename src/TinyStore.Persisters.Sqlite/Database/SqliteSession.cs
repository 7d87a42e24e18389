namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>One transaction: the database, and what is known while it lasts.</summary>
internal sealed class SqliteSession
{
    private const int ReportEvery = 1000;
    private readonly Action<long, long?>? _report;
    private readonly CancellationToken _cancellationToken;
    private long _written;

    public SqliteSession(SqliteDatabase database, Action<long, long?>? report, CancellationToken cancellationToken)
    {
        Database = database;
        Kinds = new CellKinds(database);
        _report = report;
        _cancellationToken = cancellationToken;
        Reader = NewReader(report);
    }

    public SqliteDatabase Database { get; }

    public CellKinds Kinds { get; }

    /// <summary>Reads for a load.</summary>
    public TableReader Reader { get; }

    /// <summary>Reads for a comparison, which says nothing of progress.</summary>
    public TableReader NewQuietReader() => NewReader(null);

    public TableWriter Writer(string tableName, string rowIdColumnName, string? condition = null) =>
        new(Database, Kinds, tableName, rowIdColumnName, condition);

    public void CountWritten(long total)
    {
        if (++_written % ReportEvery == 0 || _written == total)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _report?.Invoke(_written, total);
        }
    }

    private TableReader NewReader(Action<long, long?>? report) => new(Database, Kinds, report, _cancellationToken);
}

/// <summary>Where in a database a store is, and how. Called inside a transaction.</summary>
internal abstract class SqliteStorage
{
    /// <returns>Null where nothing is persisted yet.</returns>
    public abstract PersistedData? Read(SqliteSession session);

    public abstract void Write(SqliteSession session, PersistedWrite write);
}
