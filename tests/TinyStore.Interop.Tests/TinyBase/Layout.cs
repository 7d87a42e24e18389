using System.Text.Json.Nodes;

namespace TinyStore.Interop.Tests.TinyBase;

/// <summary>What a document in TinyBase's nested layout shows.</summary>
internal static class Layout
{
    /// <summary>The root map's JSON as <c>[tables, values]</c>: rows and tables without cells are none, U+FFFD strings are decoded.</summary>
    public static JsonNode Visible(JsonNode? root)
    {
        var tables = new JsonObject();
        foreach (var (tableId, table) in root?["t"] as JsonObject ?? [])
        {
            var rows = new JsonObject();
            foreach (var (rowId, row) in table as JsonObject ?? [])
            {
                var cells = Decode(row as JsonObject ?? []);
                if (cells.Count > 0)
                {
                    rows[rowId] = cells;
                }
            }

            if (rows.Count > 0)
            {
                tables[tableId] = rows;
            }
        }

        return new JsonArray(tables, Decode(root?["v"] as JsonObject ?? []));
    }

    private static JsonObject Decode(JsonObject cells) =>
        new(cells.Select(cell => KeyValuePair.Create(cell.Key, Decode(cell.Value))));

    private static JsonNode? Decode(JsonNode? cell) =>
        cell is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith('\uFFFD')
            ? JsonNode.Parse(text[1..])
            : cell?.DeepClone();
}
