using System.Text.Json;

namespace TinyStore;

/// <summary>TinyBase's JSON of content <c>[tables, values]</c> and of changes <c>[tables, values, 1]</c>.</summary>
internal static class ContentJson
{
    public static string Write(StoreChanges changes)
    {
        using var text = new JsonText();
        text.Write('[');
        WriteMembers(text, changes.Tables, static (t, table) => WriteMembers(t, table, static (t, row) =>
            WriteMembers(t, row, static (t, cell) => WriteOrUndefined(t, cell))));
        text.Write(',');
        WriteMembers(text, changes.Values, static (t, value) => WriteOrUndefined(t, value));
        text.Write(",1]");
        return text.ToString();
    }

    public static StoreChanges ReadChanges(string json) => JsonReading.Read(json, "of changes", static (ref r, s) => ReadChanges(ref r, s));

    /// <summary>Reads <c>[tables, values]</c>, or tables alone; what is not of that shape is null.</summary>
    public static (Tables? Tables, Values? Values, bool HasValues) ReadContent(ref Utf8JsonReader reader, StringCache strings)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return (ReadTables(ref reader, strings), null, false);
        }
        Tables? tables = null;
        Values? values = null;
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            switch (i)
            {
                case 0:
                    tables = ReadTables(ref reader, strings);
                    break;
                case 1:
                    values = ReadValues(ref reader, strings);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (tables, values, true);
    }

    public static Tables? ReadTables(ref Utf8JsonReader reader, StringCache strings)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var tables = new Tables();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var id = strings.Read(ref reader);
            reader.Read();
            // What is not a table is null, which the store reports as invalid.
            tables[id] = ReadTable(ref reader, strings)!;
        }
        return tables;
    }

    public static Values? ReadValues(ref Utf8JsonReader reader, StringCache strings) => ReadCells(ref reader, strings, new Values());

    private static Table? ReadTable(ref Utf8JsonReader reader, StringCache strings)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var table = new Table();
        var width = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var id = strings.Read(ref reader);
            reader.Read();
            var row = ReadCells(ref reader, strings, new Row(width));
            width = row?.Count ?? width;
            table[id] = row!;
        }
        return table;
    }

    private static T? ReadCells<T>(ref Utf8JsonReader reader, StringCache strings, T cells)
        where T : OrderedDictionary<string, CellValue>
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var id = strings.Read(ref reader);
            reader.Read();
            cells[id] = JsonReading.ReadEncodedCell(ref reader, strings);
        }
        return cells;
    }

    private static StoreChanges ReadChanges(ref Utf8JsonReader reader, StringCache strings)
    {
        var changes = new StoreChanges();
        Expect(ref reader, JsonTokenType.StartArray, "an array [tables, values, 1]");
        reader.Read();
        ReadMembers(ref reader, strings, changes.Tables, static (ref r, s) =>
            ReadMembers(ref r, s, new TableChanges(), static (ref r, s) =>
                ReadMembers(ref r, s, new RowChanges(), ReadOrUndefined)));
        reader.Read();
        ReadMembers(ref reader, strings, changes.Values, ReadOrUndefined);
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number || reader.GetDouble() != 1)
        {
            throw Errors.BadJson("of changes", "the third element must be 1, which marks changes.");
        }
        reader.Read();
        Expect(ref reader, JsonTokenType.EndArray, "the end of the array after three elements");
        return changes;
    }

    private static T? ReadMembers<T, TMember>(ref Utf8JsonReader reader, StringCache strings, T members, JsonReading.Reader<TMember> read)
        where T : OrderedDictionary<string, TMember>
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(CellValue.UndefinedText))
        {
            return null;
        }
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var id = strings.Read(ref reader);
            reader.Read();
            members[id] = read(ref reader, strings);
        }
        return members;
    }

    private static CellValue? ReadOrUndefined(ref Utf8JsonReader reader, StringCache strings) =>
        reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(CellValue.UndefinedText)
            ? default(CellValue?)
            : JsonReading.ReadEncodedCell(ref reader, strings);

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (reader.TokenType != token)
        {
            throw Errors.BadJson("of changes", $"at byte {reader.TokenStartIndex} there is {reader.TokenType}, where {what} was expected.");
        }
    }

    private static void WriteMembers<T>(JsonText text, OrderedDictionary<string, T>? members, Action<JsonText, T> write)
    {
        if (members is null)
        {
            text.WriteString(CellValue.UndefinedText);
            return;
        }
        text.Write('{');
        var first = true;
        foreach (var (id, member) in members)
        {
            if (!first)
            {
                text.Write(',');
            }
            first = false;
            text.WriteString(id);
            text.Write(':');
            write(text, member);
        }
        text.Write('}');
    }

    private static void WriteOrUndefined(JsonText text, CellValue? cell)
    {
        if (cell is { } content)
        {
            text.WriteEncoded(content);
        }
        else
        {
            text.WriteString(CellValue.UndefinedText);
        }
    }
}
