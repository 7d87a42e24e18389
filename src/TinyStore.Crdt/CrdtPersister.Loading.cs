using TinyStore.Persisters;

namespace TinyStore.Crdt;

// Document to store.
public abstract partial class CrdtPersister
{
    /// <summary>More failed places than this are remembered as "everything".</summary>
    private const int MaxFailedPaths = 1000;

    private readonly Action _settle;
    private List<DocumentPath> _changed = [];
    private List<DocumentPath> _bringing = [];
    private StoreContent? _initial;
    private bool _isSettling;
    private bool _isScheduled;

    /// <summary>An adapter says which place a transaction of the document changed. Then it calls <see cref="Reconcile"/>.</summary>
    protected void MarkChanged(DocumentPath path)
    {
        if (IsAutoLoading)
        {
            _changed.Add(path);
        }
    }

    /// <summary>
    /// An adapter calls it in the document's lane after each transaction of the document, and when the first sync completes.
    /// Brings the changed places into the store, now or as soon as the store is writable. Never throws.
    /// </summary>
    protected void Reconcile()
    {
        if (_changed.Count == 0 && !_putOff && _reports.Count == 0)
        {
            return;
        }
        if (!Store.IsInTransaction)
        {
            Settle();
        }
        else if (!_isScheduled)
        {
            _isScheduled = true;
            Store.RunAfterTransaction(_settle);
        }
    }

    /// <inheritdoc/>
    protected sealed override async ValueTask LoadCoreAsync(StoreContent? initial, LoadKind kind, CancellationToken cancellationToken)
    {
        var loaded = new TaskCompletionSource();
        await EnterLaneAsync(
            () =>
            {
                _initial = initial ?? _initial;
                Store.RunAfterTransaction(
                    () =>
                    {
                        _changed.Add(DocumentPath.Everything);
                        if (Settle(isCounted: true) is { } error)
                        {
                            loaded.SetException(error);
                        }
                        else
                        {
                            loaded.SetResult();
                        }
                    });
            },
            cancellationToken).ConfigureAwait(false);
        await loaded.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Brings in what changed, until nothing is left: a listener of the store may change the document again.
    private Exception? Settle(bool isCounted = false)
    {
        _isScheduled = false;
        if (_isSettling)
        {
            return null;
        }
        _isSettling = true;
        try
        {
            for (; ; )
            {
                var waited = _putOff && !MustWait;
                if (waited)
                {
                    _putOff = false;
                    if (IsAutoLoading)
                    {
                        _changed.Add(DocumentPath.Everything);
                    }
                }
                if (_changed.Count > 0 && BringChanged(isCounted) is { } error)
                {
                    return error;
                }
                if (waited)
                {
                    SaveWhatWaited();
                }
                else if (_changed.Count == 0)
                {
                    return null;
                }
            }
        }
        finally
        {
            _isSettling = false;
            RaiseReports();
        }
    }

    private Exception? BringChanged(bool isCounted)
    {
        SetStatus(PersisterStatus.Loading);
        (_changed, _bringing) = (_bringing, _changed);
        try
        {
            BringAll();
            if (!isCounted)
            {
                CountLoad();
            }
            return null;
        }
        catch (Exception error)
        {
            // A listener of the app threw, and the store may have rolled back. The next change of the document tries again.
            _changed.AddRange(_bringing);
            if (_changed.Count > MaxFailedPaths)
            {
                _changed.Clear();
                _changed.Add(DocumentPath.Everything);
            }
            OnError(PersisterOperation.Load, error);
            return error;
        }
        finally
        {
            _bringing.Clear();
            SetStatus(PersisterStatus.Idle);
        }
    }

    // One store transaction for all places, begun at the first difference.
    private void BringAll()
    {
        var everything = false;
        try
        {
            foreach (var path in _bringing)
            {
                Bring(path);
                everything |= path.Place == DocumentPlace.Everything;
            }
            // Listeners run inside, and may end up here again.
            Interlocked.Exchange(ref _scope, null)?.Commit();
            SaveWhatMutatorsTookBack();
        }
        catch
        {
            Interlocked.Exchange(ref _scope, null)?.Dispose();
            throw;
        }
        finally
        {
            ForgetBrought();
        }
        if (everything)
        {
            Claim();
        }
    }

    // From here on, what the store has and the document has not was deleted there.
    private void Claim()
    {
        if (MustWait)
        {
            // Nobody knows yet whether the document is new.
            _putOff |= _initial is not null || HasContent;
            return;
        }
        _isClaimed = true;
        if (Interlocked.Exchange(ref _initial, null) is { } initial && !IsInitialized)
        {
            Store.Transaction(() => AddWhatIsMissing(initial));
        }
    }

    private void AddWhatIsMissing(StoreContent content)
    {
        foreach (var (tableId, table) in content.Tables)
        {
            foreach (var (rowId, row) in table)
            {
                foreach (var (cellId, value) in row)
                {
                    if (!Store.HasCell(tableId, rowId, cellId))
                    {
                        Store.SetCell(tableId, rowId, cellId, value);
                    }
                }
            }
        }
        foreach (var (valueId, value) in content.Values)
        {
            if (!Store.HasValue(valueId))
            {
                Store.SetValue(valueId, value);
            }
        }
    }
}
