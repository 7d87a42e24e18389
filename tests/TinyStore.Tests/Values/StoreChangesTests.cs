namespace TinyStore.Tests.Values;

public class StoreChangesTests
{
    private const string Json =
        "[{\"t1\":\"\uFFFC\",\"t2\":{\"r1\":\"\uFFFC\",\"r2\":{\"c1\":\"\uFFFC\",\"c2\":null,\"c3\":\"\uFFFD[1]\"}}},{\"v1\":1,\"v2\":\"\uFFFC\"},1]";

    [Fact]
    public void ToJson_Deletions_AreTheReservedString()
    {
        var changes = new StoreChanges(
            new TablesChanges
            {
                ["t1"] = null,
                ["t2"] = new() { ["r1"] = null, ["r2"] = new() { ["c1"] = null, ["c2"] = CellValue.Null, ["c3"] = CellValue.FromJson("[1]") } },
            },
            new ValuesChanges { ["v1"] = 1, ["v2"] = null });
        Assert.Equal(Json, changes.ToJson());
        Assert.False(changes.IsEmpty);
        Assert.True(new StoreChanges().IsEmpty);
    }

    [Fact]
    public void FromJson_WhatToJsonWrote_IsTheSame() => Assert.Equal(Json, StoreChanges.FromJson(Json).ToJson());

    [Theory]
    [InlineData("[{},{},2]", "the third element must be 1")]
    [InlineData("[{},{}]", "the third element must be 1")]
    [InlineData("{}", "an array [tables, values, 1] was expected")]
    [InlineData("[{\"t\":5},{},1]", "an object was expected")]
    [InlineData("[{},{},1,2]", "the end of the array")]
    [InlineData("[{},", "not valid JSON of changes")]
    public void FromJson_OtherShape_SaysWhatIsWrong(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => StoreChanges.FromJson(json)).Message, StringComparison.Ordinal);
}
