namespace TinyStore;

/// <summary>The store has its first table now, or lost its last one.</summary>
public readonly struct HasTablesEvent
{
    internal HasTablesEvent(Store store, bool exists)
    {
        Store = store;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>Whether there are tables now.</summary>
    public bool Exists { get; }
}

/// <summary>Some cell changed in some table.</summary>
public readonly struct TablesEvent
{
    internal TablesEvent(Store store) => Store = store;

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>What the transaction did to a cell.</summary>
    public CellChange GetCellChange(string tableId, string rowId, string cellId) => Store.GetCellChange(tableId, rowId, cellId);
}

/// <summary>Tables came or went.</summary>
public readonly struct TableIdsEvent
{
    private readonly IdChanges _changes;

    internal TableIdsEvent(Store store, IdChanges changes)
    {
        Store = store;
        _changes = changes;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The tables that came or went. To be called inside the listener only.</summary>
    public IReadOnlyDictionary<string, IdChange> GetIdChanges() => _changes.ToDictionary();
}

/// <summary>A table came or went.</summary>
public readonly struct HasTableEvent
{
    internal HasTableEvent(Store store, string tableId, bool exists)
    {
        Store = store;
        TableId = tableId;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>Whether it is there now.</summary>
    public bool Exists { get; }
}

/// <summary>Some cell of a table changed.</summary>
public readonly struct TableEvent
{
    internal TableEvent(Store store, string tableId)
    {
        Store = store;
        TableId = tableId;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <inheritdoc cref="TablesEvent.GetCellChange"/>
    public CellChange GetCellChange(string tableId, string rowId, string cellId) => Store.GetCellChange(tableId, rowId, cellId);
}

/// <summary>Cell ids appeared in a table where no row had them, or are in none of its rows any more.</summary>
public readonly struct TableCellIdsEvent
{
    private readonly IdChanges _changes;

    internal TableCellIdsEvent(Store store, string tableId, IdChanges changes)
    {
        Store = store;
        TableId = tableId;
        _changes = changes;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The cell ids that came or went. To be called inside the listener only.</summary>
    public IReadOnlyDictionary<string, IdChange> GetIdChanges() => _changes.ToDictionary();
}

/// <summary>A cell id appeared in a table where no row had it, or is in none of its rows any more.</summary>
public readonly struct HasTableCellEvent
{
    internal HasTableCellEvent(Store store, string tableId, string cellId, bool exists)
    {
        Store = store;
        TableId = tableId;
        CellId = cellId;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The cell id.</summary>
    public string CellId { get; }

    /// <summary>Whether some row has it now.</summary>
    public bool Exists { get; }
}

/// <summary>The number of a table's rows changed.</summary>
public readonly struct RowCountEvent
{
    internal RowCountEvent(Store store, string tableId, int count)
    {
        Store = store;
        TableId = tableId;
        Count = count;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The number of rows now.</summary>
    public int Count { get; }
}

/// <summary>Rows of a table came or went.</summary>
public readonly struct RowIdsEvent
{
    private readonly IdChanges _changes;

    internal RowIdsEvent(Store store, string tableId, IdChanges changes)
    {
        Store = store;
        TableId = tableId;
        _changes = changes;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The rows that came or went. To be called inside the listener only.</summary>
    public IReadOnlyDictionary<string, IdChange> GetIdChanges() => _changes.ToDictionary();
}

/// <summary>A row came or went.</summary>
public readonly struct HasRowEvent
{
    internal HasRowEvent(Store store, string tableId, string rowId, bool exists)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <summary>Whether it is there now.</summary>
    public bool Exists { get; }
}

/// <summary>The sorted and paged row ids of a table are others, or in another order.</summary>
public readonly struct SortedRowIdsEvent
{
    internal SortedRowIdsEvent(Store store, string tableId, string? cellId, SortOptions options, IReadOnlyList<string> rowIds)
    {
        Store = store;
        TableId = tableId;
        CellId = cellId;
        Options = options;
        RowIds = rowIds;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The cell that is sorted by; null: the row id.</summary>
    public string? CellId { get; }

    /// <summary>Order and page.</summary>
    public SortOptions Options { get; }

    /// <summary>The row ids now.</summary>
    public IReadOnlyList<string> RowIds { get; }
}

/// <summary>Some cell of a row changed.</summary>
public readonly struct RowEvent
{
    internal RowEvent(Store store, string tableId, string rowId)
    {
        Store = store;
        TableId = tableId;
        RowId = rowId;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <inheritdoc cref="TablesEvent.GetCellChange"/>
    public CellChange GetCellChange(string tableId, string rowId, string cellId) => Store.GetCellChange(tableId, rowId, cellId);
}
