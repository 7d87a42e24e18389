namespace TinyStore.TestKit.Crdt;

/// <summary>The content of a store or document as paths, <c>table/row/cell</c> or <c>value</c>, in ordinal order.</summary>
public static class FlatContent
{
    /// <summary>Flattens it.</summary>
    public static SortedDictionary<string, CellValue> Of(StoreContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var cells = new SortedDictionary<string, CellValue>(StringComparer.Ordinal);
        foreach (var (tableId, table) in content.Tables)
        {
            foreach (var (rowId, row) in table)
            {
                foreach (var (cellId, value) in row)
                {
                    cells.Add($"{tableId}/{rowId}/{cellId}", value);
                }
            }
        }
        foreach (var (valueId, value) in content.Values)
        {
            cells.Add(valueId, value);
        }
        return cells;
    }

    /// <summary>Sorts it.</summary>
    public static SortedDictionary<string, CellValue> Of(IEnumerable<KeyValuePair<string, CellValue>> cells) => new(cells.ToDictionary(), StringComparer.Ordinal);

    /// <summary>One line for each cell and value.</summary>
    public static string Text(SortedDictionary<string, CellValue> cells) =>
        string.Concat(cells.Select(cell => $"{cell.Key} = {cell.Value.ToJson()}\n"));

    /// <summary>One line for each cell and value.</summary>
    public static string Text(StoreContent content) => Text(Of(content));
}
