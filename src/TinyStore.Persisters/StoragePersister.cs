using System.Buffers;

namespace TinyStore.Persisters;

/// <summary>
/// A persister that reads and writes asynchronously: a file, a server, a database. A kind of storage gives three things: how
/// to read what is persisted, how to write it, and how to hear that somebody else changed it.
/// </summary>
/// <remarks>
/// <para>Changes that come while a save runs are saved together by the next one. A failed save leaves its changes unsaved, and
/// the next save contains them.</para>
/// <para>A load replaces the store's content, except what is unsaved. <see cref="Persister.LoadAsync(StoreContent?, CancellationToken)"/>
/// without auto-save is the app's word that it wants what is persisted: it replaces also what the app had changed before the
/// call, and keeps what is changed while it runs.</para>
/// <para>Where several write, a save of a persister that auto-loads first takes in what the others have written (by the same
/// rule), and so loses nothing of theirs. Without auto-load the store replaces what is persisted.</para>
/// </remarks>
public abstract partial class StoragePersister : Persister
{
    private readonly TimeSpan? _retryDelay;
    private readonly TimeProvider _time;
    private ITimer? _retry;
    private int _saveQueued;
    private int _reloadQueued;
    private int _savesBegun;
    private volatile bool _owesEverything;

    // What a save has taken, and which is not saved before that has ended well.
    private volatile bool _isTaken;
    private PersistedData? _loading;

    /// <summary>Makes a persister for a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How it works.</param>
    /// <param name="queue">The queue where the options name none; null for one of its own.</param>
    protected StoragePersister(Store store, StoragePersisterOptions? options = null, PersisterQueue? queue = null)
        : base(store, options, options?.Queue ?? queue)
    {
        _retryDelay = options?.RetryDelay;
        _time = options?.TimeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override bool IsDirty => base.IsDirty || _isTaken || _owesEverything;

    /// <summary>
    /// Whether <see cref="SetPersistedAsync"/> can write only what changed. It then gets the whole content on an explicit save
    /// and when auto-save starts, and changes otherwise.
    /// </summary>
    protected virtual bool WritesChanges => false;

    /// <summary>Whether <see cref="SetPersistedAsync"/> wants the whole content as JSON, which costs less than a copy of it.</summary>
    protected virtual bool WritesJson => false;

    /// <summary>Reads what is persisted.</summary>
    /// <returns>The content; or changes to make to the store; or null where nothing is persisted yet.</returns>
    protected abstract ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken);

    /// <summary>Writes. When the task ends well, it is persisted.</summary>
    protected abstract ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken);

    /// <summary>Keeps other writers out from here to the end of <see cref="SetPersistedAsync"/>, where several can write.</summary>
    /// <returns>Disposed after the write, however that ended; null, which is the default, where nobody is kept out.</returns>
    protected virtual ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken) => default;

    /// <summary>Reads what others have written since this persister read or wrote. Called under the lock of
    /// <see cref="LockAsync"/>, before each save while auto-load is on.</summary>
    /// <returns>Null, which is the default, where nobody has.</returns>
    protected virtual ValueTask<PersistedData?> GetForeignAsync(CancellationToken cancellationToken) => default;

    /// <summary>Called when what <see cref="GetPersistedAsync"/> or <see cref="GetForeignAsync"/> gave last is in the store. Not
    /// called where a listener of the app refused it.</summary>
    protected virtual void OnLoaded()
    {
    }

    /// <summary>Starts to hear of changes that others make to what is persisted.</summary>
    /// <param name="onChanged">To be called on each change, from any thread: with the new content, with changes, or with null
    /// to have it read again.</param>
    /// <param name="cancellationToken">Cancelled when auto-load is stopped before it has started.</param>
    /// <returns>Dispose it to stop. Null, which is the default, where changes cannot be heard of.</returns>
    protected virtual ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    protected sealed override ValueTask<IAsyncDisposable?> SubscribeCoreAsync(CancellationToken cancellationToken) =>
        SubscribeAsync(OnPersistedChanged, cancellationToken);

    /// <inheritdoc/>
    protected override void OnDisposing() => Interlocked.Exchange(ref _retry, null)?.Dispose();

    /// <inheritdoc/>
    protected sealed override async ValueTask SaveCoreAsync(bool everything, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _saveQueued, 0);
        everything |= _owesEverything;
        UnsavedChanges taken = new();
        try
        {
            var exclusive = await LockAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (IsAutoLoading && await GetForeignAsync(cancellationToken).ConfigureAwait(false) is { } foreign)
                {
                    await EnterLaneAsync(() => Bring(foreign, this), cancellationToken).ConfigureAwait(false);
                    OnLoaded();
                    CountLoad();
                }
                PersistedWrite write = default;
                await EnterLaneAsync(
                    () =>
                    {
                        Interlocked.Increment(ref _savesBegun);
                        taken = Unsaved.Take();
                        _isTaken = taken.Count > 0;
                        write = Capture(everything, taken);
                    },
                    cancellationToken).ConfigureAwait(false);
                await SetPersistedAsync(write, cancellationToken).ConfigureAwait(false);
                _owesEverything &= !everything;
            }
            finally
            {
                if (exclusive is not null)
                {
                    await exclusive.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception error)
        {
            Unsaved.PutBack(taken);
            _owesEverything |= everything;
            if (error is not OperationCanceledException)
            {
                RetryLater();
            }
            throw;
        }
        finally
        {
            _isTaken = false;
        }
    }

    private PersistedWrite Capture(bool everything, UnsavedChanges taken)
    {
        if (WritesJson)
        {
            var json = new ArrayBufferWriter<byte>();
            Store.WriteJson(json);
            return new PersistedWrite(null, null, json.WrittenMemory);
        }
        return everything || !WritesChanges
            ? new PersistedWrite(Store.GetContent(), null)
            : new PersistedWrite(null, taken.ToChanges(Store));
    }

    /// <inheritdoc/>
    protected sealed override void OnStoreTransaction(StoreTransaction transaction)
    {
        Unsaved.Add(transaction);
        SaveSoon();
    }

    /// <inheritdoc/>
    protected sealed override void OnOwnTransaction(StoreTransaction transaction) => SaveSoon();

    private void SaveSoon()
    {
        if (IsAutoSaving && IsDirty && Interlocked.Exchange(ref _saveQueued, 1) == 0)
        {
            RunInBackground(
                ct =>
                {
                    Volatile.Write(ref _saveQueued, 0);
                    return IsDirty ? RunSaveAsync(false, ct) : default;
                });
        }
    }

    private void RetryLater()
    {
        if (_retryDelay is not { } delay || !IsAutoSaving || IsDisposing)
        {
            return;
        }
        var timer = _time.CreateTimer(static persister => ((StoragePersister)persister!).SaveSoon(), this, delay, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _retry, timer)?.Dispose();
    }
}
