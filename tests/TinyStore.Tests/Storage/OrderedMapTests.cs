using CsCheck;

namespace TinyStore.Tests.Storage;

public class OrderedMapTests
{
    [Fact]
    public void RandomUse_BehavesAsAListOfPairs() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60]).Array[0, 400].Sample(steps =>
        {
            var map = new OrderedMap<int>();
            var expected = new List<(string Key, int Value)>();
            for (var i = 0; i < steps.Length; i++)
            {
                var (action, number) = steps[i];
                var key = "k" + number;
                var at = map.Find(key);
                Assert.Equal(expected.FindIndex(p => p.Key == key) >= 0, at >= 0);
                if (action == 0 && at >= 0)
                {
                    map.RemoveAt(at);
                    expected.RemoveAll(p => p.Key == key);
                }
                else if (at >= 0)
                {
                    map.ValueAt(at) = i;
                    expected[expected.FindIndex(p => p.Key == key)] = (key, i);
                }
                else
                {
                    map.Add(key, OrderedMap<int>.Hash(key), i);
                    expected.Add((key, i));
                }
            }
            Assert.Equal(expected.Count, map.Count);
            Assert.Equal(expected, Pairs(map));
            Assert.Equal(expected, Pairs(map.Clone()));
            Assert.Equal(expected.Select(p => p.Key), map.Keys());
            map.Clear();
            Assert.Equal(0, map.Count);
            Assert.Equal(-1, map.Find("k1"));
            map.Add("k1", OrderedMap<int>.Hash("k1"), 7);
            Assert.Equal([("k1", 7)], Pairs(map));
        });

    [Fact]
    public void Add_KeyThatWasRemoved_ComesLast()
    {
        var map = Filled(3);
        map.RemoveAt(map.Find("k0"));
        map.Add("k0", OrderedMap<int>.Hash("k0"), 9);
        Assert.Equal(["k1", "k2", "k0"], map.Keys());
    }

    [Fact]
    public void Pin_WhileEntriesGoAndCome_KeepsIndexes()
    {
        var map = Filled(1000);
        map.Pin();
        var seen = new List<string>();
        for (var i = 0; i < map.End && seen.Count < 3000; i++)
        {
            if (map.KeyAt(i) is { } key)
            {
                seen.Add(key);
                map.RemoveAt(i);
                if (i < 1000)
                {
                    map.Add("new" + i, OrderedMap<int>.Hash("new" + i), i);
                }
            }
        }
        map.Unpin();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => "k" + i).Concat(Enumerable.Range(0, 1000).Select(i => "new" + i)), seen);
        Assert.Equal(0, map.Count);
        Assert.Equal(0, map.End);
    }

    [Fact]
    public void RemoveAt_MostEntries_ShrinksTheWalk()
    {
        var map = Filled(10_000);
        for (var i = 0; i < 9_990; i++)
        {
            map.RemoveAt(map.Find("k" + i));
        }
        Assert.True(map.End < 100);
        Assert.Equal(Enumerable.Range(9_990, 10).Select(i => "k" + i), map.Keys());
    }

    [Fact]
    public void AddAndRemove_Alternating_DoesNotGrow()
    {
        var map = Filled(10);
        for (var i = 0; i < 10_000; i++)
        {
            map.Add("x", OrderedMap<int>.Hash("x"), i);
            map.RemoveAt(map.Find("x"));
        }
        Assert.True(map.End <= 64);
    }

    private static OrderedMap<int> Filled(int count)
    {
        var map = new OrderedMap<int>();
        for (var i = 0; i < count; i++)
        {
            map.Add("k" + i, OrderedMap<int>.Hash("k" + i), i);
        }
        return map;
    }

    private static List<(string Key, int Value)> Pairs(OrderedMap<int> map)
    {
        var pairs = new List<(string, int)>();
        for (var i = 0; i < map.End; i++)
        {
            if (map.KeyAt(i) is { } key)
            {
                pairs.Add((key, map.ValueAt(i)));
            }
        }
        return pairs;
    }
}
