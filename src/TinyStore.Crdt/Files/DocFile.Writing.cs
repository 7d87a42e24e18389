using TinyStore.Crdt.Files;
using TinyStore.Crdt.Files.Records;

namespace TinyStore.Crdt;

/// <content>
/// The disk's side. The pump runs on the thread pool while something waits, one at a time:
/// <code>
///   lane:   edit edit edit edit edit edit …        each is queued, nobody waits
///   pump:   │ take all │ write, flush │ take all │ write, flush │ …     one flush for all that came during the last one
/// </code>
/// </content>
public sealed partial class DocFile
{
    private readonly ITimer _retry;
    private WriteBatch _waiting = new();
    private WriteBatch? _writing;
    private TaskCompletionSource? _idle;
    private long _savedLength;
    private bool _isPumping;
    private bool _hasFailed;
    private bool _isClosed;

    /// <summary>Starts the pump, unless it runs or waits for the time to try again. Called inside the gate.</summary>
    private void Kick(bool retry)
    {
        if (!_isPumping && !_isClosed && (retry || !_hasFailed))
        {
            _isPumping = true;
            _hasFailed = false;
            Task.Run(Pump);
        }
    }

    private void Retry()
    {
        lock (_gate)
        {
            if (_hasFailed)
            {
                Kick(retry: true);
            }
        }
    }

    private void Pump()
    {
        while (TryTake(out var batch, out var records))
        {
            if (!batch.IsEmpty && !TryWrite(batch, records))
            {
                return;
            }

            Compact();
        }
    }

    private bool TryTake(out WriteBatch batch, out IReadOnlyList<RecordEntry> records)
    {
        lock (_gate)
        {
            batch = _waiting;
            records = [];
            if (batch.IsEmpty)
            {
                if (_fold is null)
                {
                    EndPump();
                    return false;
                }

                return true;
            }

            records = batch.ToRecords();
            _waiting = new WriteBatch();
            _writing = batch;
            return true;
        }
    }

    private bool TryWrite(WriteBatch batch, IReadOnlyList<RecordEntry> records)
    {
        try
        {
            _log.Append(records);
        }
#pragma warning disable CA1031 // Whatever went wrong, the updates must not be lost, and somebody must hear of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(batch, e);
            return false;
        }

        lock (_gate)
        {
            _writing = null;
            _savedLength = _log.Length;
        }

        batch.Succeed();
        if (Saved is not null)
        {
            Doc.Context.Post(() => Saved?.Invoke(this, EventArgs.Empty));
        }

        return true;
    }

    private void Failed(WriteBatch batch, Exception exception)
    {
        WriteBatch later;
        int updates;
        lock (_gate)
        {
            later = _waiting;
            _waiting = batch.Then(later);
            _writing = null;
            updates = _waiting.UpdateCount;
            _hasFailed = true;
            if (!_isDetached)
            {
                _retry.Change(_options.RetryDelay, Timeout.InfiniteTimeSpan);
            }

            EndPump();
        }

        Log.WriteFailed(_logger, Path, updates, exception);
        batch.Fail(exception);
        later.Fail(exception);
        Raise(DocFileOperation.Write, exception);
    }

    /// <summary>Called inside the gate.</summary>
    private void EndPump()
    {
        _isPumping = false;
        _idle?.TrySetResult();
        _idle = null;
    }

    /// <summary>Ends the pump and the compaction for good.</summary>
    private async Task StopAsync()
    {
        await StopCompactionAsync().ConfigureAwait(false);
        Task idle;
        lock (_gate)
        {
            _isClosed = true;
            idle = _isPumping ? (_idle ??= NewCompletion()).Task : Task.CompletedTask;
        }

        await idle.ConfigureAwait(false);
        _fold?.Dispose();
        EndCompaction(new ObjectDisposedException(nameof(DocFile)));
    }

    private void Raise(DocFileOperation operation, Exception exception)
    {
        if (Error is not null)
        {
            Doc.Context.Post(() => Error?.Invoke(this, new DocFileErrorEventArgs(operation, exception)));
        }
    }
}
