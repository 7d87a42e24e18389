using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>An open connection with its prepared statements. One caller at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int MaxStatements = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SqliteConnection _connection;
    private readonly int _busyMilliseconds;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private SqliteDatabase(SqliteConnection connection, TimeSpan busyTimeout)
    {
        _connection = connection;
        _busyMilliseconds = (int)busyTimeout.TotalMilliseconds;
    }

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>Opens it: with a write-ahead log, and with each commit flushed to the disk.</summary>
    public static SqliteDatabase Open(string connectionString, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(connectionString);
        SqliteDatabase? database = null;
        try
        {
            connection.Open();
            database = new SqliteDatabase(connection, busyTimeout);
            _ = raw.sqlite3_busy_timeout(database.Handle, database._busyMilliseconds);
            database.SwitchToWal();
            database.Execute("PRAGMA synchronous=FULL");
            return database;
        }
        catch
        {
            database?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A number that changes when somebody else commits; inside a transaction, that of what it sees.</summary>
    public long DataVersion() => Scalar("PRAGMA data_version");

    /// <summary>How many rows the last statement inserted, updated or deleted.</summary>
    public int Changes() => raw.sqlite3_changes(Handle);

    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            if (_statements.Count >= MaxStatements)
            {
                ForgetStatements();
            }
            _statements[sql] = statement = new Statement(Handle, sql);
        }
        return statement;
    }

    public void Execute(string sql, params ReadOnlySpan<string> texts)
    {
        var statement = Prepare(sql).Bind(texts);
        while (statement.Step())
        {
        }
    }

    public long Scalar(string sql, params ReadOnlySpan<string> texts)
    {
        var statement = Prepare(sql).Bind(texts);
        var result = statement.Step() ? statement.Integer(0) : 0;
        statement.Reset();
        return result;
    }

    /// <summary>Begins a transaction that writes. Waits, and can be cancelled, while somebody else writes.</summary>
    public async Task BeginWritingAsync(CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = raw.sqlite3_busy_timeout(Handle, 0);
            try
            {
                Execute("BEGIN IMMEDIATE");
                return;
            }
            catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_BUSY && waited.ElapsedMilliseconds <= _busyMilliseconds)
            {
                // Once more below.
            }
            finally
            {
                _ = raw.sqlite3_busy_timeout(Handle, _busyMilliseconds);
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Begin() => Execute("BEGIN");

    public void Commit() => Execute("COMMIT");

    /// <summary>Rolls back what is open, if anything is.</summary>
    public void EndTransaction()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }
        if (raw.sqlite3_get_autocommit(Handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    public void Dispose()
    {
        ForgetStatements();
        _connection.Dispose();
    }

    // Here SQLite does not wait by itself while somebody else, who may be doing the same, has the database.
    private void SwitchToWal()
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                Execute("PRAGMA journal_mode=WAL");
                return;
            }
            catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_BUSY && waited.ElapsedMilliseconds <= _busyMilliseconds)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private void ForgetStatements()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
        _statements.Clear();
    }
}
