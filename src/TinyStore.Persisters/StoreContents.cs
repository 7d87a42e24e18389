namespace TinyStore.Persisters;

/// <summary>Brings content into a store without touching what is unsaved there. Run it inside a transaction.</summary>
internal static class StoreContents
{
    /// <summary>Makes the store, or that part of it, hold exactly this content, except for what is unsaved.</summary>
    public static void Replace(Store store, StoreContent content, PersistedScope? scope, UnsavedChanges keep)
    {
        if (keep.Count == 0)
        {
            Replace(store, content, scope);
            return;
        }
        foreach (var (tableId, table) in content.Tables)
        {
            foreach (var (rowId, row) in table)
            {
                foreach (var (cellId, cell) in row)
                {
                    SetCell(store, tableId, rowId, cellId, cell, keep);
                }
            }
        }
        foreach (var (valueId, value) in content.Values)
        {
            SetValue(store, valueId, value, keep);
        }
        var held = store.GetContent();
        foreach (var (tableId, table) in held.Tables)
        {
            if (scope?.HasTable(tableId) == false)
            {
                continue;
            }
            var tableStays = content.Tables.TryGetValue(tableId, out var newTable);
            foreach (var (rowId, row) in table)
            {
                Row? newRow = null;
                var rowStays = tableStays && newTable!.TryGetValue(rowId, out newRow);
                foreach (var cellId in row.Keys)
                {
                    if (!rowStays || !newRow!.ContainsKey(cellId))
                    {
                        SetCell(store, tableId, rowId, cellId, default, keep);
                    }
                }
            }
        }
        foreach (var valueId in held.Values.Keys)
        {
            if (scope?.HasValue(valueId) != false && !content.Values.ContainsKey(valueId))
            {
                SetValue(store, valueId, default, keep);
            }
        }
    }

    private static void Replace(Store store, StoreContent content, PersistedScope? scope)
    {
        if (scope is null)
        {
            store.SetContent(content);
            return;
        }
        foreach (var tableId in scope.TableIds ?? content.Tables.Keys.Union(store.GetTableIds()).ToHashSet())
        {
            if (content.Tables.TryGetValue(tableId, out var table) && table.Count > 0)
            {
                store.SetTable(tableId, table);
            }
            else
            {
                store.DeleteTable(tableId);
            }
        }
        foreach (var valueId in scope.ValueIds ?? content.Values.Keys.Union(store.GetValueIds()).ToHashSet())
        {
            if (content.Values.TryGetValue(valueId, out var value))
            {
                store.SetValue(valueId, value);
            }
            else
            {
                store.DeleteValue(valueId);
            }
        }
    }

    /// <summary>Applies changes, except to what is unsaved.</summary>
    public static void Apply(Store store, StoreChanges changes, UnsavedChanges keep)
    {
        if (keep.Count == 0)
        {
            store.ApplyChanges(changes);
            return;
        }
        foreach (var (tableId, table) in changes.Tables)
        {
            if (table is null)
            {
                foreach (var rowId in store.GetRowIds(tableId))
                {
                    DeleteRow(store, tableId, rowId, keep);
                }
                continue;
            }
            foreach (var (rowId, row) in table)
            {
                if (row is null)
                {
                    DeleteRow(store, tableId, rowId, keep);
                    continue;
                }
                foreach (var (cellId, cell) in row)
                {
                    SetCell(store, tableId, rowId, cellId, cell ?? default, keep);
                }
            }
        }
        foreach (var (valueId, value) in changes.Values)
        {
            SetValue(store, valueId, value ?? default, keep);
        }
    }

    private static void DeleteRow(Store store, string tableId, string rowId, UnsavedChanges keep)
    {
        foreach (var cellId in store.GetCellIds(tableId, rowId))
        {
            SetCell(store, tableId, rowId, cellId, default, keep);
        }
    }

    private static void SetCell(Store store, string tableId, string rowId, string cellId, CellValue value, UnsavedChanges keep)
    {
        if (keep.HasCell(tableId, rowId, cellId))
        {
            return;
        }
        if (value.IsUndefined)
        {
            store.DeleteCell(tableId, rowId, cellId);
        }
        else
        {
            store.SetCell(tableId, rowId, cellId, value);
        }
    }

    private static void SetValue(Store store, string valueId, CellValue value, UnsavedChanges keep)
    {
        if (keep.HasValue(valueId))
        {
            return;
        }
        if (value.IsUndefined)
        {
            store.DeleteValue(valueId);
        }
        else
        {
            store.SetValue(valueId, value);
        }
    }
}
