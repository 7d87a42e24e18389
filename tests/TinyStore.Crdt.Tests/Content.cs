using System.Text;
using TinyStore.TestKit.Crdt;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>The content of stores and documents as sorted text, so that both can be compared.</summary>
internal static class Content
{
    public static string Of(Store store)
    {
        var lines = new List<string>();
        foreach (var (tableId, table) in store.GetTables())
        {
            foreach (var (rowId, row) in table)
            {
                foreach (var (cellId, value) in row)
                {
                    lines.Add($"{tableId}/{rowId}/{cellId} = {value.ToJson()}");
                }
            }
        }
        foreach (var (valueId, value) in store.GetValues())
        {
            lines.Add($"{valueId} = {value.ToJson()}");
        }
        return Join(lines);
    }

    /// <summary>What a document shows, read without the persister.</summary>
    public static string Of(YDoc doc, DocLayout layout = DocLayout.Nested, string root = "tinybase")
    {
        var lines = new List<string>();
        foreach (var (path, value) in CellsOf(doc, layout, root))
        {
            lines.Add($"{path} = {value.ToJson()}");
        }
        return Join(lines);
    }

    public static IEnumerable<KeyValuePair<string, CellValue>> CellsOf(YDoc doc, DocLayout layout = DocLayout.Nested, string root = "tinybase") =>
        layout == DocLayout.Flat ? FlatCellsOf(doc, root) : NestedContent.Read(doc, root);

    /// <summary>The map that holds a cell, without the persister; and the cell's key in it.</summary>
    public static (YMap Map, string Key) PlaceOf(YDoc doc, DocLayout layout, string tableId, string rowId, string cellId, string root = "tinybase") =>
        layout == DocLayout.Flat
            ? (doc.GetMap(root + "/cells"), $"{tableId}/{rowId}/{cellId}")
            : (doc.GetMap(root)["t"].AsMap![tableId].AsMap![rowId].AsMap!, cellId);

    /// <summary>The map of the values, without the persister.</summary>
    public static YMap ValuesOf(YDoc doc, DocLayout layout, string root = "tinybase") =>
        layout == DocLayout.Flat ? doc.GetMap(root + "/values") : doc.GetMap(root)["v"].AsMap!;

    private static IEnumerable<KeyValuePair<string, CellValue>> FlatCellsOf(YDoc doc, string root)
    {
        foreach (var (key, cell) in doc.GetMap(root + "/cells"))
        {
            if (key.Split('/').Length == 3 && NestedContent.TryDecode(cell, out var value))
            {
                yield return new(Uri.UnescapeDataString(key), value);
            }
        }
        foreach (var (valueId, held) in doc.GetMap(root + "/values"))
        {
            if (NestedContent.TryDecode(held, out var value))
            {
                yield return new(valueId, value);
            }
        }
    }

    private static string Join(List<string> lines)
    {
        lines.Sort(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
