namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>One transaction: the database, and what is known while it lasts.</summary>
internal sealed class SqliteSession
{
    private const int ReportEvery = 1000;
    private readonly Action<long, long?> _report;
    private readonly CancellationToken _cancellationToken;
    private long _written;

    public SqliteSession(SqliteDatabase database, Action<long, long?> report, CancellationToken cancellationToken)
    {
        Database = database;
        Kinds = new CellKinds(database);
        Reader = new TableReader(database, Kinds, report, cancellationToken);
        _report = report;
        _cancellationToken = cancellationToken;
    }

    public SqliteDatabase Database { get; }

    public CellKinds Kinds { get; }

    public TableReader Reader { get; }

    public TableWriter Writer(string tableName, string rowIdColumnName, string? condition = null) =>
        new(Database, Kinds, tableName, rowIdColumnName, condition);

    public void CountWritten(long total)
    {
        if (++_written % ReportEvery == 0 || _written == total)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _report(_written, total);
        }
    }
}

/// <summary>Where in a database a store is, and how. Called inside a transaction.</summary>
internal abstract class SqliteStorage
{
    /// <returns>Null where nothing is persisted yet.</returns>
    public abstract PersistedData? Read(SqliteSession session);

    public abstract void Write(SqliteSession session, PersistedWrite write);
}
