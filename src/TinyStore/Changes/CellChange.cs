namespace TinyStore;

/// <summary>What a transaction did to one cell.</summary>
public readonly struct CellChange
{
    private readonly CellValue _old;
    private readonly CellValue _new;

    internal CellChange(string tableId, string rowId, string cellId, CellValue old, CellValue now)
    {
        TableId = tableId;
        RowId = rowId;
        CellId = cellId;
        _old = old;
        _new = now;
    }

    /// <summary>The table.</summary>
    public string TableId { get; }

    /// <summary>The row.</summary>
    public string RowId { get; }

    /// <summary>The cell.</summary>
    public string CellId { get; }

    /// <summary>The content before the transaction; null: the cell was not there.</summary>
    public CellValue? Old => _old.OrNull();

    /// <summary>The content now; null: the cell is not there.</summary>
    public CellValue? New => _new.OrNull();

    /// <summary>Whether the two differ.</summary>
    public bool IsChanged => _old != _new;

    /// <summary>Takes the change apart.</summary>
    public void Deconstruct(out string tableId, out string rowId, out string cellId, out CellValue? old, out CellValue? @new) =>
        (tableId, rowId, cellId, old, @new) = (TableId, RowId, CellId, Old, New);
}

/// <summary>What a transaction did to one value.</summary>
public readonly struct ValueChange
{
    private readonly CellValue _old;
    private readonly CellValue _new;

    internal ValueChange(string valueId, CellValue old, CellValue now)
    {
        ValueId = valueId;
        _old = old;
        _new = now;
    }

    /// <summary>The value's id.</summary>
    public string ValueId { get; }

    /// <summary>The content before the transaction; null: the value was not there.</summary>
    public CellValue? Old => _old.OrNull();

    /// <summary>The content now; null: the value is not there.</summary>
    public CellValue? New => _new.OrNull();

    /// <summary>Whether the two differ.</summary>
    public bool IsChanged => _old != _new;

    /// <summary>Takes the change apart.</summary>
    public void Deconstruct(out string valueId, out CellValue? old, out CellValue? @new) =>
        (valueId, old, @new) = (ValueId, Old, New);
}
