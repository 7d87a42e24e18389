using System.Buffers;

namespace TinyStore;

// Content as TinyBase's JSON. Objects and arrays are strings there, in their encoded form.
public sealed partial class Store
{
    /// <summary>Everything as JSON: <c>[tables, values]</c>.</summary>
    public string GetJson()
    {
        using var text = new JsonText();
        WriteContent(text);
        return text.ToString();
    }

    /// <summary>Writes what <see cref="GetJson"/> gives as UTF-8.</summary>
    public void WriteJson(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var text = new JsonText();
        WriteContent(text);
        JsonUtf8.Write(text.Written, output);
    }

    /// <summary>The tables as JSON.</summary>
    public string GetTablesJson()
    {
        using var text = new JsonText();
        WriteTables(text);
        return text.ToString();
    }

    /// <summary>The values as JSON.</summary>
    public string GetValuesJson()
    {
        using var text = new JsonText();
        WriteValues(text);
        return text.ToString();
    }

    /// <summary>Replaces all content by <c>[tables, values]</c>, or all tables where the JSON is an object of tables. Cells and
    /// values are then treated as by <see cref="SetTables"/> and <see cref="SetValues"/>; an empty object clears.</summary>
    /// <exception cref="FormatException">The text is not JSON. Nothing changed.</exception>
    public Store SetJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return SetContent(JsonReading.Read(json, "of a store", static (ref r, s) => ContentJson.ReadContent(ref r, s)));
    }

    /// <inheritdoc cref="SetJson(string)"/>
    public Store SetJson(ReadOnlySpan<byte> utf8Json) =>
        SetContent(JsonReading.Read(utf8Json, "of a store", static (ref r, s) => ContentJson.ReadContent(ref r, s)));

    /// <summary>Replaces all tables; an empty object clears.</summary>
    /// <exception cref="FormatException">The text is not JSON. Nothing changed.</exception>
    public Store SetTablesJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var tables = JsonReading.Read(json, "of tables", static (ref r, s) => ContentJson.ReadTables(ref r, s));
        return Write(tables, static (store, tables) => store.SetOrDeleteTables(tables));
    }

    /// <summary>Replaces all values; an empty object clears.</summary>
    /// <exception cref="FormatException">The text is not JSON. Nothing changed.</exception>
    public Store SetValuesJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var values = JsonReading.Read(json, "of values", static (ref r, s) => ContentJson.ReadValues(ref r, s));
        return Write(values, static (store, values) => store.SetOrDeleteValues(values));
    }

    private Store SetContent((Tables? Tables, Values? Values, bool HasValues) content) =>
        Write(content, static (store, content) =>
        {
            store.SetOrDeleteTables(content.Tables);
            if (content.HasValues)
            {
                store.SetOrDeleteValues(content.Values);
            }
        });

    private void WriteContent(JsonText text)
    {
        text.Write('[');
        WriteTables(text);
        text.Write(',');
        WriteValues(text);
        text.Write(']');
    }

    private void WriteTables(JsonText text) => WriteMembers(text, _tables, static (text, table) =>
        WriteMembers(text, table.Rows, (text, row) =>
        {
            text.Write('{');
            var first = true;
            for (var slot = 0; slot < row.Layout.End; slot++)
            {
                if (row.Layout.CellAt(slot) is >= 0 and var cell)
                {
                    WriteName(text, table.Cells.Name(cell), ref first);
                    text.WriteEncoded(row.Contents[slot]);
                }
            }
            text.Write('}');
        }));

    private void WriteValues(JsonText text) => WriteMembers(text, _values, static (text, value) => text.WriteEncoded(value));

    private static void WriteMembers<T>(JsonText text, OrderedMap<T> map, Action<JsonText, T> write)
    {
        text.Write('{');
        var first = true;
        for (var i = 0; i < map.End; i++)
        {
            if (map.KeyAt(i) is { } id)
            {
                WriteName(text, id, ref first);
                write(text, map.ValueAt(i));
            }
        }
        text.Write('}');
    }

    private static void WriteName(JsonText text, string name, ref bool first)
    {
        if (!first)
        {
            text.Write(',');
        }
        first = false;
        text.WriteString(name);
        text.Write(':');
    }
}
