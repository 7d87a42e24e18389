using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>The five findings about TinyBase 10.0.1 with its Yjs persister, F1 to F5, done right.</summary>
public abstract class FindingsTests(DocLayout layout) : LayoutTests(layout)
{
    [Fact]
    public void F1_TenWritesInOneTick_TenInTheDocument()
    {
        using var peer = Started(2);

        for (var i = 0; i < 10; i++)
        {
            peer.Store.SetRow("t", "r" + i, new Row { ["c"] = i });
        }
        for (var i = 0; i < 10; i++)
        {
            peer.Store.SetCell("t", "r0", "c", "write " + i);
        }

        Assert.Equal(10, peer.Store.GetRowCount("t"));
        Assert.Equal("write 9", peer.Store.GetCell("t", "r0", "c"));
        Peer.AssertEqual(peer);
        Assert.Equal(20, peer.Updates.Count);
    }

    [Fact]
    public void F2_ManyWritesOfOneCell_OneDocumentTransactionEachAndNoEcho()
    {
        using var first = Started(2);
        using var second = Started(4);
        Peer.Sync(first, second);
        var secondsWrites = second.LocalUpdates.Count;

        for (var i = 0; i < 50; i++)
        {
            var before = first.Updates.Count;
            first.Store.SetCell("t", "r", "c", i);
            Assert.Equal(before + 1, first.Updates.Count);
            second.Apply(first.Updates[^1]);
            Assert.Equal(i, second.Store.GetCell("t", "r", "c"));
        }

        Assert.Equal(secondsWrites, second.LocalUpdates.Count);
        Assert.False(first.Persister.IsDirty || second.Persister.IsDirty);
    }

    [Fact]
    public void F3_TwoFreshPeersMakeTheSameTableAndRow_NothingIsLost()
    {
        foreach (var (one, two) in new (ulong, ulong)[] { (2, 4), (4, 2) })
        {
            using var first = Started(one);
            using var second = Started(two);

            first.Store.Transaction(() => AddRows(first.Store, "first", 50));
            second.Store.Transaction(() => AddRows(second.Store, "second", 50));
            first.Store.SetCell("t", "shared", "a", 1);
            second.Store.SetCell("t", "shared", "b", 2);
            first.Store.SetValue("first", 1);
            second.Store.SetValue("second", 2);
            Peer.Sync(first, second);

            Peer.AssertEqual(first, second);
            Assert.Equal(101, first.Store.GetRowCount("t"));
            Assert.Equal(2, first.Store.GetRow("t", "shared").Count);
            Assert.Equal(2, first.Store.GetValues().Count);
        }
    }

    [Fact]
    public void F4_ConcurrentEditingWithDeletes_StoreEqualsItsDocument()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            using var first = Started(2);
            using var second = Started(4);
            AddRows(first.Store, "old", 5);
            Peer.Sync(first, second);

            for (var i = 0; i < 60; i++)
            {
                var peer = random.Next(2) == 0 ? first : second;
                var row = "old" + random.Next(7);
                switch (random.Next(5))
                {
                    case 0:
                        peer.Store.DeleteRow("t", row);
                        break;
                    case 1:
                        peer.Store.DeleteCell("t", row, "c");
                        break;
                    case 2:
                        peer.Store.DeleteTable("t");
                        break;
                    default:
                        peer.Store.SetRow("t", row, new Row { ["c"] = i, ["d" + random.Next(2)] = i });
                        break;
                }
                if (random.Next(8) == 0)
                {
                    first.SendTo(second);
                }
            }

            Peer.Sync(first, second);
            Peer.AssertEqual(first, second);
        }
    }

    [Fact]
    public void F5_OneNewRow_CostDoesNotGrowWithTheTable() => AssertThatCostDoesNotGrow((peer, i) =>
        () => peer.Store.SetRow("t", "new" + i, new Row { ["c"] = i, ["d"] = "x" }));

    [Fact]
    public void F5_OneDeletedRow_CostDoesNotGrowWithTheTable() => AssertThatCostDoesNotGrow((peer, i) =>
        () => peer.Store.DeleteRow("t", "old" + i));

    [Fact]
    public void F5_OneCellOfAnotherPeer_CostDoesNotGrowWithTheTable() => AssertThatCostDoesNotGrow((peer, i) =>
    {
        using var other = new YDoc(new YDocOptions { ClientId = 100 + (ulong)i });
        other.ApplyUpdate(peer.Doc.EncodeStateAsUpdate());
        var known = other.EncodeStateVector();
        Set(other, "t", "old" + i, "c", "theirs");
        var update = other.EncodeStateAsUpdate(known);
        return () => peer.Apply(update);
    });

    // Reading or comparing everything would allocate; a count of bytes says so and does not depend on the clock.
    private void AssertThatCostDoesNotGrow(Func<Peer, int, Action> change) =>
        Assert.InRange(BytesAllocated(20_000, change), 0, BytesAllocated(100, change) + 2_000);

    private long BytesAllocated(int rows, Func<Peer, int, Action> change)
    {
        using var peer = Started(2);
        peer.Store.Transaction(() => AddRows(peer.Store, "old", rows));
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var act = change(peer, i);
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Peer.AssertEqual(peer);
        return least;
    }

    private static void AddRows(Store store, string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            store.SetRow("t", prefix + i, new Row { ["c"] = i });
        }
    }
}

public sealed class NestedFindingsTests() : FindingsTests(DocLayout.Nested);

public sealed class FlatFindingsTests() : FindingsTests(DocLayout.Flat);
