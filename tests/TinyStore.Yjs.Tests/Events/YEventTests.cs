namespace TinyStore.Yjs.Tests.Events;

public sealed class YEventTests : IDisposable
{
    private readonly YDoc _doc = new(new YDocOptions { ClientId = 2 });
    private readonly YMap _map;

    public YEventTests() => _map = _doc.GetMap("m");

    public void Dispose() => _doc.Dispose();

    private static string Describe(YMapEvent e) => string.Join(",", e.KeysChanged) + "|"
        + string.Join(",", e.Keys.Select(change => $"{change.Key}:{change.Value.Action}:{change.Value.OldValue}"));

    private List<string> Log()
    {
        var log = new List<string>();
        _map.Observe(e => log.Add(Describe(e)));
        return log;
    }

    // Recorded from yjs 13.6.33.
    [Fact]
    public void Keys_CompareWithTheStateBeforeTheTransaction()
    {
        _map.Set("k", 1);
        var log = Log();
        _doc.Transact(_ =>
        {
            _map.Set("n", 1);
            _map.Delete("n");
        });
        _doc.Transact(_ =>
        {
            _map.Set("k", 2);
            _map.Delete("k");
        });
        _map.Set("k", 5);
        _map.Set("k", 5);
        _doc.Transact(_ =>
        {
            _map.Delete("k");
            _map.Set("k", 6);
            _map.Set("k", 7);
        });
        _doc.Transact(_ => _map.Delete("zzz"));
        const string None = """{"$undefined":true}""";
        Assert.Equal(["n|", "k|k:Delete:1", "k|k:Add:" + None, "k|k:Update:5", "k|k:Update:5"], log);
    }

    [Fact]
    public void Keys_OfARemoteWriteThatLoses_AreNone()
    {
        var low = new YDoc(new YDocOptions { ClientId = 1 });
        low.GetMap("m").Set("k", "low");
        _map.Set("k", "high");
        var log = Log();
        _doc.ApplyUpdate(low.EncodeStateAsUpdate());
        Assert.Equal(["k|"], log);
    }

    [Fact]
    public void OldValue_OfANestedMap_IsTheDeadMap()
    {
        var row = _map.SetMap("row");
        row.Set("a", 1);
        YMap? old = null;
        _map.Observe(e =>
        {
            old = e.Keys["row"].OldValue.AsMap;
            Assert.Empty(old!);
            Assert.True(old!.IsDeleted);
        });
        _map.Set("row", 1);
        Assert.Equal(row, old);
    }

    [Fact]
    public void TypesMadeInTheTransaction_HaveNoEventOfTheirOwn()
    {
        var targets = new List<string?>();
        _map.ObserveDeep(events => targets.AddRange(events.Select(e => e.Target.ParentKey ?? e.Target.RootName)));
        _doc.Transact(_ => _map.SetMap("new").SetMap("inner").Set("x", 1));
        Assert.Equal(["m"], targets);
    }

    [Fact]
    public void DeepEvents_ComeOuterFirst_WithPathsFromEachObserver()
    {
        var a = _map.SetMap("a");
        var b = a.SetMap("b");
        var c = b.SetMap("c");
        var log = new List<string>();
        static string Paths(IReadOnlyList<YEvent> events) => string.Join(" ", events.Select(e => "/" + string.Join("/", e.Path)));
        _map.ObserveDeep(events => log.Add("m " + Paths(events)));
        b.ObserveDeep(events =>
        {
            log.Add("b " + Paths(events));
            Assert.All(events, e => Assert.Equal(b, e.CurrentTarget));
        });
        c.Observe(e => log.Add("c " + string.Join("/", e.Path)));
        _doc.Transact(_ =>
        {
            c.Set("x", 1);
            _map.Set("x", 1);
            b.Set("x", 1);
            a.Set("x", 1);
        });
        Assert.Equal(["c ", "b / /c", "m / /a /a/b /a/b/c"], log);
    }

    [Fact]
    public void Paths_ThroughLists_AreIndexesOfVisibleElements()
    {
        // Recorded from yjs: an array [1, (deleted), "two", …, map] in the root "a".
        var doc = new YDoc();
        doc.ApplyUpdate(Hex.Bytes(Types.Recorded.Array));
        var log = new List<string>();
        doc.GetArray("a").ObserveDeep(events => log.Add(string.Join(" ", events.Select(e => string.Join("/", e.Path)))));
        doc.GetArray("a")[6].AsMap!.Set("k", 2);
        Assert.Equal(["6"], log);
    }

    [Fact]
    public void EventsOfTypesDeletedMeanwhile_AreDropped()
    {
        var row = _map.SetMap("row");
        var log = new List<string>();
        row.Observe(_ => _map.Delete("row"));
        _map.ObserveDeep(events => log.Add(string.Join(" ", events.Select(e => "/" + string.Join("/", e.Path)))));
        _doc.Transact(_ =>
        {
            row.Set("x", 1);
            _map.Set("y", 1);
        });
        Assert.Equal(["/", "/"], log); // the second is the delete's own transaction
    }

    [Fact]
    public void ObserversOfACollectedType_AreForgotten()
    {
        var row = _map.SetMap("row");
        var subscription = row.Observe(_ => Assert.Fail("it is dead"));
        var deep = row.ObserveDeep(_ => Assert.Fail("it is dead"));
        _map.Delete("row");
        var other = _map.SetMap("row");
        other.Set("a", 1);
        subscription.Dispose();
        deep.Dispose();
        other.Set("a", 2);
        Assert.False(_doc.Store.IsObserved);
    }

    [Fact]
    public void NobodyObserves_NothingIsKept()
    {
        _map.Observe(_ => { }).Dispose();
        Assert.False(_doc.Store.IsObserved);
        _map.Set("a", 1);
        _map.Set("a", 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _map.Set("a", i);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 120);
    }

    [Fact]
    public void Keys_OfALargeTransaction_AreFoundByKey()
    {
        YMapEvent? kept = null;
        _map.Observe(e =>
        {
            kept = e;
            Assert.Equal(1000, e.Keys.Count);
            Assert.Equal(1000, e.KeysChanged.Count);
            Assert.Equal(YKeyAction.Add, e.Keys["k999"].Action);
            Assert.False(e.Keys.ContainsKey("other"));
            Assert.False(e.IsKeyChanged("other"));
            Assert.True(e.IsKeyChanged("k0"));
            Assert.Throws<KeyNotFoundException>(() => e.Keys["other"]);
        });
        _doc.Transact(_ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _map.Set("k" + i, i);
            }
        });
        Assert.Equal(1000, kept!.Keys.Count); // read before, so still there
    }

    [Fact]
    public void RemoteChanges_OfManyTypes_AllHaveTheirEvent()
    {
        var other = new YDoc(new YDocOptions { ClientId = 8 });
        for (var i = 0; i < 50; i++)
        {
            _map.SetMap("r" + i).Set("a", i);
        }

        other.ApplyUpdate(_doc.EncodeStateAsUpdate());
        other.Transact(_ =>
        {
            for (var i = 0; i < 50; i++)
            {
                other.GetMap("m")["r" + i].AsMap!.Set("a", -i);
            }
        });
        var seen = new List<string>();
        _map.ObserveDeep(events =>
        {
            Assert.False(events[0].Transaction.IsLocal);
            Assert.Equal("origin", events[0].Transaction.Origin);
            seen.AddRange(events.Select(e => $"{e.Path[0]}:{((YMapEvent)e).Keys["a"].OldValue}"));
        });
        _doc.ApplyUpdate(other.EncodeStateAsUpdate(_doc.EncodeStateVector()), "origin");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"r{i}:{i}"), seen);
    }
}
