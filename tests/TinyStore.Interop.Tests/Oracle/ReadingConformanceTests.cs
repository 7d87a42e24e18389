using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.Oracle;

/// <summary>
/// The oracle's reading operations on documents with text, lists and XML, which yjs made: both programs get the same bytes and
/// the same requests, and give the same answers.
/// </summary>
public sealed class ReadingConformanceTests
{
    private const string Content = """
        [["text.insert",["t","text"],0,"hello wörld 😀"],
         ["text.format",["t","text"],0,5,{"bold":true,"link":{"href":"x","n":[1,null]}}],
         ["text.format",["t","text"],2,6,{"em":"yes"}],
         ["text.embed",["t","text"],3,{"image":"a.png","size":1.5},{"bold":null}],
         ["text.embed",["t","text"],0,{"$new":"map"}],
         ["text.insert",["t","text"],4,"plain",{"10":"ten","9":{"$":"NaN"}}],
         ["text.delete",["t","text"],1,2],
         ["array.insert",["l","array"],0,[1,"two",null,{"$new":"map"},{"k":[{"$bigint":"5"}]},{"$bytes":"AQID"},{"$":"-0"},{"$new":"text"},{"$new":"array"},{"$new":"xmlElement:p"}]],
         ["array.delete",["l","array"],1,1],
         ["text.insert",["l","array",6],0,"nested",{"b":1}],
         ["map.set",["l","array",2],"deep",{"$undefined":true}],
         ["xml.insert",["x","xml"],0,[{"$new":"xmlElement:Div"},{"$new":"xmlText"},{"$new":"xmlElement:br"}]],
         ["xml.attr",["x","xml",0],"class","a \"quoted\" <b>"],
         ["xml.attr",["x","xml",0],"A",5],
         ["xml.attr",["x","xml",0],"list",[1,null,{"a":1}]],
         ["xml.insert",["x","xml",0],0,[{"$new":"xmlText"},{"$new":"xmlElement:h1"}]],
         ["text.insert",["x","xml",0,0],0,"bold & <plain>"],
         ["text.format",["x","xml",0,0],0,4,{"b":{"z":1,"a":"x"},"i":true}],
         ["text.embed",["x","xml",0,0],2,{"$new":"map"}],
         ["text.embed",["x","xml",0,0],3,{"o":1}],
         ["text.insert",["x","xml",1],0,"tail",{"code":"js"}],
         ["map.set",["m","map"],"sub",{"$new":"xmlElement:a"}],
         ["xml.attr",["m","map","sub"],"href","y"],
         ["map.set",["m","map"],"t",{"$new":"xmlText"}],
         ["text.insert",["m","map","t"],0,"x",{"s":{}}]]
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DocumentsOfYjs_SameRequests_SameAnswers(int version)
    {
        await using var both = await Pair.StartAsync();
        var update = await MakeAsync(both.Theirs, Content, version);
        string[] requests =
        [
            """{"op":"doc.new","doc":"a"}""",
            $$"""{"op":"doc.apply","doc":"a","v":{{version}},"update":"{{update}}"}""",
            """{"op":"doc.delta","doc":"a","root":"t"}""",
            """{"op":"doc.json","doc":"a","root":"t","type":"text"}""",
            """{"op":"doc.json","doc":"a","root":"l","type":"array"}""",
            """{"op":"doc.json","doc":"a","root":"x","type":"xml"}""",
            """{"op":"doc.json","doc":"a","root":"m","type":"map"}""",
            // What is not there, and what is asked for in a wrong way.
            """{"op":"doc.delta","doc":"a","root":"nothing"}""",
            """{"op":"doc.delta","doc":"a","root":""}""",
            """{"op":"doc.delta","doc":"a","root":"l"}""",
            """{"op":"doc.delta","doc":"a","root":7}""",
            """{"op":"doc.delta","doc":"a"}""",
            """{"op":"doc.delta","doc":"none","root":"t"}""",
            """{"op":"doc.delta","root":"t"}""",
            """{"op":"doc.json","doc":"a","root":"t","type":"array"}""",
            """{"op":"doc.json","doc":"a","root":"t"}""",
            """{"op":"doc.json","doc":"a","type":"map"}""",
            """{"op":"doc.json","doc":"a","root":"__proto__","type":"map"}""",
            """{"op":"doc.snapshot","doc":"a"}""",
            """{"op":"doc.snapshot","doc":"a","v":2}""",
            """{"op":"doc.snapshot","doc":"none"}""",
            """{"op":"doc.encode","doc":"a","v":1}""",
            """{"op":"doc.encode","doc":"a","v":2,"repeat":3}""",
            """{"op":"doc.encode","doc":"a","v":1,"sv":"AQEE","repeat":1}""",
            """{"op":"doc.encode","doc":"a","v":1,"repeat":0}""",
            """{"op":"doc.encode","doc":"a","v":1,"repeat":1.5}""",
            """{"op":"doc.encode","doc":"a","v":1,"repeat":"2"}""",
            """{"op":"doc.encode","doc":"a","v":"1"}""",
            $$"""{"op":"doc.load","v":{{version}},"update":"{{update}}"}""",
            $$"""{"op":"doc.load","v":{{version}},"update":"{{update}}","repeat":3}""",
            $$"""{"op":"doc.load","v":{{version}},"update":"{{update}}","repeat":-1}""",
            $$"""{"op":"doc.load","v":{{version}},"update":"{{update[..^8]}}","repeat":2}""",
            """{"op":"doc.load","repeat":2}""",
            // Another document that read them as something else first.
            """{"op":"doc.new","doc":"b","gc":false}""",
            $$"""{"op":"doc.apply","doc":"b","v":{{version}},"update":"{{update}}"}""",
            """{"op":"doc.json","doc":"b","root":"l","type":"text"}""",
            """{"op":"doc.delta","doc":"b","root":"m"}""",
            """{"op":"doc.json","doc":"b","root":"x","type":"array"}""",
            """{"op":"doc.json","doc":"b","root":"t","type":"map"}""",
            """{"op":"doc.snapshot","doc":"b"}""",
            """{"op":"doc.encode","doc":"b","v":1}""",
        ];
        foreach (var request in requests)
        {
            await both.AssertSameAsync(request);
        }
    }

    [Fact]
    public async Task StoreLoad_OfBothFormats_SameAnswers()
    {
        await using var both = await Pair.StartAsync();
        const string table = """[["map.set",["tinybase","map"],"t",{"$new":"map"}],["map.set",["tinybase","map"],"v",{"$new":"map"}],["map.set",["tinybase","map","v"],"open",true]]""";
        foreach (var version in (int[])[1, 2])
        {
            var update = await MakeAsync(both.Theirs, table, version);
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}},"update":"{{update}}"}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}},"update":"{{update}}","repeat":2}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}},"update":"{{update}}","root":"elsewhere"}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}},"update":"{{update}}","repeat":0}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{3 - version}},"update":"{{update}}"}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}},"update":"AQ=="}""");
            await both.AssertSameAsync($$"""{"op":"store.load","v":{{version}}}""");
        }

        await both.AssertSameAsync("""{"op":"store.load","v":3,"update":"AAA="}""");
    }

    /// <summary>What only yjs can write: ours says so, and neither the document nor the rehearsal has changed.</summary>
    [Fact]
    public async Task EditsThatAreNotSupported_SayWhy_AndChangeNothing()
    {
        await using var both = await Pair.StartAsync();
        var update = await MakeAsync(both.Theirs, Content, 1);
        await both.AssertSameAsync("""{"op":"doc.new","doc":"a","clientId":9}""");
        await both.AssertSameAsync($$"""{"op":"doc.apply","doc":"a","v":1,"update":"{{update}}"}""");
        foreach (var operation in (string[])
        [
            """["text.insert",["t","text"],0,"x"]""", """["text.delete",["t","text"],0,1]""", """["text.format",["t","text"],0,1,{"b":1}]""",
            """["text.embed",["t","text"],0,{}]""", """["array.insert",["l","array"],0,[1]]""", """["array.delete",["l","array"],0,1]""",
            """["xml.insert",["x","xml"],0,[{"$new":"xmlText"}]]""", """["xml.attr",["x","xml",0],"a","b"]""",
            """["map.set",["m","map"],"k",{"$new":"array"}]""", """["map.set",["m","map"],"k",{"$new":"xmlElement:p"}]""",
        ])
        {
            foreach (var ops in (string[])[operation, $"""["map.set",["m","map"],"before",1],{operation}"""])
            {
                var answer = await both.Ours.SendLineAsync($$"""{"op":"doc.exec","doc":"a","ops":[{{ops}}]}""");
                Assert.False(JsonLineProcess.IsOk(answer));
                Assert.Matches("is not supported|can make", (string)answer["error"]!);
                await both.AssertSameAsync("""{"op":"doc.encode","doc":"a","v":1}""");
            }
        }

        await both.AssertSameAsync("""{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"k",1],["map.set",["m","map"],"n",{"$new":"map"}]]}""");
        await both.AssertSameAsync("""{"op":"doc.encode","doc":"a","v":2}""");
    }

    private static async Task<string> MakeAsync(JsonLineProcess theirs, string operations, int version)
    {
        var doc = await JavaScriptDoc.CreateAsync(theirs, 300);
        await doc.ExecuteAsync(JsonNode.Parse(operations)!.AsArray());
        var update = Convert.ToBase64String(await doc.EncodeAsync(null, version));
        await doc.FreeAsync();
        return update;
    }

    /// <summary>Both programs.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        public required JsonLineProcess Theirs { get; init; }

        public required JsonLineProcess Ours { get; init; }

        public static async Task<Pair> StartAsync() => new() { Theirs = await Oracles.StartNodeAsync(), Ours = Oracles.StartDotNet() };

        public async Task AssertSameAsync(string request)
        {
            var expected = await Theirs.SendLineAsync(request);
            var actual = await Ours.SendLineAsync(request);
            var both = $"{request}{Environment.NewLine}JavaScript: {expected.ToJsonString()}{Environment.NewLine}.NET: {actual.ToJsonString()}";
            Assert.True(JsonLineProcess.IsOk(expected) == JsonLineProcess.IsOk(actual), both);
            Assert.True(JsonDiff.AreEqual(expected["result"], actual["result"]), both);
            Assert.True((expected["ms"] as JsonArray)?.Count == (actual["ms"] as JsonArray)?.Count, both);
            Assert.True(JsonLineProcess.IsOk(actual) || !string.IsNullOrWhiteSpace((string?)actual["error"]), both);
        }

        public async ValueTask DisposeAsync()
        {
            await Theirs.DisposeAsync();
            await Ours.DisposeAsync();
        }
    }
}
