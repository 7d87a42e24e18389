using System.Runtime.InteropServices;

namespace TinyStore.Crdt;

// Making a place of the store what the document has there, cell by cell where they differ.
public abstract partial class CrdtPersister
{
    private readonly Action<string, string, string, CellValue> _bringValueOfCell;
    private readonly List<KeyValuePair<string, CellValue>> _cells = [];
    private StoreTransactionScope? _scope;

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
            Put(tableId, rowId, [new(cellId, value)]);
        }
    }

    private void BringCells()
    {
        var isEmpty = !Store.HasTables();
        if (!TryBringAllCells())
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

    private bool TryBringAllCells()
    {
        if (!Store.HasWritingListeners)
        {
            return TryReadAllCells(_bringValueOfCell);
        }
        // They may write to the document as soon as the first cell is brought, and it must not be read then.
        var read = new List<(string TableId, string RowId, string CellId, CellValue Value)>();
        if (!TryReadAllCells((tableId, rowId, cellId, value) => read.Add((tableId, rowId, cellId, value))))
        {
            return false;
        }
        foreach (var (tableId, rowId, cellId, value) in read)
        {
            BringValueOfCell(tableId, rowId, cellId, value);
        }
        return true;
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
        if (isNew && !keeps)
        {
            if (_cells.Count > 0)
            {
                Put(tableId, rowId, CollectionsMarshal.AsSpan(_cells));
            }
            return;
        }
        foreach (var (cellId, value) in _cells)
        {
            if ((isNew || !Store.TryGetCell(tableId, rowId, cellId, out var now) || now != value)
                && !(keeps && Unsaved.HasCell(tableId, rowId, cellId)))
            {
                Put(tableId, rowId, [new(cellId, value)]);
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
            NoteBrought(tableId, rowId, cellId);
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
                NoteBrought(valueId);
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
                NoteBrought(valueId);
            }
        }
        else if (isHeld && _isClaimed)
        {
            Begin().DeleteValue(valueId);
            NoteBrought(valueId);
        }
        else if (isHeld && !MustWait)
        {
            Unsaved.SetValue(valueId, held);
        }
    }

    private void Put(string tableId, string rowId, ReadOnlySpan<KeyValuePair<string, CellValue>> cells)
    {
        var store = Begin();
        if (!store.HasWritingListeners)
        {
            store.SetCells(tableId, rowId, cells);
            return;
        }
        var isNew = !store.HasRow(tableId, rowId);
        store.SetCells(tableId, rowId, cells);
        NoteBrought(tableId, rowId, cells, isNew);
    }

    private Store Begin()
    {
        _scope ??= Store.BeginTransaction(this);
        return Store;
    }
}
