namespace TinyStore.Crdt;

/// <summary>
/// A place in the content that a document holds for a store: everything, a table, a row, a cell, all values, or one value.
/// </summary>
public readonly record struct DocumentPath
{
    private DocumentPath(DocumentPlace place, string? tableId, string? rowId, string? id)
    {
        Place = place;
        TableId = tableId;
        RowId = rowId;
        Id = id;
    }

    /// <summary>What kind of place it is.</summary>
    internal DocumentPlace Place { get; }

    /// <summary>The table of a table, row or cell.</summary>
    internal string? TableId { get; }

    /// <summary>The row of a row or cell.</summary>
    internal string? RowId { get; }

    /// <summary>The cell or value.</summary>
    internal string? Id { get; }

    /// <summary>Everything.</summary>
    public static DocumentPath Everything => default;

    /// <summary>All values.</summary>
    public static DocumentPath Values { get; } = new(DocumentPlace.Values, null, null, null);

    /// <summary>One value.</summary>
    public static DocumentPath Value(string valueId) => new(DocumentPlace.Value, null, null, valueId);

    /// <summary>One table.</summary>
    public static DocumentPath Table(string tableId) => new(DocumentPlace.Table, tableId, null, null);

    /// <summary>One row.</summary>
    public static DocumentPath Row(string tableId, string rowId) => new(DocumentPlace.Row, tableId, rowId, null);

    /// <summary>One cell.</summary>
    public static DocumentPath Cell(string tableId, string rowId, string cellId) => new(DocumentPlace.Cell, tableId, rowId, cellId);

    /// <summary>Whether a cell lies in here.</summary>
    internal bool CoversCell(string tableId, string rowId, string cellId) => Place switch
    {
        DocumentPlace.Everything => true,
        DocumentPlace.Table => TableId == tableId,
        DocumentPlace.Row => TableId == tableId && RowId == rowId,
        DocumentPlace.Cell => TableId == tableId && RowId == rowId && Id == cellId,
        _ => false,
    };

    /// <summary>Whether a value lies in here.</summary>
    internal bool CoversValue(string valueId) => Place switch
    {
        DocumentPlace.Everything or DocumentPlace.Values => true,
        DocumentPlace.Value => Id == valueId,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Place switch
    {
        DocumentPlace.Everything => "everything",
        DocumentPlace.Values => "values",
        DocumentPlace.Value => $"value {Id}",
        DocumentPlace.Table => $"table {TableId}",
        DocumentPlace.Row => $"row {TableId}/{RowId}",
        _ => $"cell {TableId}/{RowId}/{Id}",
    };
}

internal enum DocumentPlace : byte
{
    Everything,
    Table,
    Row,
    Cell,
    Values,
    Value,
}
