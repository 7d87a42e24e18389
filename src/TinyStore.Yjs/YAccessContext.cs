using System.Diagnostics;

namespace TinyStore.Yjs;

/// <summary>
/// The one lane in which everybody uses a document: work runs one item at a time, in the order in which it came. Nothing
/// blocks, so it works where there is only one thread. All members can be called from any thread.
/// </summary>
/// <remarks>
/// An item of work ends when its delegate returns: what an async delegate does after its first await is outside the lane.
/// </remarks>
public sealed class YAccessContext
{
    /// <summary>After so long a burst a captured context gets to do something else (a user interface stays alive).</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(8);

    /// <summary>The lane whose work this thread is executing right now.</summary>
    [ThreadStatic]
    private static YAccessContext? _current;

    private readonly Queue<Action> _queue = new();
    private readonly Lock _lock = new();
    private readonly SynchronizationContext? _target;
    private bool _isScheduled;
    private bool _isRunning;

    private YAccessContext(SynchronizationContext? target) => _target = target;

    /// <summary>
    /// Work that was given to <see cref="Post"/> threw. When nobody listens, the exception is thrown in the lane: on the
    /// captured context, or on a pool thread.
    /// </summary>
    public event EventHandler<UnhandledExceptionEventArgs>? UnhandledException;

    /// <summary>True in work that this lane is running.</summary>
    public bool IsInside => _current == this;

    /// <summary>
    /// A lane on the current <see cref="SynchronizationContext"/>, or on the thread pool when there is none.
    /// </summary>
    public static YAccessContext Capture() => new(SynchronizationContext.Current);

    /// <summary>Queues work.</summary>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Enqueue(() =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (UnhandledException is { } handlers)
            {
                handlers(this, new UnhandledExceptionEventArgs(e, isTerminating: false));
            }
        });
    }

    /// <summary>
    /// Runs work in the lane: at once when called from inside it or on the captured context while the lane is idle, else
    /// after what is queued.
    /// </summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Ends the wait for the lane; work that has begun is not interrupted.</param>
    /// <returns>A task that ends with the work, and fails with what it threw.</returns>
    public Task RunAsync(Action work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync<object?>(
            () =>
            {
                work();
                return null;
            },
            cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Action, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsInside)
        {
            Complete(completion, work);
        }
        else if (TryBeginNow())
        {
            try
            {
                Run(() => Complete(completion, work));
            }
            finally
            {
                End();
            }
        }
        else
        {
            Enqueue(completion, work, cancellationToken);
        }

        return completion.Task;
    }

    private static void Complete<T>(TaskCompletionSource<T> completion, Func<T> work)
    {
        try
        {
            completion.TrySetResult(work());
        }
        catch (OperationCanceledException e)
        {
            completion.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            completion.TrySetException(e);
        }
    }

    private void Enqueue<T>(TaskCompletionSource<T> completion, Func<T> work, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.CanBeCanceled
            ? cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), completion)
            : default;
        Enqueue(() =>
        {
            registration.Dispose();
            if (!completion.Task.IsCompleted)
            {
                Complete(completion, work);
            }
        });
    }

    private void Enqueue(Action item)
    {
        lock (_lock)
        {
            _queue.Enqueue(item);
            if (_isScheduled || _isRunning)
            {
                return; // whoever runs goes on with it
            }

            _isScheduled = true;
        }

        Schedule();
    }

    private void Schedule()
    {
        if (_target is not null)
        {
            _target.Post(static state => ((YAccessContext)state!).Drain(), this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static lane => lane.Drain(), this, preferLocal: false);
        }
    }

    private bool TryBeginNow()
    {
        if (_target is null || SynchronizationContext.Current != _target)
        {
            return false;
        }

        lock (_lock)
        {
            return !_isRunning && (_isRunning = true);
        }
    }

    /// <summary>Gives the lane back, and has the rest of the queue run.</summary>
    private void End()
    {
        lock (_lock)
        {
            _isRunning = false;
            if (_queue.Count == 0 || _isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        Schedule();
    }

    private void Drain()
    {
        lock (_lock)
        {
            _isScheduled = false;
            if (_isRunning)
            {
                return; // End schedules again
            }

            _isRunning = true;
        }

        var began = Stopwatch.GetTimestamp();
        try
        {
            do
            {
                Action? item;
                lock (_lock)
                {
                    if (!_queue.TryDequeue(out item))
                    {
                        return;
                    }
                }

                Run(item);
            }
            while (_target is null || Stopwatch.GetElapsedTime(began) < Burst);
        }
        finally
        {
            End();
        }
    }

    private void Run(Action item)
    {
        var outer = _current;
        _current = this;
        try
        {
            item();
        }
        finally
        {
            _current = outer;
        }
    }
}
