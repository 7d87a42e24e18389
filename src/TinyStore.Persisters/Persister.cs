using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TinyStore.Persisters;

/// <summary>
/// Keeps a <see cref="Store"/> and something outside of it alike: what is persisted is loaded into the store, what the app
/// changes in the store is saved.
/// </summary>
/// <remarks>
/// <para>Rules that hold for every persister. A change of the app is never dropped: it is unsaved until a save that contained
/// it ended well, and no load overwrites it while it is: cell by cell and value by value, what is unsaved stays, and everything
/// else becomes what is persisted. What a load writes into the store is a transaction whose
/// <see cref="StoreTransaction.Origin"/> is the persister; that, and never the status, keeps it from being saved again.
/// Loads, saves, starts and stops run one at a time, in the order in which they were asked for.</para>
/// <para>The app's changes are followed from the first call of any method on. Methods may be called from anywhere; the store
/// is used only in its own lane (<see cref="PersisterOptions.Post"/>).</para>
/// </remarks>
public abstract partial class Persister : IAsyncDisposable
{
    private readonly PersisterQueue _queue;
    private readonly SynchronizationContext? _context;
    private readonly Action<Action>? _post;
    private readonly ILogger _logger;
    private readonly bool _flushOnDispose;
    private readonly Lock _gate = new();
    private readonly List<Start> _starting = [];
    private IDisposable? _storeListener;
    private IAsyncDisposable? _subscription;
    private Task? _disposal;
    private PersisterStatus _status;
    private long _loads;
    private long _saves;
    private long _errors;
    private int _owed;
    private ProgressReporter? _progress;

    /// <summary>Makes a persister for a store. It does nothing before it is asked to.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How it works.</param>
    /// <param name="queue">The queue in which its work takes its turn; null for one of its own.</param>
    protected Persister(Store store, PersisterOptions? options = null, PersisterQueue? queue = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _queue = queue ?? new PersisterQueue();
        options ??= new PersisterOptions();
        Store = store;
        _logger = options.Logger ?? NullLogger.Instance;
        _flushOnDispose = options.FlushOnDispose;
        _post = options.Post;
        _context = SynchronizationContext.Current;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>What the persister is doing.</summary>
    public PersisterStatus Status => _status;

    /// <summary>Raised after <see cref="Status"/> changed.</summary>
    public event EventHandler? StatusChanged;

    /// <summary>Raised for each error, whether or not a call also throws it.</summary>
    public event EventHandler<PersisterErrorEventArgs>? Error;

    /// <summary>Whether changes of what is persisted come into the store by themselves.</summary>
    public bool IsAutoLoading { get; private set; }

    /// <summary>Whether changes of the store are saved by themselves.</summary>
    public bool IsAutoSaving { get; private set; }

    /// <summary>Whether the app changed something that is not saved yet.</summary>
    public virtual bool IsDirty => Unsaved.Count > 0;

    /// <summary>How often it has loaded and saved.</summary>
    public PersisterStats Stats => new(Interlocked.Read(ref _loads), Interlocked.Read(ref _saves), Interlocked.Read(ref _errors));

    /// <summary>The app's changes that no save has taken yet.</summary>
    protected UnsavedChanges Unsaved { get; } = new();

    /// <summary>Whether <see cref="DisposeAsync"/> was called.</summary>
    protected bool IsDisposing => _disposal is not null;

    /// <summary>Brings what is persisted into the store.</summary>
    /// <param name="initial">What the store shall hold where nothing is persisted yet. It counts as the app's own change.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    public Task LoadAsync(StoreContent? initial = null, CancellationToken cancellationToken = default) =>
        LoadAsync(initial, null, cancellationToken);

    /// <summary>Brings what is persisted into the store, and says how far it is.</summary>
    /// <param name="initial">What the store shall hold where nothing is persisted yet. It counts as the app's own change.</param>
    /// <param name="progress">Told of progress; the last report of a load that ended well has all of it done.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    public Task LoadAsync(StoreContent? initial, IProgress<PersisterProgress>? progress, CancellationToken cancellationToken = default) =>
        RunAsync(ct => WithProgressAsync(PersisterStatus.Loading, progress, () => RunLoadAsync(initial, LoadKind.Explicit, ct)), cancellationToken);

    /// <summary>Saves what the store holds. When the task ends well, it is saved.</summary>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    public Task SaveAsync(CancellationToken cancellationToken = default) => SaveAsync(null, cancellationToken);

    /// <summary>Saves what the store holds, and says how far it is. When the task ends well, it is saved.</summary>
    /// <param name="progress">Told of progress; the last report of a save that ended well has all of it done.</param>
    /// <param name="cancellationToken">Gives it up; what the store holds stays unsaved.</param>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    public async Task SaveAsync(IProgress<PersisterProgress>? progress, CancellationToken cancellationToken = default)
    {
        await RunAsync(ct => WithProgressAsync(PersisterStatus.Saving, progress, () => RunSaveAsync(true, ct)), cancellationToken).ConfigureAwait(false);
        await WhenSavedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Saves the unsaved changes, if there are any. When the task ends well, all that was changed before the call is saved.</summary>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await RunAsync(ct => IsDirty ? RunSaveAsync(false, ct) : default, cancellationToken).ConfigureAwait(false);
        await WhenSavedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads, and from then on brings in each change of what is persisted.</summary>
    /// <param name="initial">As for <see cref="LoadAsync(StoreContent?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    /// <remarks>When it fails, auto-load is off. A later start or stop gives up one that is still under way; its task is then
    /// cancelled.</remarks>
    public Task StartAutoLoadAsync(StoreContent? initial = null, CancellationToken cancellationToken = default) =>
        RunStartAsync(Halves.Load, ct => StartLoadingAsync(initial, ct), cancellationToken);

    /// <summary>Saves, and from then on saves each change of the store.</summary>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    /// <remarks>When it fails, auto-save is off and the changes stay unsaved.</remarks>
    public Task StartAutoSaveAsync(CancellationToken cancellationToken = default) =>
        RunStartAsync(Halves.Save, StartSavingAsync, cancellationToken);

    /// <summary>Starts auto-load and auto-save.</summary>
    /// <param name="initial">As for <see cref="LoadAsync(StoreContent?, CancellationToken)"/>.</param>
    /// <param name="saveFirst">Whether the store's content is saved before what is persisted is loaded.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ObjectDisposedException">The persister is disposed.</exception>
    /// <remarks>When one of the two fails, both are off.</remarks>
    public Task StartAutoPersistingAsync(StoreContent? initial = null, bool saveFirst = false, CancellationToken cancellationToken = default) =>
        RunStartAsync(
            Halves.Both,
            async ct =>
            {
                var (wasLoading, wasSaving) = (IsAutoLoading, IsAutoSaving);
                try
                {
                    if (saveFirst)
                    {
                        await StartSavingAsync(ct).ConfigureAwait(false);
                    }
                    await StartLoadingAsync(initial, ct).ConfigureAwait(false);
                    if (!saveFirst)
                    {
                        await StartSavingAsync(ct).ConfigureAwait(false);
                    }
                }
                catch
                {
                    IsAutoSaving &= wasSaving;
                    if (!wasLoading)
                    {
                        await StopLoadingAsync().ConfigureAwait(false);
                    }
                    throw;
                }
            },
            cancellationToken);

    /// <summary>Stops bringing in changes. A start that is still under way is given up.</summary>
    public Task StopAutoLoadAsync(CancellationToken cancellationToken = default)
    {
        GiveUpStarts(Halves.Load);
        return RunAsync(_ => StopLoadingAsync(), cancellationToken);
    }

    /// <summary>Stops saving by itself; what was changed before is still saved.</summary>
    public Task StopAutoSaveAsync(CancellationToken cancellationToken = default)
    {
        GiveUpStarts(Halves.Save);
        return RunAsync(
            _ =>
            {
                IsAutoSaving = false;
                return default;
            },
            cancellationToken);
    }

    /// <summary>Stops both.</summary>
    public async Task StopAutoPersistingAsync(CancellationToken cancellationToken = default)
    {
        await StopAutoLoadAsync(cancellationToken).ConfigureAwait(false);
        await StopAutoSaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for what runs, saves what auto-save still owes (<see cref="PersisterOptions.FlushOnDispose"/>), and lets go of the
    /// store. A failing last save raises <see cref="Error"/>.
    /// </summary>
    /// <remarks>Called by a listener of the store, it completes after the open transaction, whose changes it saves too: do not
    /// block on it there.</remarks>
    public ValueTask DisposeAsync()
    {
        TaskCompletionSource? mine = null;
        lock (_gate)
        {
            if (_disposal is null)
            {
                mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _disposal = mine.Task;
            }
        }
        GC.SuppressFinalize(this);
        return mine is null ? new ValueTask(_disposal) : DisposeOnceAsync(mine);
    }

    private async ValueTask DisposeOnceAsync(TaskCompletionSource disposal)
    {
        try
        {
            await DisposeOnceAsync().ConfigureAwait(false);
            disposal.SetResult();
        }
        catch (Exception error)
        {
            disposal.SetException(error);
            throw;
        }
    }

    private async Task WhenTransactionIsOverAsync()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await EnterLaneAsync(() => Store.RunAfterTransaction(over.SetResult), CancellationToken.None).ConfigureAwait(false);
        await over.Task.ConfigureAwait(false);
    }

    private async ValueTask DisposeOnceAsync()
    {
        await WhenTransactionIsOverAsync().ConfigureAwait(false);
        GiveUpStarts(Halves.Both);
        OnDisposing();
        // In a shared queue others may be long at work; who owes nothing does not wait for them.
        var queue = Volatile.Read(ref _owed) == 0 && !(IsAutoSaving && _flushOnDispose && IsDirty) ? new PersisterQueue() : _queue;
        await queue.RunAsync(
            async ct =>
            {
                await StopLoadingAsync().ConfigureAwait(false);
                if (IsAutoSaving && _flushOnDispose && IsDirty)
                {
                    try
                    {
                        await RunSaveAsync(false, ct).ConfigureAwait(false);
                    }
                    catch (Exception)
                    {
                        // It was raised as Error.
                    }
                }
                IsAutoSaving = false;
                await EnterLaneAsync(
                    () =>
                    {
                        _storeListener?.Dispose();
                        _storeListener = null;
                    },
                    ct).ConfigureAwait(false);
            },
            CancellationToken.None).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }
}
