namespace TinyStore;

// What the app calls to write tables, rows and cells. Store.Writing.cs does it.
public sealed partial class Store
{
    /// <summary>Replaces all content. An empty part clears; a part that is null stays as it is.</summary>
    public Store SetContent(StoreContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Write(content, static (store, content) =>
        {
            store.SetOrDeleteTables(content.Tables);
            store.SetOrDeleteValues(content.Values);
        });
    }

    /// <summary>Replaces all tables: those given are set as by <see cref="SetTable"/>, the others are deleted. Does nothing
    /// (but the invalid-cell listeners) where nothing in it is valid, which holds for no tables at all: see
    /// <see cref="DeleteTables"/>.</summary>
    public Store SetTables(Tables tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return Write(tables, static (store, tables) => store.SetTablesCore(tables));
    }

    /// <summary>Replaces a table: the rows given are set as by <see cref="SetRow"/>, the others are deleted. Does nothing (but
    /// the invalid-cell listeners) where nothing in it is valid.</summary>
    public Store SetTable(string tableId, Table table)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(table);
        return Write((tableId, table), static (store, p) =>
        {
            if (store.Validate(p.tableId, p.table) is { } valid)
            {
                store.SetValidTable(p.tableId, valid);
            }
        });
    }

    /// <summary>Replaces a row: the cells given are set, the others are deleted (or reset to the default of the schema). Does
    /// nothing (but the invalid-cell listeners) where no cell is valid.</summary>
    public Store SetRow(string tableId, string rowId, Row row)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        ArgumentNullException.ThrowIfNull(row);
        return Write((tableId, rowId, row), static (store, p) =>
        {
            if (store.Validate(p.tableId, p.rowId, p.row, RowPart.Whole) is { } valid)
            {
                store.SetValidRow(store.EnsureTable(p.tableId), p.rowId, valid);
            }
        });
    }

    /// <summary>
    /// Adds a row under a new id and returns the id: "0", "1", … in each table, skipping those in use. Returns null where no
    /// cell is valid, or the store is locked.
    /// </summary>
    /// <param name="tableId">The table.</param>
    /// <param name="row">The cells.</param>
    /// <param name="reuseRowIds">Whether the ids of deleted rows may be used again.</param>
    /// <remarks>Two peers that add rows while apart hand out the same ids, and their rows become one when they meet. For a
    /// store that is synchronised use <see cref="AddUniqueRow"/>.</remarks>
    public string? AddRow(string tableId, Row row, bool reuseRowIds = true)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(row);
        return AddRowCore(tableId, row, static (table, reuse) => table.NewRowId(reuse), reuseRowIds);
    }

    /// <summary>Adds a row under an id that no other peer will use (<see cref="NewUniqueRowId"/>) and returns the id. Returns
    /// null where no cell is valid, or the store is locked.</summary>
    public string? AddUniqueRow(string tableId, Row row)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(row);
        return AddRowCore(tableId, row, static (_, _) => NewUniqueRowId(), false);
    }

    /// <summary>Sets the cells given and leaves the others of the row as they are.</summary>
    public Store SetPartialRow(string tableId, string rowId, Row partialRow)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        ArgumentNullException.ThrowIfNull(partialRow);
        return Write((tableId, rowId, partialRow), static (store, p) =>
        {
            if (store.Validate(p.tableId, p.rowId, p.partialRow, RowPart.Partial) is { } valid)
            {
                var table = store.EnsureTable(p.tableId);
                foreach (var (cellId, cell) in valid)
                {
                    store.SetValidCell(table, p.rowId, cellId, cell);
                }
            }
        });
    }

    /// <summary>Sets cells of one row in one transaction, each as <see cref="SetCell"/> does: what is invalid is left out and reported.</summary>
    /// <remarks>This one is not TinyBase's. It is for whatever reads rows from elsewhere and has no <see cref="Row"/> of them.</remarks>
    /// <exception cref="ArgumentNullException">An id is null; nothing is set.</exception>
    public Store SetCells(string tableId, string rowId, ReadOnlySpan<KeyValuePair<string, CellValue>> cells)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        foreach (var (cellId, _) in cells)
        {
            ArgumentNullException.ThrowIfNull(cellId, nameof(cells));
        }
        if (Begin())
        {
            SetCellsCore(tableId, rowId, cells);
            End();
        }
        return this;
    }

    /// <summary>Sets a cell.</summary>
    public Store SetCell(string tableId, string rowId, string cellId, CellValue cell)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        ArgumentNullException.ThrowIfNull(cellId);
        if (Begin())
        {
            SetCellCore(tableId, rowId, cellId, cell);
            End();
        }
        return this;
    }

    /// <summary>Sets a cell to what the function makes of its present content, which is null where the cell is not there.</summary>
    public Store UpdateCell(string tableId, string rowId, string cellId, Func<CellValue?, CellValue> update)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        ArgumentNullException.ThrowIfNull(cellId);
        ArgumentNullException.ThrowIfNull(update);
        return Write((tableId, rowId, cellId, update), static (store, p) =>
            store.SetCellCore(p.tableId, p.rowId, p.cellId, p.update(store.GetCell(p.tableId, p.rowId, p.cellId))));
    }

    /// <summary>Deletes all tables.</summary>
    public Store DeleteTables()
    {
        if (Begin())
        {
            DeleteTablesCore();
            End();
        }
        return this;
    }

    /// <summary>Deletes a table, if it is there.</summary>
    public Store DeleteTable(string tableId)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        if (Begin())
        {
            if (FindTable(tableId) is { } table)
            {
                DeleteRows(table, null);
            }
            End();
        }
        return this;
    }

    /// <summary>Deletes a row, if it is there, whatever the defaults of the schema.</summary>
    public Store DeleteRow(string tableId, string rowId)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        if (Begin())
        {
            if (TryFindRow(tableId, rowId, out var table, out var row))
            {
                DeleteValidRow(table, row);
            }
            End();
        }
        return this;
    }

    /// <summary>Deletes a cell, if it is there. Where the schema has a default for it the cell gets that instead; with
    /// <paramref name="force"/> the whole row is deleted then, because a row with a default never lacks the cell.</summary>
    public Store DeleteCell(string tableId, string rowId, string cellId, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        ArgumentNullException.ThrowIfNull(rowId);
        ArgumentNullException.ThrowIfNull(cellId);
        if (Begin())
        {
            DeleteCellCore(tableId, rowId, cellId, force);
            End();
        }
        return this;
    }

    /// <summary>Applies changes as <see cref="StoreTransaction.GetChanges"/> gives them: tables, rows and cells first, then
    /// values; null deletes (a cell as with force). Invalid parts are left out.</summary>
    public Store ApplyChanges(StoreChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return Write(changes, static (store, changes) => store.ApplyChangesCore(changes));
    }

    // A transaction around work that runs code of others (enumerations, functions) and may throw.
    private Store Write<T>(T parameters, Action<Store, T> write)
    {
        if (Begin())
        {
            try
            {
                write(this, parameters);
            }
            catch
            {
                Abort();
                throw;
            }
            End();
        }
        return this;
    }
}
