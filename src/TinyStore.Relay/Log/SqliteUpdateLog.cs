using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace TinyStore.Relay;

/// <summary>
/// A log in one SQLite file: write-ahead log with <c>synchronous=FULL</c>, so that a row survives the death of the process and
/// of the machine once <see cref="AppendAsync"/> has returned. One connection writes, a few others read.
/// </summary>
/// <remarks>
/// Appends run one after another; whoever calls it should hand over many updates at once (the relay does). Other processes may
/// read the file meanwhile. Every row carries a checksum, which reading verifies.
/// </remarks>
public sealed partial class SqliteUpdateLog : IUpdateLog
{
    private const int ReaderCount = 4;
    private const int ChecksumBytes = 8;

    private readonly string _connectionString;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(ReaderCount, ReaderCount);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Dictionary<string, long> _roomIds = [];
    private SqliteConnection? _writer;
    private bool _disposed;

    /// <summary>Names the database; <see cref="OpenAsync"/> opens it.</summary>
    /// <param name="connectionString">Of Microsoft.Data.Sqlite. Must name a file: a log in memory would not be one.</param>
    /// <exception cref="ArgumentException">The string is malformed or names no file.</exception>
    public SqliteUpdateLog(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (builder.DataSource is "" or ":memory:" || builder.Mode == SqliteOpenMode.Memory)
        {
            throw new ArgumentException("The connection string of a log must name a file (Data Source=…).", nameof(connectionString));
        }

        if (!builder.ContainsKey("Default Timeout") || builder.DefaultTimeout == 30)
        {
            builder.DefaultTimeout = 5; // a locked file is reported, not waited for
        }

        FilePath = builder.DataSource;
        _connectionString = builder.ToString();
    }

    /// <summary>The database file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LogAppendResult>> AppendAsync(IReadOnlyList<LogAppend> batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Append(batch), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<SyncCursor> GetHeadAsync(string room, CancellationToken cancellationToken = default) => QueryAsync(room, static (connection, room) =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT e.seq, e.row_id FROM room r JOIN entry e ON e.room = r.id WHERE r.name = $room ORDER BY e.seq DESC LIMIT 1";
        command.Parameters.AddWithValue("$room", room);
        using var reader = command.ExecuteReader();
        return reader.Read() ? new SyncCursor(reader.GetInt64(0), (ulong)reader.GetInt64(1)) : SyncCursor.Start;
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ContainsAsync(string room, SyncCursor cursor, CancellationToken cancellationToken = default)
    {
        if (cursor == SyncCursor.Start)
        {
            return ValueTask.FromResult(true);
        }

        return QueryAsync((room, cursor), static (connection, key) =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1 FROM room r JOIN entry e ON e.room = r.id WHERE r.name = $room AND e.seq = $seq AND e.row_id = $row";
            command.Parameters.AddWithValue("$room", key.room);
            command.Parameters.AddWithValue("$seq", key.cursor.Sequence);
            command.Parameters.AddWithValue("$row", (long)key.cursor.RowId);
            return command.ExecuteScalar() is not null;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string room, long afterSequence, int maxBytes, CancellationToken cancellationToken = default) =>
        QueryAsync((room, afterSequence, maxBytes), static (connection, key) => (IReadOnlyList<LogRow>)Read(connection, key.room, key.afterSequence, key.maxBytes), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> GetRoomsAsync(CancellationToken cancellationToken = default) => QueryAsync(0, static (connection, _) =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM room";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return (IReadOnlyList<string>)names;
    }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _writing.WaitAsync().ConfigureAwait(false);
        for (var i = 0; i < ReaderCount; i++)
        {
            await _reading.WaitAsync().ConfigureAwait(false);
        }

        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        _writing.Dispose();
        _reading.Dispose();
    }

    private List<LogAppendResult> Append(IReadOnlyList<LogAppend> batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var writer = _writer ?? throw new InvalidOperationException("Open the log before appending to it.");
        try
        {
            var results = new List<LogAppendResult>(batch.Count);
            using var transaction = writer.BeginTransaction(deferred: false);
            using var find = Command(writer, transaction, "SELECT seq, row_id FROM entry WHERE room = $room AND session = $session AND batch = $batch", "$room", "$session", "$batch");
            using var last = Command(writer, transaction, "SELECT coalesce(max(seq), 0) FROM entry WHERE room = $room", "$room");
            using var insert = Command(
                writer,
                transaction,
                "INSERT INTO entry(room, seq, row_id, session, batch, checksum, bytes) VALUES($room, $seq, $row, $session, $batch, $checksum, $bytes)",
                "$room", "$seq", "$row", "$session", "$batch", "$checksum", "$bytes");
            var heads = new Dictionary<long, long>();
            var session = new byte[16];
            foreach (var append in batch)
            {
                var room = RoomId(writer, transaction, append.Room);
                BinaryPrimitives.WriteUInt128BigEndian(session, append.Session);
                if (Find(find, room, session, append.Batch) is { } existing)
                {
                    results.Add(new LogAppendResult(existing, IsNew: false));
                    continue;
                }

                if (!heads.TryGetValue(room, out var head))
                {
                    last.Parameters[0].Value = room;
                    head = (long)last.ExecuteScalar()!;
                }

                heads[room] = ++head;
                var row = new SyncCursor(head, NewRowId());
                Insert(insert, room, row, session, append);
                results.Add(new LogAppendResult(row, IsNew: true));
            }

            transaction.Commit();
            return results;
        }
        catch (SqliteException e)
        {
            _roomIds.Clear(); // those made in this transaction are gone
            throw Translate(e, "append to the log");
        }
    }

    private static SyncCursor? Find(SqliteCommand find, long room, byte[] session, long batch)
    {
        find.Parameters[0].Value = room;
        find.Parameters[1].Value = session;
        find.Parameters[2].Value = batch;
        using var reader = find.ExecuteReader();
        return reader.Read() ? new SyncCursor(reader.GetInt64(0), (ulong)reader.GetInt64(1)) : null;
    }

    private static void Insert(SqliteCommand insert, long room, SyncCursor row, byte[] session, in LogAppend append)
    {
        var bytes = append.Update;
        insert.Parameters[0].Value = room;
        insert.Parameters[1].Value = row.Sequence;
        insert.Parameters[2].Value = (long)row.RowId;
        insert.Parameters[3].Value = session;
        insert.Parameters[4].Value = append.Batch;
        insert.Parameters[5].Value = Checksum(row, bytes.Span);
        insert.Parameters[6].Value = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
        insert.ExecuteNonQuery();
    }

    private static List<LogRow> Read(SqliteConnection connection, string room, long afterSequence, int maxBytes)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT e.seq, e.row_id, e.session, e.batch, e.checksum, e.bytes
            FROM room r JOIN entry e ON e.room = r.id WHERE r.name = $room AND e.seq > $after ORDER BY e.seq
            """;
        command.Parameters.AddWithValue("$room", room);
        command.Parameters.AddWithValue("$after", afterSequence);
        using var reader = command.ExecuteReader();
        var rows = new List<LogRow>();
        long total = 0;
        while (reader.Read())
        {
            var bytes = (byte[])reader.GetValue(5);
            total += bytes.Length;
            if (rows.Count > 0 && total > maxBytes)
            {
                break;
            }

            var cursor = new SyncCursor(reader.GetInt64(0), (ulong)reader.GetInt64(1));
            if (cursor.Sequence != afterSequence + rows.Count + 1)
            {
                throw new UpdateLogCorruptException($"Room '{room}' lacks row {afterSequence + rows.Count + 1}: row {cursor.Sequence} follows.", room);
            }

            if (reader.GetInt64(4) != Checksum(cursor, bytes))
            {
                throw new UpdateLogCorruptException($"Row {cursor.Sequence} of room '{room}' does not match its checksum.", room);
            }

            var session = BinaryPrimitives.ReadUInt128BigEndian((byte[])reader.GetValue(2));
            rows.Add(new LogRow(cursor, session, reader.GetInt64(3), bytes));
        }

        return rows;
    }

    /// <summary>The first 8 bytes of SHA-256 over number, row id and bytes.</summary>
    private static long Checksum(SyncCursor row, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(head, row.Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(head[8..], row.RowId);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(head);
        sha.AppendData(bytes);
        sha.GetHashAndReset(hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash[..ChecksumBytes]);
    }

    private static ulong NewRowId()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string text, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private async ValueTask<TResult> QueryAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> query, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        SqliteConnection? connection = null;
        try
        {
            if (!_readers.TryTake(out connection))
            {
                connection = Connect(readOnly: true);
            }

            var result = query(connection, state);
            _readers.Add(connection);
            connection = null;
            return result;
        }
        catch (SqliteException e)
        {
            throw Translate(e, "read the log");
        }
        finally
        {
            connection?.Dispose();
            _reading.Release();
        }
    }
}
