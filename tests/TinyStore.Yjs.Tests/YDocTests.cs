namespace TinyStore.Yjs.Tests;

public class YDocTests
{
    [Fact]
    public void ClientId_Default_IsARandomEvenUInt32AboveZero()
    {
        for (var i = 0; i < 200; i++)
        {
            var id = new YDoc().ClientId;
            Assert.True(id is >= 2 and <= uint.MaxValue - 1 && id % 2 == 0, $"{id}");
        }
    }

    [Fact]
    public void ClientId_WithSeededRandom_Repeats() =>
        Assert.Equal(new YDoc(new YDocOptions { Random = new Random(1) }).ClientId, new YDoc(new YDocOptions { Random = new Random(1) }).ClientId);

    [Fact]
    public void ClientId_Above53Bits_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new YDoc(new YDocOptions { ClientId = 1UL << 53 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new YDoc().ClientId = 1UL << 53);
        Assert.Equal(YItemId.MaxClient, new YDoc { ClientId = YItemId.MaxClient }.ClientId);
    }

    [Fact]
    public void ClientId_SetInsideATransaction_IsRefused()
    {
        var doc = new YDoc();
        doc.Transact(_ => Assert.Throws<InvalidOperationException>(() => doc.ClientId = 4));
        doc.ClientId = 4;
        Assert.Equal(4UL, doc.ClientId);
    }

    [Fact]
    public void ClientId_WhenARemoteTransactionUsesIt_RotatesOnce()
    {
        var first = new YDoc(new YDocOptions { ClientId = 5 });
        first.GetMap("m").Set("x", 1);
        var second = new YDoc(new YDocOptions { ClientId = 5 });
        var raised = 0;
        second.ClientIdChanged += (_, _) => raised++;
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        Assert.Equal(1, raised);
        Assert.NotEqual(5UL, second.ClientId);
        Assert.Equal(0UL, second.ClientId % 2);
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        Assert.Equal(1, raised);
    }

    [Fact]
    public void ClientId_WhenALocalTransactionAlsoAppliesAnUpdate_Stays()
    {
        var other = new YDoc(new YDocOptions { ClientId = 9 });
        other.GetMap("m").Set("y", 1);
        var doc = new YDoc(new YDocOptions { ClientId = 5 });
        doc.Transact(transaction =>
        {
            doc.GetMap("m").Set("x", 1);
            doc.ApplyUpdate(other.EncodeStateAsUpdate());
            Assert.False(transaction.IsLocal);
        });
        Assert.Equal(5UL, doc.ClientId);
        Assert.Equal("""{"x":1,"y":1}""", doc.GetMap("m").ToJson());
    }

    [Fact]
    public void Guid_Default_IsNew() => Assert.NotEqual(new YDoc().Guid, new YDoc().Guid);

    [Fact]
    public void Guid_Given_IsKept() => Assert.Equal("g", new YDoc(new YDocOptions { Guid = "g" }).Guid);

    [Fact]
    public void GetMap_Twice_GivesEqualHandles()
    {
        var doc = new YDoc();
        Assert.True(doc.GetMap("m").Equals(doc.GetMap("m")));
        Assert.True(doc.GetMap("m") == doc.GetMap("m"));
        Assert.Equal(doc.GetMap("m").GetHashCode(), doc.GetMap("m").GetHashCode());
        Assert.True(doc.GetMap("m") != doc.GetMap("n"));
        Assert.True(doc.GetMap("m") != new YDoc().GetMap("m"));
        Assert.True(doc.GetMap("m").IsRoot);
        Assert.Equal("m", doc.GetMap("m").RootName);
        Assert.Null(doc.GetMap("m").Id);
        Assert.Null(doc.GetMap("m").Parent);
        Assert.Null(doc.GetMap("m").ParentKey);
    }

    [Fact]
    public void GetMap_InsideATransaction_Works()
    {
        var doc = new YDoc();
        doc.Transact(_ => doc.GetMap("new").Set("k", 1));
        Assert.Single(doc.GetMap("new"));
    }

    [Fact]
    public void GetClock_CountsElements()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 7 });
        Assert.Equal(0u, doc.GetClock(7));
        doc.GetMap("m").Set("a", 1);
        doc.GetMap("m").Set("a", 2);
        Assert.Equal(2u, doc.GetClock(7));
        Assert.Equal(0u, doc.GetClock(8));
    }

    [Fact]
    public void Dispose_ThenAnyUse_Throws()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        map.Set("a", 1);
        var raised = 0;
        doc.Disposed += (_, _) => raised++;
        doc.Dispose();
        doc.Dispose();
        Assert.Equal(1, raised);
        Assert.True(doc.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => doc.GetMap("m"));
        Assert.Throws<ObjectDisposedException>(() => map.Set("a", 1));
        Assert.Throws<ObjectDisposedException>(() => map.TryGetValue("a", out _));
        Assert.Throws<ObjectDisposedException>(() => doc.ApplyUpdate([0, 0]));
        Assert.Throws<ObjectDisposedException>(() => doc.EncodeStateAsUpdate());
    }

    [Fact]
    public void Dispose_InsideATransaction_IsRefused()
    {
        var doc = new YDoc();
        doc.Transact(_ => Assert.Throws<InvalidOperationException>(doc.Dispose));
        doc.GetMap("m").Observe(_ => Assert.Throws<InvalidOperationException>(doc.Dispose));
        doc.GetMap("m").Set("a", 1);
        doc.Dispose();
    }
}
