using Microsoft.Data.Sqlite;

namespace TinyStore.Relay;

public sealed partial class SqliteUpdateLog
{
    /// <summary>"TinS", which marks the file as a log of this kind.</summary>
    private const long ApplicationId = 0x54696E53;

    private const long SchemaVersion = 1;

    /// <summary>
    /// Numbers have no gaps within a room. row_id is random. (room, session, batch) makes sending twice harmless.
    /// </summary>
    private const string Schema = """
        CREATE TABLE room(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE entry(
          room INTEGER NOT NULL REFERENCES room(id),
          seq INTEGER NOT NULL,
          row_id INTEGER NOT NULL,
          session BLOB NOT NULL,
          batch INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          bytes BLOB NOT NULL,
          UNIQUE(room, seq),
          UNIQUE(room, session, batch)) STRICT;
        """;

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_writer is not null)
        {
            throw new InvalidOperationException("The log is open.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (Path.GetDirectoryName(Path.GetFullPath(FilePath)) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        SqliteConnection? connection = null;
        try
        {
            connection = Connect(readOnly: false);
            Prepare(connection);
            _writer = connection;
            connection = null;
            return ValueTask.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw Translate(e, $"open the log '{FilePath}'");
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Looks before it writes: a file that is not such a log is left untouched.</summary>
    private void Prepare(SqliteConnection connection)
    {
        var application = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        var tables = Scalar(connection, "SELECT count(*) FROM sqlite_master");
        if (tables == 0 && application == 0)
        {
            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");
            using var transaction = connection.BeginTransaction(deferred: false);
            if (Scalar(connection, "SELECT count(*) FROM sqlite_master") == 0)
            {
                Execute(connection, Schema);
                Execute(connection, $"PRAGMA application_id={ApplicationId}");
                Execute(connection, $"PRAGMA user_version={SchemaVersion}");
            }

            transaction.Commit();
            return;
        }

        if (application != ApplicationId)
        {
            throw new UpdateLogCorruptException($"'{FilePath}' is a database, but not a relay's log (application id {application:x}). It was left as it is.");
        }

        if (version != SchemaVersion)
        {
            throw new UpdateLogCorruptException($"The log '{FilePath}' has version {version}; this relay reads version {SchemaVersion}. It was left as it is.");
        }

        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "PRAGMA synchronous=FULL");
        if (Scalar(connection, "PRAGMA synchronous") != 2)
        {
            throw new UpdateLogException($"The log '{FilePath}' could not be set to synchronous=FULL.");
        }
    }

    private SqliteConnection Connect(bool readOnly)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            if (readOnly)
            {
                Execute(connection, "PRAGMA query_only=1");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private long RoomId(SqliteConnection connection, SqliteTransaction transaction, string room)
    {
        if (_roomIds.TryGetValue(room, out var id))
        {
            return id;
        }

        using var command = Command(connection, transaction, "INSERT INTO room(name) VALUES($room) ON CONFLICT DO NOTHING; SELECT id FROM room WHERE name = $room", "$room");
        command.Parameters[0].Value = room;
        id = (long)command.ExecuteScalar()!;
        if (_roomIds.Count >= 100_000)
        {
            _roomIds.Clear();
        }

        return _roomIds[room] = id;
    }

    /// <summary>Lets the database grow to so many pages only: a full disk, for tests.</summary>
    internal void LimitPages(int pages) => Execute(_writer!, $"PRAGMA max_page_count={pages}");

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static UpdateLogException Translate(SqliteException e, string doing) => e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase
        ? new UpdateLogCorruptException($"Could not {doing}: the database is damaged or not one ({e.Message}). It was left as it is.", null, e)
        : new UpdateLogException($"Could not {doing}: {e.Message}", e);

    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;
}
