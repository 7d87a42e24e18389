namespace TinyStore;

// Tables whose content is their log, for as long as that is true.
internal sealed partial class ChangeLog
{
    /// <summary>Makes the nodes that were left out so far, before somebody reads them.</summary>
    public void WriteOut()
    {
        for (var i = 0; _implied > 0 && i < Tables.Count; i++)
        {
            WriteOut(Tables[i]);
        }
    }

    /// <inheritdoc cref="WriteOut()"/>
    public void WriteOut(TableLog table)
    {
        if (!table.IsImplied)
        {
            return;
        }
        table.IsImplied = false;
        _implied--;
        var data = table.Data;
        for (var cell = data.Cells.First; cell >= 0; cell = data.Cells.Next(cell))
        {
            IdChanged(table.CellIds!, data.Cells.Name(cell), 1);
        }
        for (var i = 0; i < data.Rows.End; i++)
        {
            var row = NewRow(table, data.Rows.KeyAt(i)!, data.Rows.HashAt(i));
            RowIdChanged(row, 1);
            ref var content = ref data.Rows.ValueAt(i);
            for (var slot = 0; slot < content.Layout.End; slot++)
            {
                CellIdChanged(NewCell(row, data, content.Layout.CellAt(slot), default, content.Contents[slot]), 1);
            }
        }
    }

    /// <summary>The same, before something in a table changes in another way than growing.</summary>
    public void WriteOut(TableData table)
    {
        if (table.Log is { } log)
        {
            WriteOut(log);
        }
    }

    // It enters the lists of tables now, so that it has its place among those that come later.
    private void Imply(TableLog table)
    {
        table.IsImplied = table.InRowIds = table.InCellIds = true;
        table.CellIds = new OrderedMap<int>();
        RowIdTables.Add(table);
        CellIdTables.Add(table);
        TableCellIdTables.Add(table);
        _implied++;
    }
}
