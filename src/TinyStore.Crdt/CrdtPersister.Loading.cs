using TinyStore.Persisters;

namespace TinyStore.Crdt;

// Document to store.
public abstract partial class CrdtPersister
{
    /// <summary>More failed places than this are remembered as "everything".</summary>
    private const int MaxFailedPaths = 1000;

    private readonly Action _settle;
    private readonly Action<string, string, string, CellValue> _bringValueOfCell;
    private readonly List<KeyValuePair<string, CellValue>> _cells = [];
    private List<DocumentPath> _changed = [];
    private List<DocumentPath> _bringing = [];
    private StoreTransactionScope? _scope;
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
        if (_changed.Count == 0 && !_putOff)
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
        }
        catch
        {
            Interlocked.Exchange(ref _scope, null)?.Dispose();
            throw;
        }
        // Listeners run inside, and may end up here again.
        Interlocked.Exchange(ref _scope, null)?.Commit();
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

    private void Bring(DocumentPath path)
    {
        switch (path.Place)
        {
            case DocumentPlace.Everything:
                BringCells();
                BringValues();
                break;
            case DocumentPlace.Table:
                BringTable(path.TableId!);
                break;
            case DocumentPlace.Row:
                BringRow(path.TableId!, path.RowId!);
                break;
            case DocumentPlace.Cell:
                BringCell(path.TableId!, path.RowId!, path.Id!);
                break;
            case DocumentPlace.Values:
                BringValues();
                break;
            default:
                BringValue(path.Id!);
                break;
        }
    }

    private void BringValueOfCell(string tableId, string rowId, string cellId, CellValue value)
    {
        if (!Unsaved.HasCell(tableId, rowId, cellId) && !(Store.TryGetCell(tableId, rowId, cellId, out var held) && held == value))
        {
            Begin().SetCell(tableId, rowId, cellId, value);
        }
    }

    private void BringCells()
    {
        var isEmpty = !Store.HasTables();
        if (!TryReadAllCells(_bringValueOfCell))
        {
            BringTables();
            return;
        }
        if (isEmpty)
        {
            return;
        }
        foreach (var tableId in Store.GetTableIds())
        {
            foreach (var rowId in Store.GetRowIds(tableId))
            {
                foreach (var cellId in Store.GetCellIds(tableId, rowId))
                {
                    BringCell(tableId, rowId, cellId);
                }
            }
        }
    }

    private void BringTables()
    {
        var tableIds = new List<string>();
        ReadTableIds(tableIds);
        foreach (var tableId in tableIds)
        {
            BringTable(tableId);
        }
        if (!Store.HasTables())
        {
            return;
        }
        var known = tableIds.ToHashSet(StringComparer.Ordinal);
        foreach (var tableId in Store.GetTableIds())
        {
            if (!known.Contains(tableId))
            {
                BringTable(tableId);
            }
        }
    }

    private void BringTable(string tableId)
    {
        var held = Store.GetRowIds(tableId);
        var rowIds = new List<string>();
        ReadRowIds(tableId, rowIds);
        foreach (var rowId in rowIds)
        {
            BringRow(tableId, rowId);
        }
        if (held.Count == 0)
        {
            return;
        }
        var known = rowIds.ToHashSet(StringComparer.Ordinal);
        foreach (var rowId in held)
        {
            if (!known.Contains(rowId))
            {
                BringRow(tableId, rowId);
            }
        }
    }

    private void BringRow(string tableId, string rowId)
    {
        var isNew = !Store.HasRow(tableId, rowId);
        var held = isNew ? [] : Store.GetCellIds(tableId, rowId);
        var keeps = Unsaved.Count > 0;
        _cells.Clear();
        ReadRow(tableId, rowId, _cells);
        foreach (var (cellId, value) in _cells)
        {
            if ((isNew || !Store.TryGetCell(tableId, rowId, cellId, out var now) || now != value)
                && !(keeps && Unsaved.HasCell(tableId, rowId, cellId)))
            {
                Begin().SetCell(tableId, rowId, cellId, value);
            }
        }
        foreach (var cellId in held)
        {
            if (_cells.Count > 0)
            {
                BringCell(tableId, rowId, cellId);
            }
            else if (!Unsaved.HasCell(tableId, rowId, cellId))
            {
                BringMissingCell(tableId, rowId, cellId);
            }
        }
    }

    private void BringCell(string tableId, string rowId, string cellId)
    {
        if (Unsaved.HasCell(tableId, rowId, cellId))
        {
            return;
        }
        if (!TryReadCell(tableId, rowId, cellId, out var value))
        {
            BringMissingCell(tableId, rowId, cellId);
        }
        else
        {
            BringValueOfCell(tableId, rowId, cellId, value);
        }
    }

    // The document has no such cell: it was deleted there, or the store had it before the persister began.
    private void BringMissingCell(string tableId, string rowId, string cellId)
    {
        if (!Store.TryGetCell(tableId, rowId, cellId, out var held))
        {
            return;
        }
        if (_isClaimed)
        {
            Begin().DeleteCell(tableId, rowId, cellId);
        }
        else if (!MustWait)
        {
            Unsaved.SetCell(tableId, rowId, cellId, held);
        }
    }

    private void BringValues()
    {
        var held = Store.GetValueIds();
        _cells.Clear();
        ReadValues(_cells);
        foreach (var (valueId, value) in _cells)
        {
            if (!Unsaved.HasValue(valueId) && !(Store.TryGetValue(valueId, out var now) && now == value))
            {
                Begin().SetValue(valueId, value);
            }
        }
        foreach (var valueId in held)
        {
            BringValue(valueId);
        }
    }

    private void BringValue(string valueId)
    {
        if (Unsaved.HasValue(valueId))
        {
            return;
        }
        var isHeld = Store.TryGetValue(valueId, out var held);
        if (TryReadValue(valueId, out var value))
        {
            if (!isHeld || held != value)
            {
                Begin().SetValue(valueId, value);
            }
        }
        else if (isHeld && _isClaimed)
        {
            Begin().DeleteValue(valueId);
        }
        else if (isHeld && !MustWait)
        {
            Unsaved.SetValue(valueId, held);
        }
    }

    private Store Begin()
    {
        _scope ??= Store.BeginTransaction(this);
        return Store;
    }

    // The app's mutator listeners may have written something else than was loaded: that is a change of the app. It is in the
    // persister's own transaction, so it has to be found by comparing.
    private void NoteWhatMutatorsWrote(StoreTransaction transaction)
    {
        if (!ReferenceEquals(transaction.Origin, this) || !Store.HasWritingListeners)
        {
            return;
        }
        foreach (var change in transaction.CellChanges)
        {
            var value = change.New ?? default;
            if (IsOtherwise(change.TableId, change.RowId, change.CellId, value)
                && !_changed.Exists(path => path.CoversCell(change.TableId, change.RowId, change.CellId)))
            {
                Unsaved.SetCell(change.TableId, change.RowId, change.CellId, value);
            }
        }
        foreach (var change in transaction.ValueChanges)
        {
            var value = change.New ?? default;
            if (IsOtherwise(change.ValueId, value) && !_changed.Exists(path => path.CoversValue(change.ValueId)))
            {
                Unsaved.SetValue(change.ValueId, value);
            }
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
