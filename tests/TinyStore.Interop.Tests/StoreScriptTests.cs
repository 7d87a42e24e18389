using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Random scripts of store calls, run by the real TinyBase and by our store: every listener call with its arguments, every
/// returned value, in the same order.
/// </summary>
public sealed class StoreScriptTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Scripts = 300;

    private static readonly (string Kind, int Ids)[] Kinds =
    [
        ("HasTables", 0), ("Tables", 0), ("TableIds", 0), ("HasTable", 1), ("Table", 1), ("TableCellIds", 1), ("HasTableCell", 2), ("RowCount", 1),
        ("RowIds", 1), ("HasRow", 2), ("Row", 2), ("CellIds", 2), ("HasCell", 3), ("Cell", 3), ("InvalidCell", 3), ("HasValues", 0), ("Values", 0),
        ("ValueIds", 0), ("HasValue", 1), ("Value", 1), ("InvalidValue", 1), ("StartTransaction", 0), ("WillFinishTransaction", 0), ("DidFinishTransaction", 0),
    ];

    private static readonly string[] Cells =
    [
        "1", "2", "0.5", "\"text\"", "\"\"", "true", "false", "null", """{"b":1,"a":[1,{"c":null}]}""", "[]", "{}", "[1,2]", """{"$":"NaN"}""", """{"$":"undefined"}""",
        "\"\\uFFFD{}\"", "\"\\uFFFC\"",
    ];

    [Fact]
    public async Task Scripts_OfStoreCalls_GiveTheTranscriptOfTinyBase()
    {
        var theirs = await node.GetAsync();
        await using var ours = Oracles.StartDotNet();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var script = 0; script < Scripts * RandomRuns.Times; script++)
        {
            var steps = Script(new Random(seed + script), tally);
            var answers = await Task.WhenAll(SendAsync(theirs, steps), SendAsync(ours, steps));
            var differences = JsonDiff.Compare(answers[0], answers[1]);
            Assert.True(differences.Count == 0, $"Seed {seed + script}: {string.Join(Environment.NewLine, differences)}{Environment.NewLine}{steps.ToJsonString()}{Environment.NewLine}{answers[0]?.ToJsonString()}{Environment.NewLine}{answers[1]?.ToJsonString()}");
            Count(answers[0]!, tally);
        }

        Assert.Equal(0, await ours.StopAsync());
        tally.AssertMet("transactions rolled back", "nested transactions", "listeners with wildcards", "events", "values returned", "invalid cells heard");
    }

    private static Task<JsonNode?> SendAsync(JsonLineProcess oracle, JsonArray steps) =>
        oracle.CallAsync("store.script", new() { ["steps"] = steps.DeepClone() });

    private static void Count(JsonNode transcript, Tally tally)
    {
        foreach (var entry in transcript.AsArray())
        {
            var isEvent = entry!.AsObject().ContainsKey("ev");
            tally.Add(isEvent ? "events" : "values returned");
            tally.Add("invalid cells heard", isEvent && ((string)entry["ev"]!).StartsWith("InvalidCell", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    private static JsonArray Script(Random random, Tally tally)
    {
        JsonArray steps = [];
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            steps.Add(Listen(random, tally));
        }

        var depth = 0;
        for (var i = random.Next(5, 30); i > 0; i--)
        {
            if (random.Next(6) == 0)
            {
                steps.Add(new JsonObject { ["op"] = "begin" });
                depth++;
                tally.Add("nested transactions", depth > 1 ? 1 : 0);
            }
            else if (depth > 0 && random.Next(3) == 0)
            {
                steps.Add(End(random, ref depth, tally));
            }
            else
            {
                steps.Add(Call(random));
            }
        }

        while (depth > 0)
        {
            steps.Add(End(random, ref depth, tally));
        }

        steps.Add(Step("getContent"));
        steps.Add(Step("getJson"));
        return steps;
    }

    private static JsonObject Listen(Random random, Tally tally)
    {
        var (kind, count) = Kinds[random.Next(Kinds.Length)];
        JsonArray ids = [];
        for (var i = 0; i < count; i++)
        {
            var any = random.Next(2) == 0;
            tally.Add("listeners with wildcards", any ? 1 : 0);
            ids.Add(any ? null : JsonValue.Create(kind.Contains("Value", StringComparison.Ordinal) ? ValueId(random) : i switch
            {
                0 => TableId(random),
                1 when kind != "HasTableCell" => RowId(random),
                _ => CellId(random),
            }));
        }

        return new() { ["op"] = "listen", ["kind"] = kind, ["args"] = ids, ["id"] = $"{kind}{random.Next(1_000_000)}", ["mutator"] = random.Next(4) == 0 };
    }

    private static JsonObject End(Random random, ref int depth, Tally tally)
    {
        depth--;
        var rollback = random.Next(4) == 0;
        tally.Add("transactions rolled back", rollback && depth == 0 ? 1 : 0);
        return new() { ["op"] = "end", ["rollback"] = rollback };
    }

    private static JsonObject Call(Random random) => random.Next(26) switch
    {
        0 => Step("setTables", Tables(random)),
        1 => Step("setTable", TableId(random), Table(random)),
        2 or 3 => Step("setRow", TableId(random), RowId(random), Row(random)),
        4 => Step("setPartialRow", TableId(random), RowId(random), Row(random)),
        5 or 6 or 7 or 8 => Step("setCell", TableId(random), RowId(random), CellId(random), Cell(random)),
        9 or 10 => Step("addRow", TableId(random), Row(random)),
        11 => Step("setValues", Row(random)),
        12 => Step("setPartialValues", Row(random)),
        13 or 14 => Step("setValue", ValueId(random), Cell(random)),
        15 => Step("delTables"),
        16 => Step("delTable", TableId(random)),
        17 => Step("delRow", TableId(random), RowId(random)),
        18 or 19 => Step("delCell", TableId(random), RowId(random), CellId(random), random.Next(2) == 0),
        20 => Step("delValue", ValueId(random)),
        21 => Step("delValues"),
        22 => Step("setContent", new JsonArray(Tables(random), Row(random))),
        23 => Step("getRowIds", TableId(random)),
        24 => Step("applyChanges", Changes(random)),
        _ => Step("getCell", TableId(random), RowId(random), CellId(random)),
    };

    private static JsonObject Step(string op, params JsonNode?[] arguments) => new() { ["op"] = op, ["args"] = new JsonArray(arguments) };

    private static JsonArray Changes(Random random)
    {
        var deleted = JsonNode.Parse("""{"$":"undefined"}""");
        JsonNode? Row3() => random.Next(4) == 0 ? deleted!.DeepClone() : new JsonObject { [CellId(random)] = random.Next(3) == 0 ? deleted!.DeepClone() : Cell(random) };
        JsonNode? Table3() => random.Next(5) == 0 ? deleted!.DeepClone() : new JsonObject { [RowId(random)] = Row3() };
        return [new JsonObject { [TableId(random)] = Table3() }, new JsonObject { [ValueId(random)] = random.Next(3) == 0 ? deleted!.DeepClone() : Cell(random) }, 1];
    }

    private static JsonObject Tables(Random random) => Some(random, TableId, () => Table(random));

    private static JsonObject Table(Random random) => Some(random, RowId, () => Row(random));

    private static JsonObject Row(Random random) => Some(random, CellId, () => Cell(random));

    private static JsonObject Some(Random random, Func<Random, string> id, Func<JsonNode?> value)
    {
        var result = new JsonObject();
        for (var i = random.Next(0, 4); i > 0; i--)
        {
            result[id(random)] = value();
        }

        return result;
    }

    private static JsonNode? Cell(Random random) => JsonNode.Parse(Cells[random.Next(Cells.Length)]);

    private static string TableId(Random random) => $"t{random.Next(2)}";

    private static string RowId(Random random) => random.Next(2) == 0 ? $"{random.Next(3)}" : $"r{random.Next(2)}";

    private static string CellId(Random random) => $"c{random.Next(3)}";

    private static string ValueId(Random random) => $"c{random.Next(3)}";
}
