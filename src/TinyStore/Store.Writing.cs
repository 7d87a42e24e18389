namespace TinyStore;

// How tables, rows and cells are written, inside a transaction. Whatever arrives here as "valid" was validated.
public sealed partial class Store
{
    private void SetOrDeleteTables(Tables? tables)
    {
        if (tables is { Count: 0 })
        {
            DeleteTablesCore();
        }
        else
        {
            SetTablesCore(tables);
        }
    }

    private void SetTablesCore(Tables? tables)
    {
        if (Validate(tables) is not { } valid)
        {
            return;
        }
        foreach (var (tableId, table) in valid)
        {
            SetValidTable(tableId, table);
        }
        if (_tables.Count > valid.Count)
        {
            RemoveTables(except: valid);
        }
    }

    private void SetValidTable(string tableId, Table rows)
    {
        var table = EnsureTable(tableId);
        foreach (var (rowId, row) in rows)
        {
            SetValidRow(table, rowId, row);
        }
        if (table.Rows.Count > rows.Count)
        {
            DeleteRows(table, except: rows);
        }
    }

    private void SetValidRow(TableData table, string rowId, Row cells)
    {
        var hash = OrderedMap<RowData>.Hash(rowId);
        var index = table.Rows.Find(rowId, hash);
        var isNew = index < 0;
        if (isNew)
        {
            index = InsertRow(table, rowId, hash);
        }
        foreach (var (cellId, cell) in cells)
        {
            SetCellOfRow(table, index, rowId, hash, cellId, cell, cells.Count);
        }
        if (!isNew && table.Rows.ValueAt(index).Layout.Count > cells.Count)
        {
            DeleteCells(table, index, except: cells);
        }
    }

    private string? AddRowCore(string tableId, Row row, Func<TableData, bool, string> newId, bool reuse)
    {
        string? rowId = null;
        Write((tableId, row), (store, p) =>
        {
            if (store.Validate(p.tableId, null, p.row, RowPart.Whole) is { } valid)
            {
                var table = store.EnsureTable(p.tableId);
                rowId = newId(table, reuse);
                store.SetValidRow(table, rowId, valid);
            }
        });
        return rowId;
    }

    private void SetCellsCore(string tableId, string rowId, ReadOnlySpan<KeyValuePair<string, CellValue>> cells)
    {
        TableData? table = null;
        var hash = OrderedMap<RowData>.Hash(rowId);
        var index = -1;
        foreach (var (cellId, content) in cells)
        {
            var cell = content;
            if (!Validate(tableId, rowId, cellId, ref cell))
            {
                continue;
            }
            if (table is null)
            {
                table = EnsureTable(tableId);
                index = table.Rows.Find(rowId, hash);
            }
            var isNew = index < 0;
            if (isNew)
            {
                index = InsertRow(table, rowId, hash);
            }
            SetCellOfRow(table, index, rowId, hash, cellId, cell, cells.Length);
            if (isNew && _tablesSchema is not null)
            {
                AddDefaults(table, index, rowId, hash, cellId);
            }
        }
    }

    private void SetCellCore(string tableId, string rowId, string cellId, CellValue cell)
    {
        if (Validate(tableId, rowId, cellId, ref cell))
        {
            SetValidCell(EnsureTable(tableId), rowId, cellId, cell);
        }
    }

    // Sets a cell of a row that may have to be made, and then gets the defaults of the schema.
    private void SetValidCell(TableData table, string rowId, string cellId, CellValue cell)
    {
        var hash = OrderedMap<RowData>.Hash(rowId);
        var index = table.Rows.Find(rowId, hash);
        if (index >= 0)
        {
            SetCellOfRow(table, index, rowId, hash, cellId, cell, 0);
            return;
        }
        index = InsertRow(table, rowId, hash);
        SetCellOfRow(table, index, rowId, hash, cellId, cell, 0);
        if (_tablesSchema is not null)
        {
            AddDefaults(table, index, rowId, hash, cellId);
        }
    }

    private void SetCellOfRow(TableData table, int index, string rowId, int hash, string cellId, CellValue cell, int width)
    {
        ref var row = ref table.Rows.ValueAt(index);
        var number = row.Layout.LikelyNext;
        if (number >= 0 && table.Cells.Name(number) == cellId)
        {
            AddCell(table, ref row, rowId, hash, number, cell, width);
            return;
        }
        number = table.Cells.Intern(cellId);
        var slot = row.Layout.SlotOf(number);
        if (slot >= 0)
        {
            ref var content = ref row.Contents[slot];
            if (content != cell)
            {
                if (!table.IsItsOwnLog)
                {
                    _log.CellChanged(_log.Row(table, rowId, hash), table, number, content, cell);
                }
                content = cell;
            }
            return;
        }
        AddCell(table, ref row, rowId, hash, number, cell, width);
    }

    private void AddCell(TableData table, ref RowData row, string rowId, int hash, int number, CellValue cell, int width)
    {
        if (!table.IsItsOwnLog)
        {
            LogAddition(table, _log.Row(table, rowId, hash), number, cell);
        }
        table.Cells.AddRow(number);
        table.AddCell(ref row, number, cell, width);
    }

    private TableData EnsureTable(string tableId)
    {
        var index = _tables.Find(tableId);
        if (index >= 0)
        {
            return _tables.ValueAt(index);
        }
        var table = _log.RemovedTable(tableId);
        if (table is null)
        {
            table = new TableData(tableId);
        }
        else
        {
            table.ResetPool();
        }
        _tables.Add(tableId, OrderedMap<TableData>.Hash(tableId), table);
        _log.TableAdded(table);
        return table;
    }

    private int InsertRow(TableData table, string rowId, int hash)
    {
        if (!table.IsItsOwnLog)
        {
            _log.RowIdChanged(_log.Row(table, rowId, hash), 1);
        }
        return table.Rows.Add(rowId, hash, table.NewRow());
    }

    private void DeleteTablesCore()
    {
        if (_tables.Count > 0)
        {
            RemoveTables(except: null);
        }
    }

    private void RemoveTables(Tables? except)
    {
        _tables.Pin();
        for (var i = 0; i < _tables.End; i++)
        {
            if (_tables.KeyAt(i) is { } id && except?.ContainsKey(id) != true)
            {
                DeleteRows(_tables.ValueAt(i), null);
            }
        }
        _tables.Unpin();
    }

    private void DeleteRows(TableData table, Table? except)
    {
        table.Rows.Pin();
        for (var i = 0; i < table.Rows.End; i++)
        {
            if (table.Rows.KeyAt(i) is { } id && except?.ContainsKey(id) != true)
            {
                DeleteValidRow(table, i);
            }
        }
        table.Rows.Unpin();
    }

    // A row that is deleted as such gives its id back to the pool; one that loses its last cell does not, as in TinyBase.
    private void DeleteValidRow(TableData table, int index)
    {
        table.Pool.Release(table.Rows.KeyAt(index)!);
        RemoveRow(table, index);
    }

    private void DeleteCells(TableData table, int index, Row except)
    {
        ref var row = ref table.Rows.ValueAt(index);
        var layout = row.Layout;
        var cells = new int[layout.End];
        for (var slot = 0; slot < cells.Length; slot++)
        {
            cells[slot] = layout.CellAt(slot);
        }
        foreach (var cell in cells)
        {
            if (cell >= 0 && !except.ContainsKey(table.Cells.Name(cell)))
            {
                DeleteValidCell(table, index, cell, force: false);
            }
        }
    }

    private void DeleteCellCore(string tableId, string rowId, string cellId, bool force)
    {
        if (TryFindRow(tableId, rowId, out var table, out var index)
            && table.Cells.Find(cellId) is >= 0 and var cell
            && table.Rows.ValueAt(index).Layout.SlotOf(cell) >= 0)
        {
            DeleteValidCell(table, index, cell, force);
        }
    }

    private void DeleteValidCell(TableData table, int index, int cell, bool force)
    {
        if (TryGetDefault(table.Id, table.Cells.Name(cell), out var defaultCell))
        {
            if (force)
            {
                RemoveRow(table, index);
            }
            else
            {
                var rowId = table.Rows.KeyAt(index)!;
                SetCellOfRow(table, index, rowId, OrderedMap<RowData>.Hash(rowId), table.Cells.Name(cell), defaultCell, 0);
            }
            return;
        }
        RemoveCell(table, index, cell);
    }

    private void RemoveCell(TableData table, int index, int cell)
    {
        ref var row = ref table.Rows.ValueAt(index);
        if (row.Layout.Count == 1)
        {
            RemoveRow(table, index);
            return;
        }
        _log.WriteOut(table);
        var rowId = table.Rows.KeyAt(index)!;
        var slot = row.Layout.SlotOf(cell);
        LogRemoval(table, _log.Row(table, rowId, OrderedMap<RowData>.Hash(rowId)), cell, row.Contents[slot]);
        table.RemoveCell(ref row, slot);
    }

    private void RemoveRow(TableData table, int index)
    {
        _log.WriteOut(table);
        var rowId = table.Rows.KeyAt(index)!;
        var node = _log.Row(table, rowId, OrderedMap<RowData>.Hash(rowId));
        ref var row = ref table.Rows.ValueAt(index);
        for (var slot = 0; slot < row.Layout.End; slot++)
        {
            if (row.Layout.CellAt(slot) is >= 0 and var cell)
            {
                LogRemoval(table, node, cell, row.Contents[slot]);
            }
        }
        table.RemoveRow(index);
        _log.RowIdChanged(node, -1);
        if (table.Rows.Count == 0)
        {
            _tables.RemoveAt(_tables.Find(table.Id));
            _log.TableRemoved(table);
        }
    }

    private void LogAddition(TableData table, int row, int cell, CellValue now)
    {
        if (table.Cells.Rows(cell) == 0)
        {
            _log.TableCellIdChanged(table, cell, 1);
        }
        _log.CellIdChanged(_log.CellChanged(row, table, cell, default, now), 1);
    }

    private void LogRemoval(TableData table, int row, int cell, CellValue old)
    {
        var node = _log.CellChanged(row, table, cell, old, default);
        if (table.Cells.RemoveRow(cell))
        {
            _log.TableCellIdChanged(table, cell, -1);
        }
        _log.CellIdChanged(node, -1);
    }

    private void RestoreCell(string tableId, string rowId, string cellId, CellValue old)
    {
        if (!old.IsUndefined)
        {
            var table = EnsureTable(tableId);
            var hash = OrderedMap<RowData>.Hash(rowId);
            var index = table.Rows.Find(rowId, hash);
            SetCellOfRow(table, index >= 0 ? index : InsertRow(table, rowId, hash), rowId, hash, cellId, old, 0);
        }
        else if (TryFindRow(tableId, rowId, out var table, out var index))
        {
            RemoveCell(table, index, table.Cells.Find(cellId));
        }
    }

    private void ApplyChangesCore(StoreChanges changes)
    {
        foreach (var (tableId, table) in changes.Tables)
        {
            if (table is null)
            {
                DeleteTable(tableId);
                continue;
            }
            foreach (var (rowId, row) in table)
            {
                if (row is null)
                {
                    DeleteRow(tableId, rowId);
                    continue;
                }
                foreach (var (cellId, cell) in row)
                {
                    if (cell is { } content)
                    {
                        SetCellCore(tableId, rowId, cellId, content);
                    }
                    else
                    {
                        DeleteCellCore(tableId, rowId, cellId, force: true);
                    }
                }
            }
        }
        foreach (var (valueId, value) in changes.Values)
        {
            if (value is { } content)
            {
                SetValueCore(valueId, content);
            }
            else
            {
                DeleteValueCore(valueId);
            }
        }
    }
}
