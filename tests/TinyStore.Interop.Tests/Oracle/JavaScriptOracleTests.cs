using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.Oracle;

/// <summary>What only the JavaScript oracle answers so far, against known bytes and results: the other side is built against it.</summary>
public sealed class JavaScriptOracleTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    [Fact]
    public async Task MapProgram_GivesTheKnownBytes()
    {
        var doc = await JavaScriptDoc.CreateAsync(await node.GetAsync(), 1);
        await doc.ExecuteAsync(Operations("""
            [["map.set",["m","map"],"a",1],["map.set",["m","map"],"n",{"$new":"map"}],["map.set",["m","map","n"],"x","y"],["map.set",["m","map"],"a",2],["map.delete",["m","map"],"n"]]
            """));
        Assert.Equal("010401002101016d0161012101016d016e010001a80100017d020101010003", Hex(await doc.CallAsync("doc.encode", new() { ["v"] = 1 })));
        Assert.Equal("00000241000100000521010000a807046d616d6e41020101000241020104007d020101010002", Hex(await doc.CallAsync("doc.encode", new() { ["v"] = 2 })));
        Assert.Equal("010104", Hex(await doc.CallAsync("doc.sv")));
        Assert.Equal("0101010003010104", Hex(await doc.CallAsync("doc.snapshot")));
    }

    [Fact]
    public async Task Formats_ConvertBothWays()
    {
        var oracle = await node.GetAsync();
        var doc = await JavaScriptDoc.CreateAsync(oracle, 9);
        await doc.EditAtRandomAsync(1, 20);
        var v1 = (string)(await doc.CallAsync("doc.encode", new() { ["v"] = 1 }))!;
        var v2 = (string)(await doc.CallAsync("doc.encode", new() { ["v"] = 2 }))!;
        // yjs does not give the key bit of items that have an origin back, so the bytes differ, and not the effect.
        var converted = (string)(await oracle.CallAsync("update.convert", new() { ["update"] = v1, ["from"] = 1, ["to"] = 2 }))!;
        var back = (string)(await oracle.CallAsync("update.convert", new() { ["update"] = converted, ["from"] = 2, ["to"] = 1 }))!;
        var stateVector = (string)(await doc.CallAsync("doc.sv"))!;
        Assert.Equal(stateVector, (string)(await oracle.CallAsync("update.sv", new() { ["update"] = v2, ["v"] = 2 }))!);

        foreach (var (update, v) in new[] { (v1, 1), (v2, 2), (converted, 2), (back, 1) })
        {
            var copy = await JavaScriptDoc.CreateAsync(oracle);
            await copy.CallAsync("doc.apply", new() { ["update"] = update, ["v"] = v });
            Assert.Equal(v1, (string)(await copy.CallAsync("doc.encode", new() { ["v"] = 1 }))!);
        }
    }

    [Fact]
    public async Task TextsListsAndXml_AreEdited()
    {
        var doc = await JavaScriptDoc.CreateAsync(await node.GetAsync(), 1);
        await doc.ExecuteAsync(Operations("""
            [["text.insert",["t","text"],0,"hello"],["text.format",["t","text"],0,2,{"bold":true}],["text.embed",["t","text"],5,{"image":"x"}],["text.delete",["t","text"],2,1],
             ["array.insert",["l","array"],0,[1,2,{"$new":"map"},{"$bytes":"AQ=="}]],["map.set",["l","array",2],"k",3],["array.delete",["l","array"],0,1],
             ["xml.insert",["x","xml"],0,[{"$new":"xmlElement:p"}]],["xml.insert",["x","xml",0],0,[{"$new":"xmlText"}]],["xml.attr",["x","xml",0],"class","lead"],
             ["text.insert",["x","xml",0,0],0,"inner"]]
            """));
        AssertJson("""[{"insert":"he","attributes":{"bold":true}},{"insert":"lo"},{"insert":{"image":"x"}}]""", await doc.CallAsync("doc.delta", new() { ["root"] = "t" }));
        AssertJson("""[2,{"k":3},{"$bytes":"AQ=="}]""", await doc.JsonAsync("l", "array"));
        AssertJson("\"<p class=\\\"lead\\\">inner</p>\"", await doc.JsonAsync("x", "xml"));
    }

    [Theory]
    [InlineData("""["array.insert",["l","array"],5,[1]]""")]
    [InlineData("""["array.delete",["l","array"],0,9]""")]
    [InlineData("""["text.delete",["t","text"],0,9]""")]
    [InlineData("""["text.insert",["t","text"],-1,"x"]""")]
    [InlineData("""["text.format",["t","text"],0,9,{"b":1}]""")]
    [InlineData("""["text.insert",["t","map"],0,"x"]""")]
    [InlineData("""["array.insert",["l","array"],0,[{"$undefined":true}]]""")]
    public async Task FailingOperation_TakesTheWholeTransactionBack(string operation)
    {
        var doc = await JavaScriptDoc.CreateAsync(await node.GetAsync(), 1);
        await doc.ExecuteAsync(Operations("""[["array.insert",["l","array"],0,[1]],["text.insert",["t","text"],0,"abc"]]"""));
        var before = await doc.EncodeAsync();
        await Assert.ThrowsAsync<OracleException>(() => doc.ExecuteAsync(Operations($$"""[["array.insert",["l","array"],0,["lost"]],["text.insert",["t","text"],0,"lost"],{{operation}}]""")));
        var after = await doc.EncodeAsync();
        Convergence.AssertEqualBytes(before, after, "the document after a failed transaction");
    }

    [Fact]
    public async Task Script_WritesWhatHappenedInOrder()
    {
        var result = await (await node.GetAsync()).CallAsync("store.script", new()
        {
            ["steps"] = JsonNode.Parse("""
                [{"op":"listen","kind":"Cell","args":["t",null,"c"],"id":"cell"},{"op":"listen","kind":"RowIds","args":["t"],"id":"rows","mutator":true},
                 {"op":"begin"},{"op":"setCell","args":["t","r1","c",1]},{"op":"end","rollback":false},
                 {"op":"begin"},{"op":"delTables"},{"op":"end","rollback":true},{"op":"addRow","args":["t",{"c":{"$":"NaN"}}]},
                 {"op":"delListener","args":["cell"]},{"op":"setCell","args":["t","r1","c",2]},{"op":"getCell","args":["t","r1","c"]}]
                """),
        });
        AssertJson("""
            [{"ev":"rows","a":["t",{"idChanges":{"r1":1}}]},{"ev":"cell","a":["t","r1","c",1,{"$":"undefined"}]},
             {"ev":"rows","a":["t",{"idChanges":{"r1":-1}}]},{"ret":{"$":"undefined"}},{"ret":2}]
            """, result);
    }

    [Fact]
    public async Task Repeat_GivesOneTimeARun()
    {
        var oracle = await node.GetAsync();
        foreach (var (op, fields) in new[] { ("doc.load", new JsonObject { ["update"] = "AAA=", ["repeat"] = 3 }), ("store.load", new JsonObject { ["update"] = "AAA=", ["repeat"] = 3 }) })
        {
            var answer = await oracle.TryCallAsync(op, fields);
            Assert.Equal(3, answer["ms"]!.AsArray().Count(time => (double)time! >= 0));
        }
    }

    private static JsonArray Operations(string json) => (JsonArray)JsonNode.Parse(json)!;

    private static void AssertJson(string expected, JsonNode? actual) => Convergence.AssertEqual(("expected", JsonNode.Parse(expected)), ("answer", actual));

    private static string Hex(JsonNode? base64) => Convert.ToHexStringLower(Convert.FromBase64String((string)base64!));
}
