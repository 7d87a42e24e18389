using Microsoft.Extensions.Logging;

namespace TinyStore.Persisters;

/// <summary>Why a load runs.</summary>
public enum LoadKind
{
    /// <summary>The app called <see cref="Persister.LoadAsync(StoreContent?, CancellationToken)"/>.</summary>
    Explicit,

    /// <summary>Auto-load starts.</summary>
    Start,

    /// <summary>What is persisted changed while auto-load was on.</summary>
    Automatic,
}

// What a kind of persister provides, and how its work is run.
public abstract partial class Persister
{
    /// <summary>Loads. Runs alone.</summary>
    /// <param name="initial">What the store shall hold where nothing is persisted yet, or null.</param>
    /// <param name="kind">Why.</param>
    /// <param name="cancellationToken">Cancelled when the wait for it ended.</param>
    protected abstract ValueTask LoadCoreAsync(StoreContent? initial, LoadKind kind, CancellationToken cancellationToken);

    /// <summary>Saves. Runs alone. What it takes from <see cref="Unsaved"/> it puts back when it fails.</summary>
    /// <param name="everything">Whether to save all that the store holds, or only what is unsaved.</param>
    /// <param name="cancellationToken">Cancelled when the wait for it ended.</param>
    protected abstract ValueTask SaveCoreAsync(bool everything, CancellationToken cancellationToken);

    /// <summary>Starts to hear of changes of what is persisted.</summary>
    /// <returns>Dispose it to stop; null where there is nothing to stop.</returns>
    protected abstract ValueTask<IAsyncDisposable?> SubscribeCoreAsync(CancellationToken cancellationToken);

    /// <summary>Called in the store's lane after each transaction that somebody else than this persister made.</summary>
    protected abstract void OnStoreTransaction(StoreTransaction transaction);

    /// <summary>Called in the store's lane after each transaction in which this persister loaded something.</summary>
    protected virtual void OnOwnTransaction(StoreTransaction transaction)
    {
    }

    /// <summary>Called in the store's lane when the persister is first asked for something: from here on it follows the store.</summary>
    /// <returns>What follows the store, beside the after-transaction listener; disposed with the persister.</returns>
    protected virtual IDisposable? FollowStore() => null;

    /// <summary>Completes when a save that had to be put off is done; at once where saves are never put off.</summary>
    protected virtual Task WhenSavedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when disposal begins; the queue may still be at work.</summary>
    protected virtual void OnDisposing()
    {
    }

    /// <summary>Lets go of what the kind of persister holds. The queue is empty, and nothing is called any more.</summary>
    protected virtual ValueTask ReleaseAsync() => default;

    /// <summary>Runs work in the store's lane: at once where the caller is in it.</summary>
    protected virtual Task EnterLaneAsync(Action work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        cancellationToken.ThrowIfCancellationRequested();
        if (_post is null && (_context is null || SynchronizationContext.Current == _context))
        {
            work();
            return Task.CompletedTask;
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run()
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
        if (_post is not null)
        {
            _post(Run);
        }
        else
        {
            _context!.Post(static run => ((Action)run!)(), (Action)Run);
        }
        return done.Task;
    }

    /// <summary>Queues a piece of work that nobody awaits. Errors of loads and saves are raised by <see cref="RunLoadAsync"/> and <see cref="RunSaveAsync"/>.</summary>
    protected void RunInBackground(Func<CancellationToken, ValueTask> action)
    {
        if (!IsDisposing)
        {
            _ = ObserveAsync(EnqueueAsync(action, CancellationToken.None));
        }

        static async Task ObserveAsync(Task task) =>
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Whether nothing runs and nothing waits.</summary>
    protected bool IsQuiet => _queue.IsIdle;

    /// <summary>One load, with status, count and error event around it. Call it on the queue only.</summary>
    protected async ValueTask RunLoadAsync(StoreContent? initial, LoadKind kind, CancellationToken cancellationToken)
    {
        SetStatus(PersisterStatus.Loading);
        try
        {
            await LoadCoreAsync(initial, kind, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _loads);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            OnError(PersisterOperation.Load, error);
            throw;
        }
        finally
        {
            SetStatus(PersisterStatus.Idle);
        }
    }

    /// <summary>One save, with status, count and error event around it. Call it on the queue only.</summary>
    protected async ValueTask RunSaveAsync(bool everything, CancellationToken cancellationToken)
    {
        SetStatus(PersisterStatus.Saving);
        try
        {
            await SaveCoreAsync(everything, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _saves);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            OnError(PersisterOperation.Save, error);
            throw;
        }
        finally
        {
            SetStatus(PersisterStatus.Idle);
        }
    }

    /// <summary>Says how far the load or save is that runs. Cheap where nobody listens.</summary>
    /// <param name="done">How much is done, in a unit of the persister's choice.</param>
    /// <param name="total">How much there is to do; null where that is not known yet.</param>
    protected void ReportProgress(long done, long? total) => _progress?.Report(done, total);

    private async ValueTask WithProgressAsync(PersisterStatus status, IProgress<PersisterProgress>? progress, Func<ValueTask> work)
    {
        if (progress is null)
        {
            await work().ConfigureAwait(false);
            return;
        }
        var reporter = _progress = new ProgressReporter(status, progress, error => OnError(PersisterOperation.Handler, error));
        try
        {
            await work().ConfigureAwait(false);
            reporter.Complete();
        }
        finally
        {
            _progress = null;
        }
    }

    /// <summary>Counts a load that ran outside of the queue.</summary>
    protected void CountLoad() => Interlocked.Increment(ref _loads);

    /// <summary>Counts a save that ran outside of the queue.</summary>
    protected void CountSave() => Interlocked.Increment(ref _saves);

    /// <summary>Changes the status and tells.</summary>
    protected void SetStatus(PersisterStatus status)
    {
        if (_status == status)
        {
            return;
        }
        _status = status;
        try
        {
            StatusChanged?.Invoke(this, EventArgs.Empty);
        }
        catch (Exception error)
        {
            OnError(PersisterOperation.Handler, error);
        }
    }

    /// <summary>Raises and logs an error. Never throws.</summary>
    protected void OnError(PersisterOperation operation, Exception exception, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Interlocked.Increment(ref _errors);
        if (path is null)
        {
            LogError(_logger, operation, exception);
        }
        else
        {
            LogErrorAt(_logger, operation, path, exception);
        }
        try
        {
            Error?.Invoke(this, new PersisterErrorEventArgs(operation, exception, path));
        }
        catch (Exception thrown)
        {
            LogError(_logger, PersisterOperation.Handler, thrown);
        }
    }

    private async Task RunAsync(Func<CancellationToken, ValueTask> action, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposing, this);
        await EnqueueAsync(
            async ct =>
            {
                if (_storeListener is null)
                {
                    await EnterLaneAsync(BeginToFollowStore, ct).ConfigureAwait(false);
                }
                await action(ct).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task EnqueueAsync(Func<CancellationToken, ValueTask> action, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _owed);
        try
        {
            await _queue.RunAsync(action, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _owed);
        }
    }

    // A start can wait long for somebody outside. A later start or stop of the same half, and disposal, give it up.
    private async Task RunStartAsync(Halves halves, Func<CancellationToken, ValueTask> start, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposing, this);
        GiveUpStarts(halves);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var mine = new Start(halves, source);
        lock (_gate)
        {
            _starting.Add(mine);
        }
        try
        {
            await RunAsync(start, source.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _starting.Remove(mine);
            }
        }
    }

    private void GiveUpStarts(Halves halves)
    {
        Start[] given;
        lock (_gate)
        {
            given = [.. _starting.Where(start => (start.Halves & halves) != 0)];
        }
        foreach (var start in given)
        {
            try
            {
                start.Source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended meanwhile.
            }
        }
    }

    private void BeginToFollowStore()
    {
        if (_storeListener is not null)
        {
            return;
        }
        var more = FollowStore();
        var after = Store.AddAfterTransactionListener(
            transaction =>
            {
                if (ReferenceEquals(transaction.Origin, this))
                {
                    OnOwnTransaction(transaction);
                }
                else
                {
                    OnStoreTransaction(transaction);
                }
            });
        _storeListener = more is null ? after : new Both(after, more);
    }

    private async ValueTask StartLoadingAsync(StoreContent? initial, CancellationToken cancellationToken)
    {
        await StopLoadingAsync().ConfigureAwait(false);
        try
        {
            // Listen first: a change between the two would be missed otherwise.
            _subscription = await SubscribeCoreAsync(cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception error)
        {
            if (error is not OperationCanceledException)
            {
                OnError(PersisterOperation.Subscribe, error);
            }
            await StopLoadingAsync().ConfigureAwait(false);
            throw;
        }
        IsAutoLoading = true;
        try
        {
            await RunLoadAsync(initial, LoadKind.Start, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopLoadingAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask StopLoadingAsync()
    {
        IsAutoLoading = false;
        var subscription = Interlocked.Exchange(ref _subscription, null);
        if (subscription is null)
        {
            return;
        }
        try
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            OnError(PersisterOperation.Subscribe, error);
        }
    }

    private async ValueTask StartSavingAsync(CancellationToken cancellationToken)
    {
        var was = IsAutoSaving;
        IsAutoSaving = true;
        try
        {
            await RunSaveAsync(true, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            IsAutoSaving = was;
            throw;
        }
    }

    [Flags]
    private enum Halves
    {
        Load = 1,
        Save = 2,
        Both = Load | Save,
    }

    private sealed record Start(Halves Halves, CancellationTokenSource Source);

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }

    [LoggerMessage(EventId = 2001, EventName = "PersisterError", Level = LogLevel.Error, Message = "Persister error during {Operation}")]
    private static partial void LogError(ILogger logger, PersisterOperation operation, Exception exception);

    [LoggerMessage(EventId = 2002, EventName = "PersisterErrorAt", Level = LogLevel.Warning, Message = "Persister error during {Operation} at {Path}")]
    private static partial void LogErrorAt(ILogger logger, PersisterOperation operation, string path, Exception exception);
}
