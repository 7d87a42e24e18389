using TinyStore.Yjs;

namespace TinyStore.TestKit.Crdt;

/// <summary>Reads what a document shows of TinyBase's nested layout, past any persister.</summary>
public static class NestedLayout
{
    /// <summary>Reads it; rows and tables without cells are none, and what no store can hold is left out.</summary>
    public static StoreContent Read(YDoc doc)
    {
        ArgumentNullException.ThrowIfNull(doc);
        var content = new StoreContent();
        var root = doc.GetMap("tinybase");
        if (root.TryGetMap("t", out var tables))
        {
            foreach (var (tableId, table) in tables)
            {
                foreach (var (rowId, row) in table.AsMap ?? Enumerable.Empty<KeyValuePair<string, YValue>>())
                {
                    foreach (var (cellId, cell) in row.AsMap ?? Enumerable.Empty<KeyValuePair<string, YValue>>())
                    {
                        if (TryDecode(cell, out var value))
                        {
                            content.Tables.TryAdd(tableId, []);
                            content.Tables[tableId].TryAdd(rowId, []);
                            content.Tables[tableId][rowId][cellId] = value;
                        }
                    }
                }
            }
        }
        if (root.TryGetMap("v", out var values))
        {
            foreach (var (valueId, held) in values)
            {
                if (TryDecode(held, out var value))
                {
                    content.Values[valueId] = value;
                }
            }
        }
        return content;
    }

    private static bool TryDecode(YValue held, out CellValue value)
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
}
