using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using TinyStore.Persisters.Sqlite.Database;

namespace TinyStore.Persisters.Sqlite;

/// <summary>
/// Keeps a store in a SQLite database, in the layouts of TinyBase's SQLite persisters: as JSON in one row, or table by table
/// (<see cref="SqlitePersisterOptions.Layout"/>).
/// </summary>
/// <remarks>
/// <para>A save is one transaction, flushed to the disk when it is reported (write-ahead log, <c>synchronous=FULL</c>). Other
/// connections, persisters and processes may use the database: with auto-load their changes come in, at the latest before the
/// next save.</para>
/// <para>In tables, a 0 or 1 and a missing or null cell look alike to SQL. What a plain column cannot say is kept in the
/// declared type of the columns that are made for booleans, and in the small table <c>tinystore_kinds</c>; so every cell comes
/// back as it went in. Where TinyBase wrote, a null is a missing cell, and booleans are numbers. Tables without rows count as
/// nothing persisted until this persister has seen one.</para>
/// <para>Ids of cells are names of columns, which SQLite compares without regard to case: where two differ only in that, the save
/// fails with <see cref="PersistedDataException"/>, and so does a cell with the name of the row ids' column.</para>
/// <para>All persisters of one database in a process take turns, in one queue.</para>
/// </remarks>
[UnsupportedOSPlatform("browser")]
public sealed partial class SqlitePersister : StoragePersister
{
    private readonly SqlitePersisterOptions _options;
    private readonly SqliteStorage _storage;
    private readonly SqliteConnectionStringBuilder _connection;
    private readonly string? _path;

    // The connection is used by what runs in the queue and by the watch.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SqliteDatabase? _database;

    // Data versions: of what was read last, of what is in the store, and of what auto-load was told of.
    private long? _read;
    private long? _merged;
    private long? _noticed;

    /// <summary>Makes a persister. The database is opened, and made where there is none, when the persister is first asked for something.</summary>
    /// <param name="store">The store.</param>
    /// <param name="connectionString">As for <see cref="SqliteConnection"/>, such as <c>Data Source=zoo.db</c>. The connection is the persister's own.</param>
    /// <param name="options">How it works.</param>
    public SqlitePersister(Store store, string connectionString, SqlitePersisterOptions? options = null)
        : this(store, new SqliteConnectionStringBuilder(connectionString) { Pooling = false }, options ?? new SqlitePersisterOptions())
    {
    }

    private SqlitePersister(Store store, SqliteConnectionStringBuilder connection, SqlitePersisterOptions options)
        : base(store, options, SharedQueues.Of(PathOf(connection)))
    {
        _options = options;
        _connection = connection;
        _path = PathOf(connection);
        _storage = options.Layout switch
        {
            SqliteJsonLayout json => new JsonStorage(json),
            SqliteTabularLayout tabular => new TabularStorage(tabular),
            _ => throw new ArgumentException("The layout is missing.", nameof(options)),
        };
    }

    /// <inheritdoc/>
    protected override bool WritesChanges => _storage is TabularStorage;

    /// <inheritdoc/>
    protected override bool WritesJson => _storage is JsonStorage;

    /// <inheritdoc/>
    protected override async ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    var database = Open();
                    database.Begin();
                    try
                    {
                        database.Scalar("SELECT count(*) FROM sqlite_schema");
                        return Read(database, database.DataVersion(), ReportProgress, cancellationToken);
                    }
                    finally
                    {
                        database.EndTransaction();
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    protected override void OnLoaded() => _merged = _read;

    /// <inheritdoc/>
    protected override async ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(() => Open().BeginWritingAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            return new Writing(this);
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<PersistedData?> GetForeignAsync(CancellationToken cancellationToken) =>
        await Task.Run(
            () =>
            {
                var version = _database!.DataVersion();
                return version == _merged ? null : Read(_database, version, null, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken) =>
        await Task.Run(
            () =>
            {
                _storage.Write(new SqliteSession(_database!, ReportProgress, cancellationToken), write);
                cancellationToken.ThrowIfCancellationRequested();
                _database!.Commit();
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask ReleaseAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        _database?.Dispose();
        _database = null;
        _gate.Dispose();
    }

    private SqliteDatabase Open()
    {
        if (_database is null)
        {
            if (_path is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            }
            _database = SqliteDatabase.Open(_connection.ConnectionString, _options.BusyTimeout);
        }
        return _database;
    }

    private PersistedData? Read(SqliteDatabase database, long version, Action<long, long?>? report, CancellationToken cancellationToken)
    {
        _noticed = version;
        var session = new SqliteSession(database, report, cancellationToken);
        var data = _storage.Read(session);
        _read = version;
        foreach (var (path, what) in session.Reader.Wrong)
        {
            OnError(
                PersisterOperation.Content,
                new PersistedDataException($"There is {what} at {path}, which no store can hold. It was left as it is, and the rest was loaded."),
                path);
        }
        return data;
    }

    private static string? PathOf(SqliteConnectionStringBuilder connection) =>
        connection.Mode == SqliteOpenMode.Memory || connection.DataSource is "" or ":memory:" || connection.DataSource.StartsWith("file:", StringComparison.Ordinal)
            ? null
            : Path.GetFullPath(connection.DataSource);

    /// <summary>The transaction of a save; rolled back unless it was committed.</summary>
    private sealed class Writing(SqlitePersister persister) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            try
            {
                persister._database!.EndTransaction();
            }
            finally
            {
                persister._gate.Release();
            }
            return default;
        }
    }
}
