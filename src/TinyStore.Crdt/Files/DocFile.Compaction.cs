using System.Diagnostics.CodeAnalysis;
using TinyStore.Crdt.Files;
using TinyStore.Crdt.Files.Records;

namespace TinyStore.Crdt;

/// <content>
/// Compaction: a new file is made beside the old one, from what the old one holds. The document itself is not touched.
/// <code>
///   old   │ header │ records ………………… │ records that came meanwhile │        goes on to be the file, valid at each moment
///                    ╰── load, reduce ──╮  ╰── copied at the end ──╮
///   new   │ header │ state │ rooms │ clients │ records ………………………… │        flush, replace in one step, flush the directory
/// </code>
/// The first part is made on the thread pool while the pump goes on writing to the old file; the pump then does the rest.
/// </content>
public sealed partial class DocFile
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _folding = Task.CompletedTask;
    private TaskCompletionSource? _compacted;
    private FileFold? _fold; // made, and waiting for the pump
    private long _notBefore; // the length of the file below which no attempt is made, after one that failed

    /// <summary>Compacts the file now, what was emitted before the call included.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    /// <exception cref="IOException">A write failed; the file is whole. (Other exceptions of the file system too.)</exception>
    /// <exception cref="InvalidDataException">The result did not equal the document; the file was left as it is.</exception>
    /// <exception cref="ObjectDisposedException">The file is, or gets, disposed.</exception>
    public async Task CompactAsync(CancellationToken cancellationToken = default)
    {
        await WhenSavedAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            Task compacted;
            bool started;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
                started = _compacted is null;
                if (started)
                {
                    StartCompaction();
                }

                compacted = _compacted!.Task;
            }

            if (started)
            {
                await compacted.WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            // One that began before the call may lack what the call wants in it.
            await compacted.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The pump's share: finishes a compaction that is ready, or starts one that is due.</summary>
    private void Compact()
    {
        FileFold? fold;
        lock (_gate)
        {
            fold = _fold;
            _fold = null;
            if (fold is null)
            {
                if (_compacted is null && IsDue())
                {
                    StartCompaction();
                }

                return;
            }
        }

        using (fold)
        {
            var before = _log.Length;
            try
            {
                fold.Replace(_log);
            }
#pragma warning disable CA1031 // The old file is whole, or the new one is; which of them, the log knows.
            catch (Exception e)
#pragma warning restore CA1031
            {
                CompactionFailed(e);
                return;
            }
            finally
            {
                if (_log.Marker == fold.Marker)
                {
                    Switched(fold);
                }
            }

            Log.Compacted(_logger, Path, before, _log.Length);
        }

        EndCompaction(null);
    }

    private void Switched(FileFold fold)
    {
        lock (_gate)
        {
            _contents.StateBytes = fold.StateBytes;
            _savedLength = _log.Length;
            _notBefore = 0;
        }
    }

    /// <summary>Called inside the gate.</summary>
    private bool IsDue()
    {
        if (_isDetached || _savedLength < _notBefore)
        {
            return false;
        }

        var folded = _contents.StateBytes + (8L * _contents.Clients.Count);
        foreach (var room in _contents.Rooms.Values)
        {
            folded += room.Name.Length + room.Cursor.Length + RecordHeader.Size;
        }

        var appended = _savedLength - folded - FileHeader.Size;
        return appended >= _options.CompactionMinimumBytes && appended >= _options.CompactionFactor * folded;
    }

    /// <summary>Called inside the gate, when none is running.</summary>
    private void StartCompaction()
    {
        var upTo = _savedLength;
        _compacted = NewCompletion();
        _folding = Task.Run(() => Fold(upTo));
    }

    private void Fold(long upTo)
    {
        try
        {
            var fold = MakeFold(upTo);
            lock (_gate)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    _fold = fold;
                    Kick(retry: true);
                    return;
                }
            }

            fold.Dispose();
            throw new OperationCanceledException();
        }
#pragma warning disable CA1031 // The old file is whole.
        catch (Exception e)
#pragma warning restore CA1031
        {
            CompactionFailed(e);
        }
    }

    private FileFold MakeFold(long upTo)
    {
        var stopping = _stopping.Token;
        RecordContents contents;
        ReadOnlyMemory<byte> update;
        using (var file = _storage.OpenRead(Path))
        {
            (contents, update) = FileLoader.Load(file, _log.Marker, upTo, [], stopping);
        }

        var state = update.IsEmpty ? [] : DocumentState.Reduce(update.Span, Doc.Gc);
        stopping.ThrowIfCancellationRequested();
        return new FileFold(_storage, Path, contents, state, upTo);
    }

    private void CompactionFailed(Exception exception)
    {
        if (exception is OperationCanceledException)
        {
            EndCompaction(new ObjectDisposedException(nameof(DocFile)));
            return;
        }

        lock (_gate)
        {
            _notBefore = 2 * _savedLength;
        }

        Log.CompactionFailed(_logger, Path, exception);
        Raise(DocFileOperation.Compact, exception);
        EndCompaction(exception);
    }

    private void EndCompaction(Exception? exception)
    {
        TaskCompletionSource? compacted;
        lock (_gate)
        {
            compacted = _compacted;
            _compacted = null;
        }

        if (exception is null)
        {
            compacted?.TrySetResult();
        }
        else if (compacted is not null && compacted.TrySetException(exception))
        {
            _ = compacted.Task.Exception; // mostly nobody waits
        }
    }

    [SuppressMessage("Reliability", "CA1849", Justification = "Cancelling runs nothing that waits.")]
    private async Task StopCompactionAsync()
    {
        Task folding;
        lock (_gate)
        {
            _stopping.Cancel();
            folding = _folding;
        }

        await folding.ConfigureAwait(false);
    }
}
