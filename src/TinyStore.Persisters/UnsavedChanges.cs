namespace TinyStore.Persisters;

/// <summary>The address of a cell.</summary>
/// <param name="TableId">The table.</param>
/// <param name="RowId">The row.</param>
/// <param name="CellId">The cell.</param>
public readonly record struct CellAddress(string TableId, string RowId, string CellId);

/// <summary>
/// What a store's owner changed and nobody saved yet: for each cell and value its newest content, and
/// <c>default(<see cref="CellValue"/>)</c> where it was deleted. A load never overwrites what is in here.
/// </summary>
public sealed class UnsavedChanges
{
    // A persister without a lane of its own reads this on another thread than the store's.
    private readonly Lock _gate = new();
    private Dictionary<CellAddress, CellValue> _cells = [];
    private Dictionary<string, CellValue> _values = [];

    /// <summary>How many cells and values are unsaved.</summary>
    /// <remarks>Two numbers are read, which needs no lock; that matters because it is asked for each row loaded.</remarks>
    public int Count => Volatile.Read(ref _cells).Count + Volatile.Read(ref _values).Count;

    /// <summary>Whether this cell is unsaved.</summary>
    public bool HasCell(string tableId, string rowId, string cellId)
    {
        lock (_gate)
        {
            return _cells.Count > 0 && _cells.ContainsKey(new CellAddress(tableId, rowId, cellId));
        }
    }

    /// <summary>Whether this value is unsaved.</summary>
    public bool HasValue(string valueId)
    {
        lock (_gate)
        {
            return _values.Count > 0 && _values.ContainsKey(valueId);
        }
    }

    /// <summary>Notes the newest content of a cell; <c>default</c> for a deleted one.</summary>
    public void SetCell(string tableId, string rowId, string cellId, CellValue value)
    {
        lock (_gate)
        {
            _cells[new CellAddress(tableId, rowId, cellId)] = value;
        }
    }

    /// <summary>Notes the newest content of a value; <c>default</c> for a deleted one.</summary>
    public void SetValue(string valueId, CellValue value)
    {
        lock (_gate)
        {
            _values[valueId] = value;
        }
    }

    /// <summary>Notes all that a transaction changed.</summary>
    public void Add(StoreTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        lock (_gate)
        {
            foreach (var change in transaction.CellChanges)
            {
                _cells[new CellAddress(change.TableId, change.RowId, change.CellId)] = change.New ?? default;
            }
            foreach (var change in transaction.ValueChanges)
            {
                _values[change.ValueId] = change.New ?? default;
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _cells = [];
            _values = [];
        }
    }

    /// <summary>Takes everything out, for a save.</summary>
    public UnsavedChanges Take()
    {
        var taken = new UnsavedChanges();
        lock (_gate)
        {
            (taken._cells, _cells) = (_cells, taken._cells);
            (taken._values, _values) = (_values, taken._values);
        }
        return taken;
    }

    /// <summary>Puts back what a failed save had taken, except where something newer is here.</summary>
    public void PutBack(UnsavedChanges taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        lock (_gate)
        {
            foreach (var (address, value) in taken._cells)
            {
                _cells.TryAdd(address, value);
            }
            foreach (var (valueId, value) in taken._values)
            {
                _values.TryAdd(valueId, value);
            }
        }
    }

    /// <summary>Those of which what was loaded says nothing.</summary>
    internal UnsavedChanges Without(PersistedData loaded)
    {
        var rest = new UnsavedChanges();
        foreach (var (address, value) in Cells)
        {
            if (!loaded.TryGetCell(address.TableId, address.RowId, address.CellId, out _))
            {
                rest._cells.Add(address, value);
            }
        }
        foreach (var (valueId, value) in Values)
        {
            if (!loaded.TryGetValue(valueId, out _))
            {
                rest._values.Add(valueId, value);
            }
        }
        return rest;
    }

    /// <summary>The unsaved cells.</summary>
    public KeyValuePair<CellAddress, CellValue>[] Cells
    {
        get
        {
            lock (_gate)
            {
                return [.. _cells];
            }
        }
    }

    /// <summary>The unsaved values.</summary>
    public KeyValuePair<string, CellValue>[] Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    /// <summary>
    /// In the shape of a store's changes, with what the store holds now: a table or row of which it has nothing left is
    /// deleted whole.
    /// </summary>
    public StoreChanges ToChanges(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var changes = new StoreChanges();
        foreach (var (address, _) in Cells)
        {
            if (!store.HasTable(address.TableId))
            {
                changes.Tables[address.TableId] = null;
                continue;
            }
            if (!changes.Tables.TryGetValue(address.TableId, out var table) || table is null)
            {
                changes.Tables[address.TableId] = table = new TableChanges();
            }
            if (!store.HasRow(address.TableId, address.RowId))
            {
                table[address.RowId] = null;
                continue;
            }
            if (!table.TryGetValue(address.RowId, out var row) || row is null)
            {
                table[address.RowId] = row = new RowChanges();
            }
            row[address.CellId] = store.GetCell(address.TableId, address.RowId, address.CellId);
        }
        foreach (var (valueId, _) in Values)
        {
            changes.Values[valueId] = store.GetValue(valueId);
        }
        return changes;
    }
}
