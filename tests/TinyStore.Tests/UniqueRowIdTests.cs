namespace TinyStore.Tests;

public class UniqueRowIdTests
{
    [Fact]
    public void Make_OfKnownTimeAndBits_HasTheDocumentedShape()
    {
        Assert.Equal("~--------------------", UniqueRowId.Make(0, new byte[9]));
        Assert.Equal("~zzzzzzzzzzzzzzzzzzzz", UniqueRowId.Make((1L << 48) - 1, [255, 255, 255, 255, 255, 255, 255, 255, 255]));
        Assert.Equal("~-------0-----------0", UniqueRowId.Make(1, [0, 0, 0, 0, 0, 0, 0, 0, 1]));
        Assert.Equal("~------0-0-----------", UniqueRowId.Make(64, [4, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void NewUniqueRowId_Many_AreDifferentAndRecognised()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => Store.NewUniqueRowId()).ToHashSet();
        Assert.Equal(10_000, ids.Count);
        Assert.All(ids, id => Assert.True(Store.IsUniqueRowId(id)));
        Assert.All(ids, id => Assert.Equal(id, Uri.EscapeDataString(id)));
    }

    [Fact]
    public void Make_LaterTime_SortsLater()
    {
        long[] times = [0, 1, 63, 64, 1_700_000_000_000, 1_700_000_000_001, (1L << 48) - 1];
        var ids = times.Select(t => UniqueRowId.Make(t, [1, 2, 3, 4, 5, 6, 7, 8, 9])).ToList();
        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("0")]
    [InlineData("r1")]
    [InlineData("-zzzzzzzzzzzzzzzzzzzz")]
    [InlineData("~zzzzzzzzzzzzzzzzzzz")]
    [InlineData("~zzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("~zzzzzzzzzzzzzzzzzzz~")]
    [InlineData("~zzzzzzzzzz zzzzzzzzz")]
    [InlineData("~zzzzzzzzzzézzzzzzzzz")]
    public void IsUniqueRowId_OtherShapes_AreNot(string id) => Assert.False(Store.IsUniqueRowId(id));
}
