using TinyStore.Yjs.Tests.Structs;

namespace TinyStore.Yjs.Tests.Types;

public sealed class YMapTests : IDisposable
{
    private readonly YDoc _doc = new(new YDocOptions { ClientId = 2 });
    private readonly YMap _map;

    public YMapTests() => _map = _doc.GetMap("m");

    public void Dispose() => _doc.Dispose();

    public static TheoryData<string, YValue> Values => new()
    {
        { "undefined", YValue.Undefined },
        { "null", YValue.Null },
        { "true", true },
        { "false", false },
        { "zero", 0 },
        { "negative zero", -0.0 },
        { "int", -123 },
        { "int limit", int.MaxValue },
        { "beyond int", 2147483648d },
        { "float", 0.5 },
        { "double", 0.1 },
        { "nan", double.NaN },
        { "infinity", double.NegativeInfinity },
        { "safe", 9007199254740991d },
        { "bigint", YValue.FromBigInt(long.MinValue) },
        { "string", "héllo 😀" },
        { "empty", "" },
        { "long", new string('x', 100_000) },
        { "binary", YValue.FromBinary([0, 1, 255]) },
        { "object", YValue.FromJson("""{"b":[1,2,{"c":null}],"a":"x"}""") },
        { "array", YValue.FromJson("[1,[],{}]") },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Set_AnyValue_IsReadBackHereAndElsewhere(string key, YValue value)
    {
        _map.Set(key, value);
        var copy = new YDoc();
        copy.ApplyUpdate(_doc.EncodeStateAsUpdate());
        foreach (var map in (YMap[])[_map, copy.GetMap("m")])
        {
            Assert.True(map.TryGetValue(key, out var read));
            Assert.Equal(value, read);
            Assert.Equal(value.ToJson(), read.ToJson());
            Assert.Equal(value, map[key]);
            Assert.True(map.ContainsKey(key));
        }

        Assert.Equal(Hex.Text(_doc.EncodeStateAsUpdate()), Hex.Text(copy.EncodeStateAsUpdate()));
    }

    [Fact]
    public void Set_EqualValue_StillWrites()
    {
        var updates = 0;
        _doc.ObserveUpdates(_ => updates++);
        _map.Set("a", 1);
        _map.Set("a", 1);
        Assert.Equal(2, updates);
        Assert.Equal(2u, _doc.GetClock(2));
    }

    [Fact]
    public void Indexer_OfAMissingKey_Throws()
    {
        Assert.Throws<KeyNotFoundException>(() => _map["nothing"]);
        Assert.False(_map.TryGetValue("nothing", out var value));
        Assert.Equal(YValue.Undefined, value);
        _map["x"] = 5;
        Assert.Equal(5, _map["x"]);
    }

    [Fact]
    public void Delete_TellsWhetherThereWasAValue()
    {
        _map.Set("a", 1);
        Assert.True(_map.Delete("a"));
        Assert.False(_map.Delete("a"));
        Assert.False(_map.Delete("b"));
        Assert.False(_map.ContainsKey("a"));
        Assert.Empty(_map);
    }

    [Fact]
    public void Clear_RemovesAllInOneTransaction()
    {
        for (var i = 0; i < 100; i++)
        {
            _map.Set("k" + i, i);
        }

        var updates = 0;
        _doc.ObserveUpdates(_ => updates++);
        _map.Clear();
        Assert.Empty(_map);
        Assert.Equal(1, updates);
        _map.Set("k5", 1);
        Assert.Single(_map);
        StoreIntegrity.Check(_doc);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(5000)]
    public void Enumeration_IsInTheOrderInWhichKeysCame(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _map.Set("k" + (i * 7919 % count), i);
        }

        _map.Delete("k0");
        for (var i = 0; i < count; i += 3)
        {
            _map.Set("k" + i, -1);
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => "k" + (i * 7919 % count)).Distinct(), _map.Select(pair => pair.Key));
        Assert.Equal(_map.Select(pair => pair.Key).Count(), _map.Count);
        StoreIntegrity.Check(_doc);
    }

    [Fact]
    public void Enumeration_AllocatesNothingPerEntry()
    {
        for (var i = 0; i < 2000; i++)
        {
            _map.Set("k" + i, i);
        }

        long Sum()
        {
            var sum = 0L;
            foreach (var (key, value) in _map)
            {
                value.TryGetInt64(out var number);
                sum += number + key.Length;
            }

            return sum;
        }

        Sum(); // makes the keys' strings, which are kept
        var before = GC.GetAllocatedBytesForCurrentThread();
        Sum();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
    }

    [Fact]
    public void SetMap_ReturnsTheAttachedMap()
    {
        var row = _map.SetMap("row");
        row.Set("a", 1);
        Assert.Equal(row, _map["row"].AsMap);
        Assert.True(_map.TryGetMap("row", out var same));
        Assert.Equal(row, same);
        Assert.Equal(new YItemId(2, 0), row.Id);
        Assert.Equal("row", row.ParentKey);
        Assert.Equal(_map, row.Parent);
        Assert.False(row.IsRoot);
        Assert.Null(row.RootName);
        Assert.Equal(YTypeKind.Map, row.Kind);
        Assert.Equal("""{"row":{"a":1}}""", _map.ToJson());
    }

    [Fact]
    public void TryGetMap_OfSomethingElse_IsFalse()
    {
        _map.Set("v", 1);
        Assert.False(_map.TryGetMap("v", out _));
        Assert.False(_map.TryGetMap("nothing", out _));
        _map.SetMap("row");
        _map.Delete("row");
        Assert.False(_map.TryGetMap("row", out _));
    }

    [Fact]
    public void DeadMap_ShowsAsEmpty_AndRefusesWrites()
    {
        var row = _map.SetMap("row");
        var cell = row.SetMap("deep");
        row.Set("a", 1);
        _map.Delete("row");
        foreach (var dead in (YMap[])[row, cell])
        {
            Assert.True(dead.IsDeleted);
            Assert.Empty(dead);
            Assert.False(dead.TryGetValue("a", out _));
            Assert.Equal("{}", dead.ToJson());
            Assert.Null(dead.Id);
            Assert.Throws<InvalidOperationException>(() => dead.Set("x", 1));
            Assert.Throws<InvalidOperationException>(() => dead.SetMap("x"));
            Assert.Throws<InvalidOperationException>(() => dead.Observe(_ => { }));
            Assert.False(dead.Delete("a"));
        }

        // The slot is used again: the old handle must not show the new map.
        var other = _map.SetMap("other");
        other.Set("a", 7);
        Assert.Empty(row);
        Assert.True(row != other && cell != other);
        StoreIntegrity.Check(_doc);
    }

    [Fact]
    public void Set_OfASharedType_IsRefused()
    {
        var row = _map.SetMap("row");
        Assert.Throws<ArgumentException>(() => _map.Set("again", new YValue(row)));
        Assert.Throws<ArgumentNullException>(() => _map.Set(null!, 1));
        Assert.Single(_map);
        Assert.Equal(1u, _doc.GetClock(2));
    }

    [Fact]
    public void Gc_Off_KeepsWhatWasOverwritten()
    {
        static long Size(bool gc)
        {
            var doc = new YDoc(new YDocOptions { ClientId = 2, Gc = gc });
            for (var i = 0; i < 100; i++)
            {
                doc.GetMap("m").Set("k", new string('x', 100));
            }

            StoreIntegrity.Check(doc);
            return doc.EncodeStateAsUpdate().Length;
        }

        Assert.InRange(Size(true), 1, 200);
        Assert.InRange(Size(false), 10_000, 11_000);
    }

    [Fact]
    public void Overwriting_OneKey_LeavesOneTombstone()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _map.Set("k", i);
        }

        Assert.Equal(2, _doc.Store.Entries.Count);
        Assert.True(_doc.Store.Bytes < 100_000);
    }

    [Fact]
    public void EmptyKeyAndOddKeys_Work()
    {
        foreach (var key in (string[])["", " ", "a\u001Fb", "\0", "ключ", "😀", new string('k', 50_000)])
        {
            _map.Set(key, key.Length);
        }

        var copy = new YDoc();
        copy.ApplyUpdate(_doc.EncodeStateAsUpdate());
        JsonContent.AssertEqual(_map.ToJson(), copy.GetMap("m").ToJson());
        Assert.Equal(0, copy.GetMap("m")[""]);
    }
}
