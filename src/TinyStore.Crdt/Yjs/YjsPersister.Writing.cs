using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Writing cells, and making the containers they need.
public sealed partial class YjsPersister
{
    private const int MaxAttempts = 9;

    private readonly Action<YTransaction> _save;
    private readonly Action<YTransaction> _writeAgain;
    private Action? _writes;
    private YTransaction? _transaction;
    private YTransaction? _saved;

    /// <inheritdoc/>
    protected override void Transact(Action writes) => Transact(writes, isSave: true);

    // Writes that the store does not have yet.
    private void WriteAgain(Action writes) => Transact(writes, isSave: false);

    private void Transact(Action writes, bool isSave)
    {
        var outer = (_writes, _transaction);
        _writes = writes;
        try
        {
            _doc.Transact(isSave ? _save : _writeAgain, this);
        }
        finally
        {
            (_writes, _transaction) = outer;
        }
    }

    private void Save(YTransaction transaction)
    {
        if (transaction.Origin == this)
        {
            _saved = transaction;
        }
        WriteAgain(transaction);
    }

    private void WriteAgain(YTransaction transaction)
    {
        _transaction = transaction;
        _writes!();
    }

    // Whether a transaction holds nothing but what a save took from the store.
    private bool IsPlainSave(YTransaction transaction) =>
        ReferenceEquals(transaction, _saved) && transaction.IsLocal && !transaction.HasReleased;

    /// <inheritdoc/>
    protected override bool WriteCell(string tableId, string rowId, string cellId, CellValue value)
    {
        if (EnsureRow(tableId, rowId) is not { } row)
        {
            return false;
        }
        row.Set(cellId, CellCodec.Encode(value));
        return true;
    }

    /// <inheritdoc/>
    protected override void DeleteCell(string tableId, string rowId, string cellId)
    {
        // Never the row and never the table: a container that somebody deletes takes along what others write into it meanwhile.
        if (TryReadCell(tableId, rowId, cellId, out _))
        {
            FindRow(tableId, rowId)!.Delete(cellId);
        }
    }

    /// <inheritdoc/>
    protected override bool WriteValue(string valueId, CellValue value)
    {
        if (EnsureValues() is not { } values)
        {
            return false;
        }
        values.Set(valueId, CellCodec.Encode(value));
        return true;
    }

    /// <inheritdoc/>
    protected override void DeleteValue(string valueId)
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
        var row = Ensure(table, rowId, HasUniqueRowId(tableId, rowId));
        if (row is null)
        {
            ReportAt(table, rowId, TablesKey, tableId, rowId);
            return null;
        }
        return Remember(tableId, rowId, row);
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
        if (!_options.PlainContainers && !_root.TryGetLastItem(TablesKey, out _) && !_root.TryGetLastItem(ValuesKey, out _))
        {
            var genesis = ContainerIds.Genesis(_options.RootName);
            if (_doc.GetClock(genesis) == 0)
            {
                using (_transaction!.WriteAs(genesis))
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
        if (parent.TryGetMap(key, out var live))
        {
            return live;
        }
        YItemId? tail = null;
        if (parent.TryGetLastItem(key, out var last))
        {
            if (!last.IsDeleted)
            {
                return null;
            }
            tail = last.LastId;
        }
        if (!isPlain && !_options.PlainContainers)
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var id = ContainerIds.Of(_options.RootName, parent.Id, key, tail, attempt);
                if (_doc.GetClock(id) == 0)
                {
                    using (_transaction!.WriteAs(id))
                    {
                        return parent.SetMap(key);
                    }
                }
            }
        }
        return parent.SetMap(key);
    }

    private bool HasUniqueRowId(string tableId, string rowId) =>
        Store.IsUniqueRowId(rowId) || _options.TablesWithUniqueRowIds.Contains(tableId);
}
