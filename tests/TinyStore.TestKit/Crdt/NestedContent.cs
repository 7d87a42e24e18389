using TinyStore.Yjs;

namespace TinyStore.TestKit.Crdt;

/// <summary>Reads what a document shows of TinyBase's nested layout, past any persister.</summary>
public static class NestedContent
{
    /// <summary>Reads it, as <c>table/row/cell</c> or <c>value</c>; what no store can hold is left out.</summary>
    public static IEnumerable<KeyValuePair<string, CellValue>> Read(YDoc doc, string root = "tinybase")
    {
        ArgumentNullException.ThrowIfNull(doc);
        var map = doc.GetMap(root);
        var cells =
            from table in Entries(MapAt(map, "t"))
            from row in Entries(table.Value.AsMap)
            from cell in Entries(row.Value.AsMap)
            select KeyValuePair.Create($"{table.Key}/{row.Key}/{cell.Key}", cell.Value);
        foreach (var (path, held) in cells.Concat(Entries(MapAt(map, "v"))))
        {
            if (TryDecode(held, out var value))
            {
                yield return new(path, value);
            }
        }
    }

    /// <summary>The cell that a value of a document is, if a store can hold it.</summary>
    public static bool TryDecode(YValue held, out CellValue value)
    {
        value = default;
        if (held.TryGetDouble(out var number) && double.IsFinite(number))
        {
            value = number;
        }
        else if (held.TryGetString(out var text))
        {
            return CellValue.TryFromEncoded(text, out value);
        }
        else if (held.TryGetBoolean(out var boolean))
        {
            value = boolean;
        }
        else if (held.Kind == YValueKind.Null)
        {
            value = CellValue.Null;
        }
        return !value.IsUndefined;
    }

    private static YMap? MapAt(YMap root, string key) => root.TryGetMap(key, out var map) ? map : null;

    private static IEnumerable<KeyValuePair<string, YValue>> Entries(YMap? map) => map ?? Enumerable.Empty<KeyValuePair<string, YValue>>();
}
