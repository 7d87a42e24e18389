using System.Globalization;
using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>
/// The arguments of a call of a TinyBase method, taken as JavaScript would: ids are turned into strings, what is left out is
/// undefined.
/// </summary>
internal readonly struct StoreArguments
{
    private readonly JsonElement[] _arguments;

    public StoreArguments(IEnumerable<JsonElement> arguments)
    {
        _arguments = [.. arguments];
    }

    public JsonElement this[int index] => index < _arguments.Length ? _arguments[index] : default;

    public bool IsGiven(int index) => !CellJson.IsUndefined(this[index]);

    public string Id(int index) => this[index].ValueKind switch
    {
        JsonValueKind.String => this[index].GetString()!,
        JsonValueKind.Undefined => "undefined",
        _ => this[index].GetRawText(),
    };

    /// <summary>An id, or null for any.</summary>
    public string? OptionalId(int index) =>
        this[index].ValueKind == JsonValueKind.Null || !IsGiven(index) ? null : Id(index);

    public bool Boolean(int index, bool otherwise = false) => this[index].ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => otherwise,
    };

    public int? Integer(int index) => this[index].ValueKind == JsonValueKind.Number ? (int)this[index].GetDouble() : null;

    public string Text(int index) => this[index].ValueKind == JsonValueKind.String
        ? this[index].GetString()!
        : throw new OracleRequestException(string.Create(CultureInfo.InvariantCulture, $"Argument {index} must be a string."));

    public CellValue Cell(int index) => CellJson.Read(this[index]);

    public Row Row(int index) => ReadRow(this[index]);

    public Table Table(int index) => ReadTable(this[index]);

    public Tables Tables(int index) => ReadTables(this[index]);

    public Values Values(int index) => ReadValues(this[index]);

    public (Tables Tables, Values? Values) Content(int index)
    {
        var content = this[index];
        if (content.ValueKind != JsonValueKind.Array || content.GetArrayLength() == 0)
        {
            throw new OracleRequestException("Content must be an array of tables and values.");
        }

        return (ReadTables(content[0]), content.GetArrayLength() > 1 ? ReadValues(content[1]) : null);
    }

    public StoreChanges Changes(int index)
    {
        var json = this[index];
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() < 2)
        {
            throw new OracleRequestException("Changes must be an array of tables, values and 1.");
        }

        var changes = new StoreChanges();
        foreach (var (tableId, table) in JavaScriptObject.Properties(json[0]))
        {
            changes.Tables[tableId] = CellJson.IsUndefined(table) ? null : ReadTableChanges(table);
        }

        foreach (var (valueId, value) in JavaScriptObject.Properties(json[1]))
        {
            changes.Values[valueId] = CellJson.IsUndefined(value) ? default(CellValue?) : CellJson.Read(value);
        }

        return changes;
    }

    private static TableChanges ReadTableChanges(JsonElement json)
    {
        var table = new TableChanges();
        foreach (var (rowId, row) in JavaScriptObject.Properties(json))
        {
            table[rowId] = CellJson.IsUndefined(row) ? null : ReadRowChanges(row);
        }

        return table;
    }

    private static RowChanges ReadRowChanges(JsonElement json)
    {
        var row = new RowChanges();
        foreach (var (cellId, cell) in JavaScriptObject.Properties(json))
        {
            row[cellId] = CellJson.IsUndefined(cell) ? default(CellValue?) : CellJson.Read(cell);
        }

        return row;
    }

    private static Row ReadRow(JsonElement json)
    {
        var row = new Row();
        foreach (var (cellId, cell) in JavaScriptObject.Properties(json))
        {
            row[cellId] = CellJson.Read(cell);
        }

        return row;
    }

    private static Table ReadTable(JsonElement json)
    {
        var table = new Table();
        foreach (var (rowId, row) in JavaScriptObject.Properties(json))
        {
            table[rowId] = ReadRow(row);
        }

        return table;
    }

    private static Tables ReadTables(JsonElement json)
    {
        var tables = new Tables();
        foreach (var (tableId, table) in JavaScriptObject.Properties(json))
        {
            tables[tableId] = ReadTable(table);
        }

        return tables;
    }

    private static Values ReadValues(JsonElement json)
    {
        var values = new Values();
        foreach (var (valueId, value) in JavaScriptObject.Properties(json))
        {
            values[valueId] = CellJson.Read(value);
        }

        return values;
    }
}
