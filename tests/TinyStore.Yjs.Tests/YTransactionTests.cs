namespace TinyStore.Yjs.Tests;

public class YTransactionTests
{
    [Fact]
    public void WriteAs_MakesTheSameOperationAtEveryPeer()
    {
        static YDoc Peer(ulong id, string key)
        {
            var doc = new YDoc(new YDocOptions { ClientId = id });
            doc.Transact(transaction =>
            {
                YMap container;
                using (transaction.WriteAs(1UL << 52))
                {
                    container = doc.GetMap("m").SetMap("t");
                }

                container.Set(key, (int)id);
            });
            return doc;
        }

        var (first, second) = (Peer(2, "a"), Peer(4, "b"));
        Assert.Equal(1u, first.GetClock(1UL << 52));
        Assert.Equal(1u, first.GetClock(2));
        first.ApplyUpdate(second.EncodeStateAsUpdate());
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        Assert.Equal("""{"t":{"a":2,"b":4}}""", first.GetMap("m").ToJson());
        Assert.Equal(first.EncodeStateAsUpdate(), second.EncodeStateAsUpdate());
        Assert.Equal(2UL, first.ClientId);
    }

    [Fact]
    public void WriteAs_Nested_GoesBackStepByStep()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var map = doc.GetMap("m");
        doc.Transact(transaction =>
        {
            using (transaction.WriteAs(10))
            {
                using (transaction.WriteAs(11))
                {
                    map.Set("a", 1);
                }

                map.Set("b", 1);
            }

            map.Set("c", 1);
        });
        Assert.Equal((1u, 1u, 1u), (doc.GetClock(11), doc.GetClock(10), doc.GetClock(2)));
    }

    [Fact]
    public void WriteAs_AfterTheFunction_IsRefused()
    {
        var doc = new YDoc();
        YTransaction? kept = null;
        doc.ObserveAfterTransaction(transaction => Assert.Throws<InvalidOperationException>(() => transaction.WriteAs(3)));
        doc.Transact(transaction => kept = transaction);
        Assert.Throws<InvalidOperationException>(() => kept!.WriteAs(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => doc.Transact(transaction => transaction.WriteAs(1UL << 53)));
    }

    [Fact]
    public void LocalTransaction_ThatMakesWhatParkedStructsWaitFor_ReleasesThem()
    {
        const ulong Container = 1UL << 52;
        var author = new YDoc(new YDocOptions { ClientId = 2 });
        author.Transact(transaction =>
        {
            using (transaction.WriteAs(Container))
            {
                author.GetMap("m").SetMap("t");
            }
        });
        var known = author.EncodeStateVector();
        author.GetMap("m")["t"].AsMap!.Set("x", 1);
        var late = author.EncodeStateAsUpdate(known); // without the container

        var doc = new YDoc(new YDocOptions { ClientId = 4 });
        doc.ApplyUpdate(late);
        Assert.True(doc.HasPending);
        var updates = new List<byte[]>();
        doc.ObserveUpdates(e =>
        {
            Assert.True(e.IsLocal);
            updates.Add(e.Update.ToArray());
        });
        doc.Transact(transaction =>
        {
            using (transaction.WriteAs(Container))
            {
                doc.GetMap("m").SetMap("t");
            }

            Assert.True(doc.HasPending);
        });
        Assert.False(doc.HasPending);
        Assert.Equal("""{"t":{"x":1}}""", doc.GetMap("m").ToJson());
        Assert.Equal(4UL, doc.ClientId);
        var third = new YDoc();
        third.ApplyUpdate(Assert.Single(updates));
        Assert.Equal("""{"t":{"x":1}}""", third.GetMap("m").ToJson());
    }

    [Fact]
    public void ForEachDeletedMapItem_AfterTheTransaction_ShowsWhatGarbageCollectionWillTake()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var map = doc.GetMap("m");
        var row = map.SetMap("row");
        row.Set("a", "text");
        row.SetMap("deep").Set("b", 2);
        map.Set("v", 1);
        var log = new List<string>();
        doc.ObserveAfterTransaction(transaction =>
        {
            transaction.ForEachDeletedMapItem(item => log.Add(
                $"{item.Id} {item.Key} {(item.IsMap ? "map" : item.Value.ToJson())} in {item.Parent.ParentKey ?? item.Parent.RootName}"
                + $" {(item.Parent.IsDeleted ? "dead" : "live")} {item.IsDeleted} {item.Origin}"));
            transaction.ForEachInsertedMapItem(item => log.Add($"+{item.Id} {item.Key} {item.Value}"));
        });
        doc.Transact(_ =>
        {
            map.Delete("row");
            map.Set("v", 2);
        });
        Assert.Equal(
            [
                "2:0 row map in m live True ",
                "2:1 a \"text\" in row dead True ",
                "2:2 deep map in row dead True ",
                "2:3 b 2 in deep dead True ",
                "2:4 v 1 in m live True ",
                "+2:5 v 2",
            ],
            log);
    }

    [Fact]
    public void AddsAndDeletes_TellWhatTheTransactionDid()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var map = doc.GetMap("m");
        map.Set("old", 1);
        doc.ObserveAfterTransaction(transaction =>
        {
            Assert.False(transaction.Adds(new YItemId(2, 0)));
            Assert.True(transaction.Deletes(new YItemId(2, 0)));
            Assert.True(transaction.Adds(new YItemId(2, 1)));
            Assert.False(transaction.Deletes(new YItemId(2, 1)));
            Assert.False(transaction.Adds(new YItemId(2, 2)));
            Assert.False(transaction.Deletes(new YItemId(3, 0)));
        });
        map.Set("old", 2);
    }

    [Fact]
    public void Adds_WhenAnObserverWroteMore_TellsWhatWasThereBefore()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var map = doc.GetMap("m");
        var log = new List<string>();
        doc.ObserveAfterTransaction(transaction => log.Add(string.Join(",", Enumerable.Range(0, 4).Select(clock => transaction.Adds(new YItemId(2, (uint)clock))))));
        map.Observe(e =>
        {
            if (e.IsKeyChanged("a"))
            {
                map.Set("b", 1);
                map.Set("c", 1);
            }
        });
        map.Set("a", 1);
        Assert.Equal(["True,True,True,False", "False,True,True,False", "False,False,True,False"], log.Select(line => line));
    }

    [Fact]
    public void Queries_WhenItIsOver_Throw()
    {
        var doc = new YDoc();
        YTransaction? kept = null;
        YMapEvent? keptEvent = null;
        doc.GetMap("m").Observe(e => keptEvent = e);
        doc.Transact(transaction =>
        {
            kept = transaction;
            doc.GetMap("m").Set("a", 1);
        });
        Assert.Throws<InvalidOperationException>(() => kept!.ForEachDeletedMapItem(_ => { }));
        Assert.Throws<InvalidOperationException>(() => kept!.Deletes(new YItemId(doc.ClientId, 0)));
        Assert.Throws<InvalidOperationException>(() => keptEvent!.Keys);
        Assert.Throws<InvalidOperationException>(() => keptEvent!.Path);
        Assert.Equal(doc.GetMap("m"), keptEvent!.Target);
    }
}
