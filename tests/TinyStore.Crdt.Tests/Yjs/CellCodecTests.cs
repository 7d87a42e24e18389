using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Yjs;

public sealed class CellCodecTests
{
    public static TheoryData<string> Cells => new(
        "null", "true", "false", "0", "-1.5", "1e300", "9007199254740993", "\"\"", "\"text\"", "\"\\uFFFC more\"", "{}", "[]", "{\"a\":[1,null]}", "[\"\\uFFFD\"]");

    [Theory, MemberData(nameof(Cells))]
    public void Encode_ThenDecode_IsTheSame(string json)
    {
        var cell = CellValue.FromJson(json);

        Assert.True(CellCodec.TryDecode(CellCodec.Encode(cell), out var decoded));

        Assert.Equal(cell, decoded);
        Assert.Equal(cell.Kind, decoded.Kind);
    }

    [Fact]
    public void Encode_ObjectsAndArrays_AreTinyBasesStrings()
    {
        Assert.Equal("\uFFFD{\"a\":1}", CellCodec.Encode(CellValue.FromJson("{\"a\":1}")).ToString());
        Assert.Equal("\uFFFD[1]", CellCodec.Encode(CellValue.FromJson("[1]")).ToString());
    }

    [Fact]
    public void TryDecode_WhatNoStoreHolds_IsFalse()
    {
        YValue[] foreign =
        [
            YValue.Undefined, YValue.FromBigInt(1), YValue.FromBinary([1]), YValue.FromJson("{\"a\":1}"), YValue.FromJson("[1]"),
            double.NaN, double.PositiveInfinity, "\uFFFC", "\uFFFD", "\uFFFD5", "\uFFFD{",
        ];

        Assert.All(foreign, value => Assert.False(CellCodec.TryDecode(value, out _)));
        Assert.All(foreign, value => Assert.NotEmpty(CellCodec.Describe(value)));
    }
}
