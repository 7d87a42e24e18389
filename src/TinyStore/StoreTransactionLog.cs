namespace TinyStore;

/// <summary>Everything a transaction did: TinyBase's transaction log, to keep.</summary>
public sealed record StoreTransactionLog
{
    /// <summary>Whether any cell was written with another content, even if it was written back.</summary>
    public required bool CellsTouched { get; init; }

    /// <summary>Whether any value was written with another content, even if it was written back.</summary>
    public required bool ValuesTouched { get; init; }

    /// <summary>The cells that are other than before.</summary>
    public required IReadOnlyList<CellChange> ChangedCells { get; init; }

    /// <summary>What was given for cells and could not be kept.</summary>
    public required IReadOnlyList<InvalidCell> InvalidCells { get; init; }

    /// <summary>The values that are other than before.</summary>
    public required IReadOnlyList<ValueChange> ChangedValues { get; init; }

    /// <summary>What was given for values and could not be kept.</summary>
    public required IReadOnlyList<InvalidValue> InvalidValues { get; init; }

    /// <summary>Tables that are new or gone.</summary>
    public required IReadOnlyDictionary<string, IdChange> ChangedTableIds { get; init; }

    /// <summary>Rows that are new or gone, by table.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, IdChange>> ChangedRowIds { get; init; }

    /// <summary>Cells that are new or gone, by table and row.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, IdChange>>> ChangedCellIds { get; init; }

    /// <summary>Values that are new or gone.</summary>
    public required IReadOnlyDictionary<string, IdChange> ChangedValueIds { get; init; }
}

/// <summary>Something given for a cell that the store could not keep. The members are those of <see cref="InvalidCellEvent"/>.</summary>
/// <param name="TableId">The table, or null.</param>
/// <param name="RowId">The row, or null.</param>
/// <param name="CellId">The cell, or null.</param>
/// <param name="Values">The offending values.</param>
public sealed record InvalidCell(string? TableId, string? RowId, string? CellId, IReadOnlyList<CellValue> Values);

/// <summary>Something given for a value that the store could not keep. The members are those of <see cref="InvalidValueEvent"/>.</summary>
/// <param name="ValueId">The value's id, or null.</param>
/// <param name="Values">The offending values.</param>
public sealed record InvalidValue(string? ValueId, IReadOnlyList<CellValue> Values);
