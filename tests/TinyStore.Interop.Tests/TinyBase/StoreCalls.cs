using System.Text.Json.Nodes;

namespace TinyStore.Interop.Tests.TinyBase;

/// <summary>TinyBase calls as JSON, on our store.</summary>
internal static class StoreCalls
{
    public static JsonArray SetCell(string table, string row, string cell, JsonNode? value) => ["setCell", table, row, cell, value];

    public static JsonArray SetValue(string id, JsonNode? value) => ["setValue", id, value];

    public static JsonArray DelCell(string table, string row, string cell) => ["delCell", table, row, cell];

    public static JsonArray DelRow(string table, string row) => ["delRow", table, row];

    public static JsonArray DelTable(string table) => ["delTable", table];

    public static JsonArray DelValue(string id) => ["delValue", id];

    public static void Run(Store store, JsonArray call)
    {
        string Id(int index) => (string)call[index]!;
        _ = (string?)call[0] switch
        {
            "setCell" => store.SetCell(Id(1), Id(2), Id(3), Cell(call[4])),
            "setValue" => store.SetValue(Id(1), Cell(call[2])),
            "delCell" => store.DeleteCell(Id(1), Id(2), Id(3)),
            "delRow" => store.DeleteRow(Id(1), Id(2)),
            "delTable" => store.DeleteTable(Id(1)),
            "delValue" => store.DeleteValue(Id(1)),
            var other => throw new ArgumentException($"No such call: {other}"),
        };
    }

    public static JsonNode Json(Store store)
    {
        var content = store.GetContent();
        var tables = new JsonObject();
        foreach (var (tableId, table) in content.Tables)
        {
            tables[tableId] = new JsonObject(table.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Key, Json(row.Value))));
        }

        return new JsonArray(tables, Json(content.Values));
    }

    private static JsonObject Json(IEnumerable<KeyValuePair<string, CellValue>> cells) =>
        new(cells.Select(cell => KeyValuePair.Create(cell.Key, JsonNode.Parse(cell.Value.ToJson()))));

    private static CellValue Cell(JsonNode? value) => value is null ? CellValue.Null : CellValue.FromJson(value.ToJsonString());
}
