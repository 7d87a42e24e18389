using System.Text.Json.Nodes;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>Values of every kind, for our engine and as the oracle protocol writes them.</summary>
internal static class MapValues
{
    private static readonly (YValue Ours, string Protocol)[] All =
    [
        (0, "0"),
        (1, "1"),
        (-64, "-64"),
        (int.MaxValue, "2147483647"),
        (int.MinValue, "-2147483648"),
        (2147483648.0, "2147483648"),
        (0.5, "0.5"),
        (0.1, "0.1"),
        (-0.0, """{"$":"-0"}"""),
        (double.NaN, """{"$":"NaN"}"""),
        (true, "true"),
        (false, "false"),
        (YValue.Null, "null"),
        (YValue.Undefined, """{"$undefined":true}"""),
        ("", "\"\""),
        ("a😀b", "\"a😀b\""),
        (YValue.FromBigInt(-1), """{"$bigint":"-1"}"""),
        (YValue.FromBinary([1, 2, 3]), """{"$bytes":"AQID"}"""),
        (YValue.FromJson("""{"k":[1,"x",null],"a":{}}"""), """{"k":[1,"x",null],"a":{}}"""),
        (YValue.FromJson("[[],0.5]"), "[[],0.5]"),
    ];

    public static int Count => All.Length;

    public static YValue Ours(int index) => All[index].Ours;

    public static JsonNode? Protocol(int index) => JsonNode.Parse(All[index].Protocol);
}
