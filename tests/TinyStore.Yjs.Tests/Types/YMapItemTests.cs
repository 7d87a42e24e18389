namespace TinyStore.Yjs.Tests.Types;

public class YMapItemTests
{
    [Fact]
    public void TryGetLastItem_ShowsTheHistoryOfAKey()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2, Gc = false });
        var map = doc.GetMap("m");
        Assert.False(map.TryGetLastItem("k", out _));
        map.SetMap("k");
        map.Set("k", "text");
        map.Delete("k");
        Assert.True(map.TryGetLastItem("k", out var last));
        Assert.Equal((new YItemId(2, 1), new YItemId(2, 1), "k"), (last.Id, last.LastId, last.Key));
        Assert.True(last.IsDeleted);
        Assert.True(last.IsLast);
        Assert.False(last.IsMap);
        Assert.Equal("text", last.Value);
        Assert.Equal(new YItemId(2, 0), last.Origin);
        Assert.Equal(map, last.Parent);
        Assert.True(last.TryGetPrevious(out var first));
        Assert.True(first.IsMap && first.IsDeleted && !first.IsLast);
        Assert.Null(first.Origin);
        Assert.False(first.TryGetPrevious(out _));
    }

    [Fact]
    public void LastId_OfAMergedItem_IsThatOfItsLastElement()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        for (var i = 0; i < 5; i++)
        {
            doc.GetMap("m").Set("k", i);
        }

        doc.GetMap("m").Delete("k");
        Assert.True(doc.GetMap("m").TryGetLastItem("k", out var item));
        Assert.Equal((new YItemId(2, 0), new YItemId(2, 4)), (item.Id, item.LastId));
        Assert.Equal(YValue.Undefined, item.Value); // collected
    }

    [Fact]
    public void Item_UsedAfterALaterTransaction_Throws()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        map.Set("k", 1);
        map.TryGetLastItem("k", out var item);
        Assert.Equal("k", item.Key);
        map.Set("k", 2);
        Assert.Throws<InvalidOperationException>(() => item.Key);
        Assert.Throws<InvalidOperationException>(() => item.Value);
        doc.Transact(_ =>
        {
            map.TryGetLastItem("k", out var inside);
            map.Set("k", 3);
            Assert.True(inside.IsDeleted); // still valid: nothing is cleaned up yet
            Assert.Equal(2, inside.Value);
        });
    }
}
