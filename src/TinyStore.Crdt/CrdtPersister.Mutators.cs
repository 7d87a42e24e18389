using TinyStore.Persisters;

namespace TinyStore.Crdt;

// The app's mutator listeners may write something else than was loaded: that is a change of the app. It is in the persister's
// own transaction, so it has to be found by comparing.
public abstract partial class CrdtPersister
{
    private const int KeptBrought = 1024;

    // What the store held right after each write of the load, the defaults of a schema included. What is still so is none of a
    // mutator's; what is not may be without a change in the transaction, where a mutator wrote back what was there before.
    private Dictionary<CellAddress, CellValue> _broughtCells = [];
    private readonly Dictionary<string, CellValue> _broughtValues = new(StringComparer.Ordinal);

    // A new row got the defaults too.
    private void NoteBrought(string tableId, string rowId, ReadOnlySpan<KeyValuePair<string, CellValue>> cells, bool isNew)
    {
        foreach (var (cellId, _) in cells)
        {
            NoteBrought(tableId, rowId, cellId);
        }
        if (isNew && Store.HasTablesSchema())
        {
            foreach (var cellId in Store.GetCellIds(tableId, rowId))
            {
                NoteBrought(tableId, rowId, cellId);
            }
        }
    }

    private void NoteBrought(string tableId, string rowId, string cellId)
    {
        if (Store.HasWritingListeners)
        {
            _broughtCells[new CellAddress(tableId, rowId, cellId)] = Held(tableId, rowId, cellId);
        }
    }

    private void NoteBrought(string valueId)
    {
        if (Store.HasWritingListeners)
        {
            _broughtValues[valueId] = Held(valueId);
        }
    }

    private void SaveWhatMutatorsTookBack()
    {
        if (NoteWhatMutatorsTookBack() && IsAutoSaving && !MustWait)
        {
            TrySaveUnsaved();
        }
    }

    // A cleared dictionary stays as large as it was, and the next small load would pay for that.
    private void ForgetBrought()
    {
        if (_broughtCells.Count > KeptBrought)
        {
            _broughtCells = [];
        }
        _broughtCells.Clear();
        _broughtValues.Clear();
    }

    private bool NoteWhatMutatorsTookBack()
    {
        var any = false;
        foreach (var ((tableId, rowId, cellId), held) in _broughtCells)
        {
            var now = Held(tableId, rowId, cellId);
            if (now != held && NoteIfOtherwise(tableId, rowId, cellId, now))
            {
                any = true;
            }
        }
        foreach (var (valueId, held) in _broughtValues)
        {
            var now = Held(valueId);
            if (now != held && NoteIfOtherwise(valueId, now))
            {
                any = true;
            }
        }
        return any;
    }

    private void NoteWhatMutatorsWrote(StoreTransaction transaction)
    {
        if (!ReferenceEquals(transaction.Origin, this) || !Store.HasWritingListeners)
        {
            return;
        }
        foreach (var (tableId, rowId, cellId, _, now) in transaction.CellChanges)
        {
            if (!_broughtCells.TryGetValue(new CellAddress(tableId, rowId, cellId), out var held) || held != (now ?? default))
            {
                NoteIfOtherwise(tableId, rowId, cellId, now ?? default);
            }
        }
        foreach (var (valueId, _, now) in transaction.ValueChanges)
        {
            if (!_broughtValues.TryGetValue(valueId, out var held) || held != (now ?? default))
            {
                NoteIfOtherwise(valueId, now ?? default);
            }
        }
    }

    // A place that changed in the document meanwhile is loaded again. What is unsaved is not, and what waits to be saved is to
    // be what the store has.
    private bool NoteIfOtherwise(string tableId, string rowId, string cellId, CellValue value)
    {
        if (!Unsaved.HasCell(tableId, rowId, cellId)
            && (!IsOtherwise(tableId, rowId, cellId, value) || _changed.Exists(path => path.CoversCell(tableId, rowId, cellId))))
        {
            return false;
        }
        Unsaved.SetCell(tableId, rowId, cellId, value);
        return true;
    }

    private bool NoteIfOtherwise(string valueId, CellValue value)
    {
        if (!Unsaved.HasValue(valueId) && (!IsOtherwise(valueId, value) || _changed.Exists(path => path.CoversValue(valueId))))
        {
            return false;
        }
        Unsaved.SetValue(valueId, value);
        return true;
    }

    private CellValue Held(string tableId, string rowId, string cellId) => Store.TryGetCell(tableId, rowId, cellId, out var held) ? held : default;

    private CellValue Held(string valueId) => Store.TryGetValue(valueId, out var held) ? held : default;
}
