namespace TinyStore.Persisters;

/// <summary>
/// A persister that reads and writes asynchronously: a file, a server, a database. A kind of storage gives three things: how
/// to read what is persisted, how to write it, and how to hear that somebody else changed it.
/// </summary>
/// <remarks>
/// <para>Changes that come while a save runs are saved together by the next one. A failed save leaves its changes unsaved, and
/// the next save contains them.</para>
/// <para>A load replaces the store's content, except what is unsaved. <see cref="Persister.LoadAsync"/> without auto-save is
/// the app's word that it wants what is persisted: it replaces also what the app had changed before the call, and keeps what
/// is changed while it runs.</para>
/// </remarks>
public abstract class StoragePersister : Persister
{
    private int _saveQueued;
    private int _reloadQueued;
    private int _savesBegun;
    private PersistedData? _loading;

    /// <summary>Makes a persister for a store.</summary>
    protected StoragePersister(Store store, PersisterOptions? options = null)
        : base(store, options)
    {
    }

    /// <summary>
    /// Whether <see cref="SetPersistedAsync"/> can write only what changed. It then gets the whole content on an explicit save
    /// and when auto-save starts, and changes otherwise.
    /// </summary>
    protected virtual bool WritesChanges => false;

    /// <summary>Reads what is persisted.</summary>
    /// <returns>The content; or changes to make to the store; or null where nothing is persisted yet.</returns>
    protected abstract ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken);

    /// <summary>Writes. When the task ends well, it is persisted.</summary>
    protected abstract ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken);

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
    protected sealed override async ValueTask LoadCoreAsync(StoreContent? initial, LoadKind kind, CancellationToken cancellationToken)
    {
        if (kind == LoadKind.Explicit && !IsAutoSaving)
        {
            await EnterLaneAsync(Unsaved.Clear, cancellationToken).ConfigureAwait(false);
        }
        var data = await GetPersistedAsync(cancellationToken).ConfigureAwait(false);
        if (data is not null)
        {
            await EnterLaneAsync(() => Bring(data, this), cancellationToken).ConfigureAwait(false);
        }
        else if (initial is not null)
        {
            await EnterLaneAsync(() => Bring(PersistedData.From(initial), null), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected sealed override async ValueTask SaveCoreAsync(bool everything, CancellationToken cancellationToken)
    {
        PersistedWrite write = default;
        UnsavedChanges taken = new();
        await EnterLaneAsync(
            () =>
            {
                Volatile.Write(ref _saveQueued, 0);
                Interlocked.Increment(ref _savesBegun);
                taken = Unsaved.Take();
                write = everything || !WritesChanges
                    ? new PersistedWrite(Store.GetContent(), null)
                    : new PersistedWrite(null, taken.ToChanges(Store));
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            await SetPersistedAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Unsaved.PutBack(taken);
            throw;
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnStoreTransaction(StoreTransaction transaction)
    {
        Unsaved.Add(transaction);
        SaveSoon();
    }

    /// <inheritdoc/>
    protected sealed override void OnOwnTransaction(StoreTransaction transaction) => SaveSoon();

    // A mutator listener of the app may have written something else than was loaded: that is a change of the app.
    /// <inheritdoc/>
    protected sealed override IDisposable? FollowStore() => Store.AddDidFinishTransactionListener(
        transaction =>
        {
            if (_loading is null || !ReferenceEquals(transaction.Origin, this) || !Store.HasWritingListeners)
            {
                return;
            }
            foreach (var change in transaction.CellChanges)
            {
                var now = change.New ?? default;
                if (!_loading.TryGetCell(change.TableId, change.RowId, change.CellId, out var loaded) || loaded != now)
                {
                    Unsaved.SetCell(change.TableId, change.RowId, change.CellId, now);
                }
            }
            foreach (var change in transaction.ValueChanges)
            {
                var now = change.New ?? default;
                if (!_loading.TryGetValue(change.ValueId, out var loaded) || loaded != now)
                {
                    Unsaved.SetValue(change.ValueId, now);
                }
            }
        });

    private void SaveSoon()
    {
        if (IsAutoSaving && IsDirty && Interlocked.Exchange(ref _saveQueued, 1) == 0)
        {
            RunInBackground(ct => IsDirty ? RunSaveAsync(false, ct) : default);
        }
    }

    // The payload of a notification is used only while nothing else is going on: it may have been read before a save of ours
    // that has ended since, and would then undo it. Otherwise what is persisted is read once more, when its turn comes.
    private void OnPersistedChanged(PersistedData? data)
    {
        if (!IsAutoLoading && data is null)
        {
            return;
        }
        if (data is not null && IsQuiet && !IsDirty)
        {
            var savesBegun = Volatile.Read(ref _savesBegun);
            RunInBackground(ct => Volatile.Read(ref _savesBegun) == savesBegun
                ? LoadDataAsync(data, ct)
                : IsAutoLoading ? RunLoadAsync(null, LoadKind.Automatic, ct) : default);
        }
        else if (Interlocked.Exchange(ref _reloadQueued, 1) == 0)
        {
            RunInBackground(
                ct =>
                {
                    Volatile.Write(ref _reloadQueued, 0);
                    return IsAutoLoading ? RunLoadAsync(null, LoadKind.Automatic, ct) : default;
                });
        }
    }

    private async ValueTask LoadDataAsync(PersistedData data, CancellationToken cancellationToken)
    {
        if (!IsAutoLoading)
        {
            return;
        }
        SetStatus(PersisterStatus.Loading);
        try
        {
            await EnterLaneAsync(() => Bring(data, this), cancellationToken).ConfigureAwait(false);
            CountLoad();
        }
        catch (Exception error)
        {
            OnError(PersisterOperation.Load, error);
        }
        finally
        {
            SetStatus(PersisterStatus.Idle);
        }
    }

    private void Bring(PersistedData data, object? origin)
    {
        _loading = data;
        try
        {
            Store.Transaction(
                () =>
                {
                    if (data.Content is { } content)
                    {
                        StoreContents.Replace(Store, content, Unsaved);
                    }
                    else
                    {
                        StoreContents.Apply(Store, data.Changes!, Unsaved);
                    }
                },
                origin);
        }
        finally
        {
            _loading = null;
        }
    }
}
