using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Writing cells, and making the containers they need.
internal sealed partial class NestedLayout
{
    private const int MaxAttempts = 9;

    public override bool WriteCell(string tableId, string rowId, string cellId, CellValue value)
    {
        if (EnsureRow(tableId, rowId) is not { } row)
        {
            return false;
        }
        row.Set(cellId, CellCodec.Encode(value));
        return true;
    }

    public override void DeleteCell(string tableId, string rowId, string cellId)
    {
        // Never the row and never the table: a container that somebody deletes takes along what others write into it meanwhile.
        if (TryReadCell(tableId, rowId, cellId, out _))
        {
            FindRow(tableId, rowId)!.Delete(cellId);
        }
    }

    public override bool WriteValue(string valueId, CellValue value)
    {
        if (EnsureValues() is not { } values)
        {
            return false;
        }
        values.Set(valueId, CellCodec.Encode(value));
        return true;
    }

    public override void DeleteValue(string valueId)
    {
        if (TryReadValue(valueId, out _))
        {
            FindValues()!.Delete(valueId);
        }
    }

    private YMap? EnsureRow(string tableId, string rowId)
    {
        if (IsLastRow(tableId, rowId))
        {
            return _lastRow;
        }
        if (EnsureTable(tableId) is not { } table)
        {
            return null;
        }
        if (Ensure(table, rowId, HasUniqueRowId(tableId, rowId)) is { } row)
        {
            return Remember(tableId, rowId, row);
        }
        FindRow(tableId, rowId);
        return null;
    }

    private YMap? EnsureTable(string tableId)
    {
        if (FindTable(tableId) is { } known)
        {
            return known;
        }
        return EnsureTables() is { } tables && Ensure(tables, tableId, isPlain: false) is { } table ? _tableMaps[tableId] = table : null;
    }

    private YMap? EnsureTables()
    {
        if (FindTables() is null)
        {
            MakeRootContainers();
        }
        return FindTables();
    }

    private YMap? EnsureValues()
    {
        if (FindValues() is null)
        {
            MakeRootContainers();
        }
        return FindValues();
    }

    // Always both, because TinyBase refuses a document that has one of them only.
    private void MakeRootContainers()
    {
        if (!Options.PlainContainers && !_root.TryGetLastItem(TablesKey, out _) && !_root.TryGetLastItem(ValuesKey, out _))
        {
            var genesis = ContainerIds.Genesis(Options.RootName);
            if (Doc.GetClock(genesis) == 0)
            {
                using (Transaction.WriteAs(genesis))
                {
                    _root.SetMap(TablesKey);
                    _root.SetMap(ValuesKey);
                }
                return;
            }
        }
        Ensure(_root, TablesKey, isPlain: false);
        Ensure(_root, ValuesKey, isPlain: false);
    }

    // Who makes the same container makes the same operation: the same client id, clock 0, and as origin the element that was
    // last under the key. Whatever live map is there is used, whoever made it.
    private YMap? Ensure(YMap parent, string key, bool isPlain)
    {
        YItemId? tail = null;
        if (parent.TryGetLastItem(key, out var last))
        {
            if (!last.IsDeleted)
            {
                return last.Map;
            }
            tail = last.LastId;
        }
        if (!isPlain && !Options.PlainContainers)
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var id = ContainerIds.Of(Options.RootName, parent.Id, key, tail, attempt);
                if (Doc.GetClock(id) == 0)
                {
                    using (Transaction.WriteAs(id))
                    {
                        return parent.SetMap(key);
                    }
                }
            }
        }
        return parent.SetMap(key);
    }

    private bool HasUniqueRowId(string tableId, string rowId) =>
        Store.IsUniqueRowId(rowId) || Options.TablesWithUniqueRowIds.Contains(tableId);
}
