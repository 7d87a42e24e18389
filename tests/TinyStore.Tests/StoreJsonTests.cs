using System.Buffers;
using System.Text;

namespace TinyStore.Tests;

public class StoreJsonTests
{
    private readonly Store _store = new();

    [Fact]
    public void GetJson_WritesObjectsInTheirEncodedForm()
    {
        _store.SetRow("t\"", "r", new() { ["s"] = "\n", ["n"] = -0.0, ["b"] = false, ["z"] = CellValue.Null, ["o"] = CellValue.FromJson("{\"k\":\"é\"}") }).SetValue("v", 1e21);
        Assert.Equal("[{\"t\\\"\":{\"r\":{\"s\":\"\\n\",\"n\":0,\"b\":false,\"z\":null,\"o\":\"\uFFFD{\\\"k\\\":\\\"é\\\"}\"}}},{\"v\":1e+21}]", _store.GetJson());
        Assert.Equal("{\"v\":1e+21}", _store.GetValuesJson());
        var buffer = new ArrayBufferWriter<byte>();
        _store.WriteJson(buffer);
        Assert.Equal(_store.GetJson(), Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void WriteJson_LongTextOfEveryWidth_IsWhole()
    {
        _store.SetValue("v", string.Concat(Enumerable.Repeat("aé€😀", 20_001)));
        var buffer = new ArrayBufferWriter<byte>();
        _store.WriteJson(buffer);
        Assert.Equal(_store.GetJson(), Encoding.UTF8.GetString(buffer.WrittenSpan));
        Assert.Equal(_store.GetJson(), new Store().SetJson(buffer.WrittenSpan).GetJson());
    }

    [Fact]
    public void SetJson_WhatGetJsonWrote_IsTheSameContent()
    {
        _store.SetRow("t", "r", new() { ["s"] = "\uD800x", ["n"] = 0.1, ["o"] = CellValue.FromJson("[{}]"), ["z"] = CellValue.Null }).SetValue("v", "\u2028");
        var other = new Store().SetValue("gone", 1).SetCell("gone", "r", "c", 1).SetJson(_store.GetJson());
        Assert.Equal(_store.GetJson(), other.GetJson());
        Assert.Equal(CellKind.Array, other.GetCell("t", "r", "o")!.Value.Kind);
        Assert.Equal("\uD800x", other.GetCell("t", "r", "s"));
    }

    [Theory]
    [InlineData("[{},{}]", "[{},{}]")]
    [InlineData("[{\"t\":{\"r\":{\"c\":1}}},{\"w\":2}]", "[{\"t\":{\"r\":{\"c\":1}}},{\"w\":2}]")]
    [InlineData("{\"t\":{\"r\":{\"c\":1}}}", "[{\"t\":{\"r\":{\"c\":1}}},{\"v\":1}]")]
    [InlineData("{}", "[{},{\"v\":1}]")]
    [InlineData("[{}]", "[{},{\"v\":1}]")]
    [InlineData("[{},{\"v\":2},7]", "[{},{\"v\":2}]")]
    [InlineData("[5,{}]", "[{\"old\":{\"r\":{\"c\":0}}},{}]")]
    [InlineData("7", "[{\"old\":{\"r\":{\"c\":0}}},{\"v\":1}]")]
    [InlineData("[{\"t\":{\"r\":{\"c\":{\"a\": 1}}}},{}]", "[{\"t\":{\"r\":{\"c\":\"\uFFFD{\\\"a\\\":1}\"}}},{}]")]
    [InlineData("[{\"t\":{\"r\":{\"c\":\"\uFFFDx\",\"d\":1},\"s\":3},\"u\":[]},{}]", "[{\"t\":{\"r\":{\"d\":1}}},{}]")]
    public void SetJson_OfManyShapes_TakesWhatIsValid(string json, string expected)
    {
        _store.SetCell("old", "r", "c", 0).SetValue("v", 1).SetJson(json);
        Assert.Equal(expected, _store.GetJson());
    }

    [Fact]
    public void SetTablesJsonAndSetValuesJson_ReplaceTheirPart()
    {
        _store.SetCell("old", "r", "c", 0).SetValue("v", 1);
        _store.SetTablesJson("{\"t\":{\"r\":{\"c\":1}}}").SetValuesJson("{\"w\":2}");
        Assert.Equal("[{\"t\":{\"r\":{\"c\":1}}},{\"w\":2}]", _store.GetJson());
        _store.SetTablesJson("{}").SetValuesJson("{}");
        Assert.Equal("[{},{}]", _store.GetJson());
        var lines = new Recorder(_store).ListenToInvalid();
        _store.SetTablesJson("[]").SetValuesJson("null");
        Assert.Equal(["invalidCell - - - undefined", "invalidValue - undefined"], lines.Take());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{}")]
    [InlineData("[{},{}] x")]
    public void SetJson_NoJson_ThrowsAndChangesNothing(string json)
    {
        _store.SetCell("t", "r", "c", 0);
        var started = 0;
        _store.AddStartTransactionListener(_ => started++);
        Assert.Throws<FormatException>(() => _store.SetJson(json));
        Assert.Throws<FormatException>(() => _store.SetJson(Encoding.UTF8.GetBytes(json)));
        Assert.Throws<FormatException>(() => _store.SetTablesJson(json));
        Assert.Throws<FormatException>(() => _store.SetValuesJson(json));
        Assert.Equal(0, started);
        Assert.Equal(0, _store.GetCell("t", "r", "c"));
    }

    [Fact]
    public void SetJson_BytesThatAreNoUtf8_Throw() => Assert.Throws<FormatException>(() => _store.SetJson([0x5b, 0x22, 0xff, 0x22, 0x5d]));
}
