namespace TinyStore;

/// <summary>What a transaction did to one table.</summary>
internal sealed class TableLog
{
    public TableData Data = null!;

    // The row nodes of the table, in the order in which the rows were first touched.
    public int FirstRow = -1;
    public int LastRow = -1;

    // Those of rows added (or removed), in the order in which they became so.
    public int FirstRowId = -1;
    public int LastRowId = -1;

    // Those of rows whose cell ids were touched.
    public int FirstCellIdsRow = -1;
    public int LastCellIdsRow = -1;

    /// <summary>
    /// The transaction made this table and only filled it so far: everything in it is new, and it has no nodes yet. Most such
    /// transactions load data that nobody asks about, and their log would be larger than the data.
    /// </summary>
    public bool IsImplied;

    public int RowCountDelta;
    public bool InRowIds;
    public bool InCellIds;

    /// <summary>Cell ids that came to the table (1) or left it (-1).</summary>
    public OrderedMap<int>? CellIds;

    public string Id => Data.Id;

    public TableLog Clone()
    {
        var clone = (TableLog)MemberwiseClone();
        clone.CellIds = CellIds?.Clone();
        return clone;
    }
}

/// <summary>What a transaction did to one row. Numbers are indexes of nodes, -1 is none.</summary>
internal struct RowNode
{
    public TableLog Table;
    public string Id;
    public int Hash;
    public int Link;
    public int Next;
    public int FirstCell;
    public int LastCell;
    public int CellCount;

    // 1: added, -1: removed, 0: neither, and its neighbours in the list of those.
    public int IdChange;
    public int IdBefore;
    public int IdAfter;

    public bool InCellIds;
    public int NextCellIdsRow;
    public int FirstCellId;
    public int LastCellId;
}

/// <summary>What a transaction did to one cell.</summary>
internal struct CellNode
{
    public string Id;
    public CellValue Old;
    public CellValue New;
    public int Cell;
    public int Row;
    public int Link;
    public int Next;
    public int IdChange;
    public int IdBefore;
    public int IdAfter;
}

/// <summary>What a transaction did to one value.</summary>
internal struct ValueNode
{
    public CellValue Old;
    public CellValue New;
}
