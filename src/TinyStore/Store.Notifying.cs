namespace TinyStore;

// Calling listeners at the end of a transaction.
public sealed partial class Store
{
    // Mutators get a snapshot, because they go on changing what there is to tell.
    private void CallListeners(ListenerKind kind)
    {
        var listeners = Of(kind);
        CallInvalidCellListeners(listeners, kind);
        if (_log.AnyCells && listeners.HasTables.Count > 0 | listeners.AnyIds | listeners.AnyContents)
        {
            CallTableListeners(listeners, kind == ListenerKind.Mutator ? _log.Snapshot() : WrittenOut());
        }
        CallInvalidValueListeners(listeners, kind);
        if (_log.AnyValues && listeners.HasValues.Count + listeners.ValueIds.Count + listeners.HasValue.Count
            + listeners.Value.Count + listeners.Values.Count > 0)
        {
            CallValueListeners(listeners, kind == ListenerKind.Mutator ? _log.Snapshot() : _log);
        }
    }

    private void CallInvalidCellListeners(ListenerSet listeners, ListenerKind kind)
    {
        if (listeners.InvalidCell.Count == 0 || _log.InvalidCells.IsEmpty)
        {
            return;
        }
        var invalid = kind == ListenerKind.Mutator ? _log.InvalidCells.Snapshot() : _log.InvalidCells;
        foreach (var table in invalid.Children)
        {
            foreach (var row in table.Children)
            {
                foreach (var cell in row.Children)
                {
                    listeners.InvalidCell.Call(table.Id, row.Id, cell.Id, new InvalidCellEvent(this, table.Id, row.Id, cell.Id, cell.Values));
                }
            }
        }
    }

    private void CallInvalidValueListeners(ListenerSet listeners, ListenerKind kind)
    {
        if (listeners.InvalidValue.Count == 0 || _log.InvalidValues.IsEmpty)
        {
            return;
        }
        var invalid = kind == ListenerKind.Mutator ? _log.InvalidValues.Snapshot() : _log.InvalidValues;
        foreach (var value in invalid.Children)
        {
            listeners.InvalidValue.Call(value.Id, new InvalidValueEvent(this, value.Id, value.Values));
        }
    }

    private void CallTableListeners(ListenerSet listeners, ChangeLog changes)
    {
        // A listener that is added meanwhile is called if its group had a listener before.
        var (anyHasTables, anyIds, anyContents) = (listeners.HasTables.Count > 0, listeners.AnyIds, listeners.AnyContents);
        var anySorted = listeners.SortedRowIds.Count > 0;
        if (anyHasTables && HasTables() != _hadTables)
        {
            listeners.HasTables.Call(new HasTablesEvent(this, HasTables()));
        }
        if (anyIds)
        {
            CallTableIdListeners(listeners, changes);
            CallRowIdListeners(listeners, changes, anySorted);
            CallCellIdListeners(listeners, changes);
        }
        if (anyContents)
        {
            CallContentListeners(listeners, changes);
        }
    }

    private void CallTableIdListeners(ListenerSet listeners, ChangeLog changes)
    {
        if (changes.TableIds.Count > 0)
        {
            listeners.TableIds.Call(new TableIdsEvent(this, IdChanges.Of(changes, changes.TableIds)));
            for (var i = 0; i < changes.TableIds.End; i++)
            {
                if (changes.TableIds.KeyAt(i) is { } id)
                {
                    listeners.HasTable.Call(id, new HasTableEvent(this, id, changes.TableIds.ValueAt(i) > 0));
                }
            }
        }
        foreach (var table in changes.TableCellIdTables)
        {
            if (table.CellIds is not { Count: > 0 } ids)
            {
                continue;
            }
            listeners.TableCellIds.Call(table.Id, new TableCellIdsEvent(this, table.Id, IdChanges.Of(changes, ids)));
            for (var i = 0; i < ids.End; i++)
            {
                if (ids.KeyAt(i) is { } id)
                {
                    listeners.HasTableCell.Call(table.Id, id, new HasTableCellEvent(this, table.Id, id, ids.ValueAt(i) > 0));
                }
            }
        }
    }

    private void CallRowIdListeners(ListenerSet listeners, ChangeLog changes, bool anySorted)
    {
        foreach (var table in changes.RowIdTables)
        {
            if (table.RowCountDelta != 0)
            {
                listeners.RowCount.Call(table.Id, new RowCountEvent(this, table.Id, GetRowCount(table.Id)));
            }
        }
        foreach (var table in changes.RowIdTables)
        {
            if (table.FirstRowId < 0)
            {
                continue;
            }
            listeners.RowIds.Call(table.Id, new RowIdsEvent(this, table.Id, IdChanges.OfRows(changes, table)));
            if (listeners.HasRow.Count > 0)
            {
                for (var i = table.FirstRowId; i >= 0; i = changes.Rows[i].IdAfter)
                {
                    var id = changes.Rows[i].Id;
                    listeners.HasRow.Call(table.Id, id, new HasRowEvent(this, table.Id, id, changes.Rows[i].IdChange > 0));
                }
            }
            if (anySorted)
            {
                listeners.SortedRowIds.CallAll(this, table.Id);
            }
        }
        if (anySorted)
        {
            foreach (var table in changes.Tables)
            {
                if (table.FirstRowId < 0 && listeners.SortedRowIds.Listens(table.Id))
                {
                    foreach (var cellId in ChangedCellIds(changes, table))
                    {
                        listeners.SortedRowIds.Call(this, table.Id, cellId);
                    }
                }
            }
        }
    }

    private void CallCellIdListeners(ListenerSet listeners, ChangeLog changes)
    {
        foreach (var table in changes.CellIdTables)
        {
            for (var row = table.FirstCellIdsRow; row >= 0; row = changes.Rows[row].NextCellIdsRow)
            {
                if (changes.Rows[row].FirstCellId < 0)
                {
                    continue;
                }
                var rowId = changes.Rows[row].Id;
                listeners.CellIds.Call(table.Id, rowId, new CellIdsEvent(this, table.Id, rowId, IdChanges.OfCells(changes, row)));
                for (var i = changes.Rows[row].FirstCellId; i >= 0; i = changes.Cells[i].IdAfter)
                {
                    var id = changes.Cells[i].Id;
                    listeners.HasCell.Call(table.Id, rowId, id, new HasCellEvent(this, table.Id, rowId, id, changes.Cells[i].IdChange > 0));
                }
            }
        }
    }

    private void CallContentListeners(ListenerSet listeners, ChangeLog changes)
    {
        var anyChanged = false;
        foreach (var table in changes.Tables)
        {
            var tableChanged = false;
            for (var row = table.FirstRow; row >= 0; row = changes.Rows[row].Next)
            {
                var rowChanged = false;
                var rowId = changes.Rows[row].Id;
                for (var i = changes.Rows[row].FirstCell; i >= 0; i = changes.Cells[i].Next)
                {
                    ref var cell = ref changes.Cells[i];
                    if (cell.Old == cell.New)
                    {
                        continue;
                    }
                    rowChanged = true;
                    if (listeners.Cell.Count > 0)
                    {
                        listeners.Cell.Call(table.Id, rowId, cell.Id, new CellEvent(this, table.Id, rowId, cell.Id, cell.New, cell.Old));
                    }
                }
                if (rowChanged)
                {
                    tableChanged = true;
                    listeners.Row.Call(table.Id, rowId, new RowEvent(this, table.Id, rowId));
                }
            }
            if (tableChanged)
            {
                anyChanged = true;
                listeners.Table.Call(table.Id, new TableEvent(this, table.Id));
            }
        }
        if (anyChanged)
        {
            listeners.Tables.Call(new TablesEvent(this));
        }
    }

    private void CallValueListeners(ListenerSet listeners, ChangeLog changes)
    {
        var anyHasValues = listeners.HasValues.Count > 0;
        var anyIds = listeners.ValueIds.Count + listeners.HasValue.Count > 0;
        var anyContents = listeners.Value.Count + listeners.Values.Count > 0;
        if (anyHasValues && HasValues() != _hadValues)
        {
            listeners.HasValues.Call(new HasValuesEvent(this, HasValues()));
        }
        if (anyIds && changes.ValueIds.Count > 0)
        {
            listeners.ValueIds.Call(new ValueIdsEvent(this, IdChanges.Of(changes, changes.ValueIds)));
            for (var i = 0; i < changes.ValueIds.End; i++)
            {
                if (changes.ValueIds.KeyAt(i) is { } id)
                {
                    listeners.HasValue.Call(id, new HasValueEvent(this, id, changes.ValueIds.ValueAt(i) > 0));
                }
            }
        }
        if (anyContents)
        {
            CallValueContentListeners(listeners, changes);
        }
    }

    private void CallValueContentListeners(ListenerSet listeners, ChangeLog changes)
    {
        var anyChanged = false;
        for (var i = 0; i < changes.Values.End; i++)
        {
            var id = changes.Values.KeyAt(i)!;
            var value = changes.Values.ValueAt(i);
            if (value.Old != value.New)
            {
                anyChanged = true;
                listeners.Value.Call(id, new ValueEvent(this, id, value.New, value.Old));
            }
        }
        if (anyChanged)
        {
            listeners.Values.Call(new ValuesEvent(this));
        }
    }

    private static List<string> ChangedCellIds(ChangeLog changes, TableLog table)
    {
        var ids = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var row = table.FirstRow; row >= 0; row = changes.Rows[row].Next)
        {
            for (var i = changes.Rows[row].FirstCell; i >= 0; i = changes.Cells[i].Next)
            {
                if (changes.Cells[i].Old != changes.Cells[i].New && seen.Add(changes.Cells[i].Id))
                {
                    ids.Add(changes.Cells[i].Id);
                }
            }
        }
        return ids;
    }
}
