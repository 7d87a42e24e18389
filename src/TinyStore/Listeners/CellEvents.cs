namespace TinyStore;

/// <summary>Cells of a row came or went.</summary>
public readonly struct CellIdsEvent
{
    private readonly IdChanges _changes;

    internal CellIdsEvent(Store store, string tableId, string rowId, IdChanges changes)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
        _changes = changes;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <summary>The cells that came or went. To be called inside the listener only.</summary>
    public IReadOnlyDictionary<string, IdChange> GetIdChanges() => _changes.ToDictionary();
}

/// <summary>A cell came or went.</summary>
public readonly struct HasCellEvent
{
    internal HasCellEvent(Store store, string tableId, string rowId, string cellId, bool exists)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
        CellId = cellId;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <summary>The cell.</summary>
    public string CellId { get; }

    /// <summary>Whether it is there now.</summary>
    public bool Exists { get; }
}

/// <summary>A cell changed.</summary>
public readonly struct CellEvent
{
    private readonly CellValue _new;
    private readonly CellValue _old;

    internal CellEvent(Store store, string tableId, string rowId, string cellId, CellValue now, CellValue old)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
        CellId = cellId;
        _new = now;
        _old = old;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <summary>The cell.</summary>
    public string CellId { get; }

    /// <summary>Its content now; null: it is gone.</summary>
    public CellValue? New => _new.OrNull();

    /// <summary>Its content before the transaction; null: it was not there.</summary>
    public CellValue? Old => _old.OrNull();

    /// <inheritdoc cref="TablesEvent.GetCellChange"/>
    public CellChange GetCellChange(string tableId, string rowId, string cellId) => Store.GetCellChange(tableId, rowId, cellId);
}

/// <summary>The store was given something for a cell that it could not keep.</summary>
public readonly struct InvalidCellEvent
{
    internal InvalidCellEvent(Store store, string? tableId, string? rowId, string? cellId, IReadOnlyList<CellValue> values)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
        CellId = cellId;
        Values = values;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table; null where tables as a whole were invalid (there were none).</summary>
    public string? TableId { get; }

    /// <summary>The row; null where a table as a whole was invalid, or the row has no id yet.</summary>
    public string? RowId { get; }

    /// <summary>The cell; null where a row as a whole was invalid.</summary>
    public string? CellId { get; }

    /// <summary>The offending values, in the order in which they were given; <see cref="CellKind.Undefined"/> where
    /// something was missing or no value at all.</summary>
    public IReadOnlyList<CellValue> Values { get; }
}
