using TinyStore.Sync;

namespace TinyStore.Relay.Tests.Support;

/// <summary>A real log of which a test decides when appends go through, and whether they fail.</summary>
internal sealed class GatedLog : IUpdateLog
{
    private readonly SqliteUpdateLog _log;
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatedLog(SqliteUpdateLog log)
    {
        _log = log;
        _open.SetResult();
    }

    /// <summary>Appends that have reached the log, waiting or not.</summary>
    public int Appends { get; private set; }

    /// <summary>The updates of each append.</summary>
    public List<int> BatchSizes { get; } = [];

    public Func<Exception>? Failure { get; set; }

    public SqliteUpdateLog Inner => _log;

    public void Close() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => _log.OpenAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<LogAppendResult>> AppendAsync(IReadOnlyList<LogAppend> batch, CancellationToken cancellationToken = default)
    {
        Appends++;
        BatchSizes.Add(batch.Count);
        await _open.Task;
        if (Failure is { } failure)
        {
            throw failure();
        }

        return await _log.AppendAsync(batch, cancellationToken);
    }

    public ValueTask<SyncCursor> GetHeadAsync(string room, CancellationToken cancellationToken = default) => _log.GetHeadAsync(room, cancellationToken);

    public ValueTask<bool> ContainsAsync(string room, SyncCursor cursor, CancellationToken cancellationToken = default) => _log.ContainsAsync(room, cursor, cancellationToken);

    public ValueTask<IReadOnlyList<LogRow>> ReadAsync(string room, long afterSequence, int maxBytes, CancellationToken cancellationToken = default) =>
        _log.ReadAsync(room, afterSequence, maxBytes, cancellationToken);

    public ValueTask<IReadOnlyList<string>> GetRoomsAsync(CancellationToken cancellationToken = default) => _log.GetRoomsAsync(cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
