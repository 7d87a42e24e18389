using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>Updates that between them hold every kind of struct, content and value.</summary>
internal static class SampleUpdates
{
    public static byte[] EveryKind { get; } = new UpdateBuilder()
        .Group(9007199254740991, 0)
        .Text("hello 😀 world")
        .Any(1, -0.0, 0.1, "x", YValue.Null, YValue.Undefined, true, YValue.FromBigInt(5), YValue.FromBinary([1, 2, 3]), YValue.FromJson("""{"a":[1,{"b":null}],"7":"é"}"""))
        .Item(YContentKind.Json, null, w =>
        {
            w.WriteVarUint(3);
            w.WriteVarString("undefined");
            w.WriteVarString("""{"a":1}""");
            w.WriteVarString("\"x\"");
        })
        .Item(YContentKind.Binary, new YItemId(7, 3), w => w.WriteVarBytes([9, 8, 7]))
        .Item(YContentKind.Embed, null, w => w.WriteVarString("""{"image":"u"}"""))
        .Item(YContentKind.Format, new YItemId(7, 4_000_000_000), w =>
        {
            w.WriteVarString("bold");
            w.WriteVarString("true");
        })
        .Item(YContentKind.Deleted, null, w => w.WriteVarUint(3))
        .Group(4294967296, 17)
        .Skip(3)
        .GC(40)
        .Struct("07 0101 74 00") // array in root "t"
        .Struct("27 00 05 00 016b 01") // map at key "k" of item 5:0
        .Struct("47 05 01 03 0170") // xml element "p" before 5:1
        .Struct("a7 05 02 06") // xml text, key flag without a key
        .Group(1, 0)
        .Struct("2901016d 0164 026731 7601 046d657461 7d01") // subdocument
        .Struct("c8 01 00 05 07 02 7d01 7d02")
        .Delete(9007199254740991, 0, 4)
        .Delete(9007199254740991, 9, 1)
        .Delete(1, 1, 4_000_000_000)
        .ToArray();

    public static byte[] Small { get; } = new UpdateBuilder().Group(2, 0).Text("abc").Any(1, 2).Delete(2, 0, 1).ToArray();

    public static byte[] Deep { get; } = new UpdateBuilder().Group(2, 0).Any(YValue.FromJson(new string('[', 100) + new string(']', 100))).ToArray();

    public static IEnumerable<byte[]> All => [EveryKind, Small, Deep, [0, 0]];
}
