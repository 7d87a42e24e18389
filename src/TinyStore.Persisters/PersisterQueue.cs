namespace TinyStore.Persisters;

/// <summary>
/// Runs asynchronous actions one at a time, in order. An action that fails fails its own task only. An idle queue runs the
/// action before it returns, up to the action's first wait.
/// </summary>
/// <remarks>Each persister has one. Persisters of one database share one (<see cref="StoragePersisterOptions.Queue"/>), so that
/// their loads and saves take turns. May be used from several threads.</remarks>
public sealed class PersisterQueue
{
    private readonly Queue<Entry> _waiting = new();
    private readonly Lock _gate = new();
    private bool _running;

    /// <summary>Whether no action runs and none waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return !_running;
            }
        }
    }

    /// <summary>Queues an action.</summary>
    /// <param name="action">The action. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Cancels it: when it has not begun yet, it never does.</param>
    /// <returns>Ends as the action does.</returns>
    public Task RunAsync(Func<CancellationToken, ValueTask> action, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(action);
        var entry = new Entry(action, cancellationToken);
        lock (_gate)
        {
            if (_running)
            {
                _waiting.Enqueue(entry);
                return entry.Task;
            }
            _running = true;
        }
        _ = PumpAsync(entry);
        return entry.Task;
    }

    private async Task PumpAsync(Entry entry)
    {
        for (; ; )
        {
            await entry.RunAsync().ConfigureAwait(false);
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out var next))
                {
                    _running = false;
                    return;
                }
                entry = next;
            }
        }
    }

    private sealed class Entry(Func<CancellationToken, ValueTask> action, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public async ValueTask RunAsync()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _done.SetCanceled(cancellationToken);
                return;
            }
            try
            {
                await action(cancellationToken).ConfigureAwait(false);
                _done.SetResult();
            }
            catch (OperationCanceledException canceled)
            {
                _done.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception error)
            {
                _done.SetException(error);
            }
        }
    }
}
