using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>Every kind of value, one by one: the same bytes where ours writes and where yjs writes, read back at either side.</summary>
public sealed class ValueKindTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private static readonly Dictionary<string, (YValue Ours, string Protocol)> Kinds = new()
    {
        ["undefined"] = (YValue.Undefined, """{"$undefined":true}"""),
        ["null"] = (YValue.Null, "null"),
        ["true"] = (true, "true"),
        ["false"] = (false, "false"),
        ["zero"] = (0, "0"),
        ["negative zero"] = (-0.0, """{"$":"-0"}"""),
        ["not a number"] = (double.NaN, """{"$":"NaN"}"""),
        ["infinity"] = (double.PositiveInfinity, """{"$":"Infinity"}"""),
        ["negative infinity"] = (double.NegativeInfinity, """{"$":"-Infinity"}"""),
        ["largest integer of 31 bits"] = (int.MaxValue, "2147483647"),
        ["smallest of 32 bits"] = (int.MinValue, "-2147483648"),
        ["largest safe integer"] = (9007199254740991d, "9007199254740991"),
        ["float of 32 bits"] = (0.5, "0.5"),
        ["float of 64 bits"] = (0.1, "0.1"),
        ["smallest float"] = (double.Epsilon, "5e-324"),
        ["smallest bigint"] = (YValue.FromBigInt(long.MinValue), """{"$bigint":"-9223372036854775808"}"""),
        ["largest bigint"] = (YValue.FromBigInt(long.MaxValue), """{"$bigint":"9223372036854775807"}"""),
        ["empty text"] = ("", "\"\""),
        ["text"] = ("grün 😀\n\"", "\"grün 😀\\n\\\"\""),
        ["bytes"] = (YValue.FromBinary([0, 1, 255]), """{"$bytes":"AAH/"}"""),
        ["no bytes"] = (YValue.FromBinary([]), """{"$bytes":""}"""),
        ["array"] = (YValue.FromArray(1, YValue.Undefined, YValue.FromBigInt(1), YValue.FromBinary([1]), double.NaN, -0.0, YValue.FromArray()), """[1,{"$undefined":true},{"$bigint":"1"},{"$bytes":"AQ=="},{"$":"NaN"},{"$":"-0"},[]]"""),
        ["object"] = (YValue.FromObject(new Dictionary<string, YValue> { ["b"] = YValue.Null, ["10"] = 1, ["9"] = YValue.FromObject([]), ["u"] = YValue.Undefined }), """{"b":null,"10":1,"9":{},"u":{"$undefined":true}}"""),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AValue_HasTheBytesOfYjs_WrittenHereOrThere(string name)
    {
        var (value, protocol) = Kinds[name];
        var oracle = await node.GetAsync();
        var theirs = await JavaScriptDoc.CreateAsync(oracle, 7);
        using var ours = new YDoc(new YDocOptions { ClientId = 7 });
        var update = await theirs.ExecuteAsync([new JsonArray("map.set", new JsonArray("m", "map"), "k", JsonNode.Parse(protocol))]);
        ours.GetMap("m").Set("k", value);
        Convergence.AssertEqualBytes(update!, ours.EncodeStateAsUpdate(), "update");
        Convergence.AssertEqualBytes(await theirs.EncodeAsync(null, 2), ours.EncodeStateAsUpdateV2(), "update in V2");

        foreach (var version in (int[])[1, 2])
        {
            using var copy = new YDoc();
            var state = await theirs.EncodeAsync(null, version);
            if (version == 2)
            {
                copy.ApplyUpdateV2(state);
            }
            else
            {
                copy.ApplyUpdate(state);
            }

            var read = copy.GetMap("m")["k"];
            Assert.Equal(value, read);
            Assert.Equal(value.ToJson(), read.ToJson()); // tells -0 from 0
            Convergence.AssertEqual(("the value", JsonNode.Parse(protocol)), ("read", read.ToJsonNode()));
            Convergence.AssertEqualBytes(await theirs.EncodeAsync(null, version), version == 2 ? copy.EncodeStateAsUpdateV2() : copy.EncodeStateAsUpdate(), $"V{version} written again");

            var reader = await JavaScriptDoc.CreateAsync(oracle);
            await reader.ApplyAsync(version == 2 ? ours.EncodeStateAsUpdateV2() : ours.EncodeStateAsUpdate(), version);
            Convergence.AssertEqual(("the value", JsonNode.Parse(protocol)), ("read by yjs", (await reader.JsonAsync("m"))!["k"]?.DeepClone()));
            await reader.FreeAsync();
        }

        await theirs.FreeAsync();
    }
}
