namespace TinyStore.Persisters;

// From what is persisted into the store.
public abstract partial class StoragePersister
{
    /// <inheritdoc/>
    protected sealed override async ValueTask LoadCoreAsync(StoreContent? initial, LoadKind kind, CancellationToken cancellationToken)
    {
        UnsavedChanges given = new();
        try
        {
            if (kind == LoadKind.Explicit && !IsAutoSaving)
            {
                await EnterLaneAsync(() => given = Unsaved.Take(), cancellationToken).ConfigureAwait(false);
            }
            var data = await GetPersistedAsync(cancellationToken).ConfigureAwait(false);
            if (data is not null)
            {
                await EnterLaneAsync(
                    () =>
                    {
                        Bring(data, this);
                        given = given.Without(data);
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            else if (initial is not null)
            {
                await EnterLaneAsync(() => Bring(PersistedData.From(initial), null), cancellationToken).ConfigureAwait(false);
            }
            OnLoaded();
        }
        finally
        {
            // What the load did not replace is as unsaved as before.
            Unsaved.PutBack(given);
        }
    }

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
                        StoreContents.Replace(Store, content, data.Scope, Unsaved);
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
