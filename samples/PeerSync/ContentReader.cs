using System.Text.Json;
using TinyStore;
using TinyStore.Yjs;

namespace PeerSync;

/// <summary>Flattens what a peer holds to one line a cell, so that stores, documents and the relay's log can be held against each other.</summary>
internal static class ContentReader
{
    /// <summary>The root map and the mark of encoded objects in TinyBase's layout.</summary>
    private const string Root = "tinybase";
    private const char Encoded = '\uFFFD';

    public static SortedDictionary<string, string> Of(Store store)
    {
        using var json = JsonDocument.Parse(store.GetJson());
        return Of(json.RootElement);
    }

    public static SortedDictionary<string, string> Of(YDoc doc)
    {
        using var json = JsonDocument.Parse(doc.GetMap(Root).ToJson());
        return Of(json.RootElement);
    }

    /// <summary>Takes <c>[tables, values]</c> as a store writes it, or <c>{"t": tables, "v": values}</c> as a document holds it.</summary>
    public static SortedDictionary<string, string> Of(JsonElement content)
    {
        var cells = new SortedDictionary<string, string>(StringComparer.Ordinal);
        JsonElement tables = default, values = default;
        if (content.ValueKind == JsonValueKind.Array)
        {
            (tables, values) = (content[0], content[1]);
        }
        else if (content.ValueKind == JsonValueKind.Object)
        {
            content.TryGetProperty("t", out tables);
            content.TryGetProperty("v", out values);
        }

        if (tables.ValueKind == JsonValueKind.Object)
        {
            foreach (var table in tables.EnumerateObject())
            {
                foreach (var row in table.Value.EnumerateObject())
                {
                    foreach (var cell in row.Value.EnumerateObject())
                    {
                        cells[$"{table.Name}/{row.Name}/{cell.Name}"] = Text(cell.Value);
                    }
                }
            }
        }

        if (values.ValueKind == JsonValueKind.Object)
        {
            foreach (var value in values.EnumerateObject())
            {
                cells[$"values/{value.Name}"] = Text(value.Value);
            }
        }

        return cells;
    }

    /// <summary>A cell as text. Strings are compared decoded: one writer of JSON escapes more than another.</summary>
    private static string Text(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.String when cell.GetString() is [Encoded, ..] encoded => encoded[1..],
        JsonValueKind.String => $"\"{cell.GetString()}\"",
        _ => cell.GetRawText(),
    };
}
