namespace TinyStore;

// Reading without copies.
public sealed partial class Store
{
    /// <summary>Calls the action with the id of each table. It may write: a table deleted meanwhile is left out, one added
    /// meanwhile is visited.</summary>
    public void ForEachTable(Action<string> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ForEachKey(_tables, action);
    }

    /// <summary>Calls the action with the id of each row. It may write: a row deleted meanwhile is left out, one added
    /// meanwhile is visited.</summary>
    public void ForEachRow(string tableId, Action<string> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (FindTable(tableId) is { } table)
        {
            ForEachKey(table.Rows, action);
        }
    }

    /// <summary>Calls the action with the id and the content of each cell that the row has now. It may write: a cell deleted
    /// meanwhile is left out.</summary>
    public void ForEachCell(string tableId, string rowId, Action<string, CellValue> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!TryFindRow(tableId, rowId, out var table, out var index))
        {
            return;
        }
        // A deletion moves the slots behind it, so the walk goes by cell and not by slot.
        var layout = table.Rows.ValueAt(index).Layout;
        var cells = layout.End <= 64 ? stackalloc int[layout.End] : new int[layout.End];
        for (var slot = 0; slot < layout.End; slot++)
        {
            cells[slot] = layout.CellAt(slot);
        }
        table.Rows.Pin();
        try
        {
            foreach (var cell in cells)
            {
                if (cell < 0 || table.Rows.KeyAt(index) is null)
                {
                    continue;
                }
                ref var row = ref table.Rows.ValueAt(index);
                if (row.Layout.SlotOf(cell) is >= 0 and var slot)
                {
                    action(table.Cells.Name(cell), row.Contents[slot]);
                }
            }
        }
        finally
        {
            table.Rows.Unpin();
        }
    }

    /// <summary>Calls the action with each cell id that the rows of the table have, and with the number of those rows.</summary>
    public void ForEachTableCell(string tableId, Action<string, int> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (FindTable(tableId) is { } table)
        {
            foreach (var id in GetTableCellIds(tableId))
            {
                if (table.Cells.Find(id) is >= 0 and var cell && table.Cells.Rows(cell) is > 0 and var rows)
                {
                    action(id, rows);
                }
            }
        }
    }

    /// <summary>Calls the action with the id and the content of each value. It may write: a value deleted meanwhile is left
    /// out, one added meanwhile is visited.</summary>
    public void ForEachValue(Action<string, CellValue> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _values.Pin();
        try
        {
            for (var i = 0; i < _values.End; i++)
            {
                if (_values.KeyAt(i) is { } id)
                {
                    action(id, _values.ValueAt(i));
                }
            }
        }
        finally
        {
            _values.Unpin();
        }
    }

    /// <summary>The rows of a table and their cells, to enumerate without allocating; none if there is no such table. A write
    /// that adds or removes a row or a cell of the table ends the enumeration with an exception; <see cref="ForEachRow"/>
    /// allows it.</summary>
    public TableRows Rows(string tableId) => new(FindTable(tableId));

    /// <summary>The cells of a row, to enumerate without allocating; none if there is no such row. A write that adds or
    /// removes a row or a cell of the table ends the enumeration with an exception; <see cref="ForEachCell"/> allows it.</summary>
    public RowCells Cells(string tableId, string rowId) =>
        TryFindRow(tableId, rowId, out var table, out var row) ? new RowCells(table, table.Rows.ValueAt(row)) : default;

    private static void ForEachKey<T>(OrderedMap<T> map, Action<string> action)
    {
        map.Pin();
        try
        {
            for (var i = 0; i < map.End; i++)
            {
                if (map.KeyAt(i) is { } key)
                {
                    action(key);
                }
            }
        }
        finally
        {
            map.Unpin();
        }
    }
}
