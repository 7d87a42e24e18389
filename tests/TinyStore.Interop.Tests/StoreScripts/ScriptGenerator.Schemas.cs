using System.Text.Json.Nodes;

namespace TinyStore.Interop.Tests.StoreScripts;

// Schemas, sound and unsound ones, and questions.
internal sealed partial class ScriptGenerator
{
    private static readonly string[] Types = ["string", "number", "boolean", "object", "array"];

    private static readonly string[] Defaults = ["1", "\"text\"", "true", "null", "\"small\"", "-0.5"];

    private static readonly string[] Enums = ["[\"small\",\"text\"]", "[1,2,\"text\",true]", "[]", "[null]", "[[1]]", "\"small\""];

    private JsonObject SetSchema()
    {
        _tally.Add("schemas set");
        return _random.Next(9) switch
        {
            0 or 1 or 2 or 3 => Step("setTablesSchema", TablesSchema()),
            4 or 5 => Step("setValuesSchema", Some('v', CellSchema)),
            6 => Step("setSchema", TablesSchema(), Some('v', CellSchema)),
            7 => Step(Chance(2) ? "delTablesSchema" : "delValuesSchema"),
            _ => Step("delSchema"),
        };
    }

    private JsonObject TablesSchema() => Some('t', () => Some('c', CellSchema));

    private JsonNode? CellSchema()
    {
        if (Chance(20))
        {
            return Chance(2) ? JsonValue.Create("string") : new JsonArray();
        }

        var schema = new JsonObject();
        if (Chance(5))
        {
            schema["enum"] = JsonNode.Parse(Enums[_random.Next(Enums.Length)]);
        }
        else
        {
            schema["type"] = Chance(4) ? new JsonArray(Type(), Type()) : Type();
        }

        if (Chance(2))
        {
            schema["default"] = JsonNode.Parse(Defaults[_random.Next(Defaults.Length)]);
        }

        if (Chance(3))
        {
            schema["allowNull"] = !Chance(4);
        }

        if (Chance(4))
        {
            schema["required"] = !Chance(4);
        }

        if (Chance(20))
        {
            schema["unknown"] = 1;
        }

        return schema;
    }

    private JsonNode Type() => Chance(20) ? "date" : Types[_random.Next(Types.Length)];

    private JsonObject Ask() => _random.Next(26) switch
    {
        0 => Step("getTables"),
        1 => Step("getTable", Id('t')),
        2 => Step("getTableIds"),
        3 => Step("getTableCellIds", Id('t')),
        4 => Step("getRowCount", Id('t')),
        5 => Step("getRow", Id('t'), Id('r')),
        6 => Step("getCellIds", Id('t'), Id('r')),
        7 => Step("getValues"),
        8 => Step("getValueIds"),
        9 => Step("getValue", Id('v')),
        10 => Step("hasTables"),
        11 => Step("hasTable", Id('t')),
        12 => Step("hasTableCell", Id('t'), Id('c')),
        13 => Step("hasRow", Id('t'), Id('r')),
        14 => Step("hasCell", Id('t'), Id('r'), Id('c')),
        15 => Step("hasValues"),
        16 => Step("hasValue", Id('v')),
        17 => Step("getJson"),
        18 => Step(Chance(2) ? "getTablesJson" : "getValuesJson"),
        19 => Step(Chance(2) ? "getTablesSchemaJson" : "getValuesSchemaJson"),
        20 => Step("getListenerStats"),
        21 or 22 => new JsonObject { ["op"] = "getSortedRowIds", ["args"] = SortArguments() },
        23 or 24 when _depth > 0 => Step(Chance(2) ? "getTransactionChanges" : "getTransactionLog"),
        _ => Step("getContent"),
    };

    // A listener needs all of them, for TinyBase takes what stands behind them as the listener.
    private JsonArray SortArguments(bool all = false)
    {
        _tally.Add("sorted row ids");
        JsonNode cell = Chance(2) ? JsonValue.Create("n") : Deleted();
        JsonArray arguments = [Id('t'), cell, Chance(2)];
        if (all || Chance(2))
        {
            arguments.Add(_random.Next(3));
            if (all || Chance(2))
            {
                arguments.Add(Chance(2) ? _random.Next(4) : Deleted());
            }
        }

        return arguments;
    }
}
