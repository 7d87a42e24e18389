namespace TinyStore.Persisters;

/// <summary>
/// A lane for a store that several threads want to use: runs pieces of work one at a time, in order, on the thread pool. Give
/// <see cref="Post"/> to a persister (<see cref="PersisterOptions.Post"/>), and go through <see cref="RunAsync"/> wherever
/// the app uses the store. An app with a <see cref="SynchronizationContext"/> (a window, a browser page) needs none.
/// </summary>
/// <remarks>May be used from several threads.</remarks>
public sealed class StoreLane
{
    private readonly Queue<Action> _waiting = new();
    private readonly Lock _gate = new();
    private bool _running;

    /// <summary>Queues a piece of work. An exception that it throws is unhandled, as on any other pool thread.</summary>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_running)
            {
                return;
            }
            _running = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static lane => lane.Pump(), this, preferLocal: false);
    }

    /// <summary>Runs a piece of work when its turn comes, and says when it is done.</summary>
    public Task RunAsync(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(
            () =>
            {
                work();
                return true;
            });
    }

    /// <summary>Runs a piece of work when its turn comes, and gives its result.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            });
        return done.Task;
    }

    private void Pump()
    {
        for (; ; )
        {
            Action work;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out work!))
                {
                    _running = false;
                    return;
                }
            }
            work();
        }
    }
}
