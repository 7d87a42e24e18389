namespace TinyStore.Crdt.Tests;

/// <summary>What survives where TinyBase 10.0.1 with its Yjs persister loses, case by case.</summary>
public abstract class SurvivorsTests(DocLayout layout) : LayoutTests(layout)
{
    public static TheoryData<ulong, ulong> Ids => new() { { 2, 4 }, { 4, 2 } };

    [Theory, MemberData(nameof(Ids))]
    public void FreshPeers_BothStartBeforeConnecting_AllRowsAndValues(ulong one, ulong two)
    {
        using var first = Started(one);
        using var second = Started(two);
        first.Store.Transaction(() => AddRows(first.Store, "t", "first").SetValue("first", 1));
        second.Store.Transaction(() => AddRows(second.Store, "t", "second").SetValue("second", 2));

        Peer.Sync(first, second);
        AssertRows(20, first, second);
        Assert.Equal(2, first.Store.GetValues().Count);

        first.Store.SetCell("t", "later1", "c", 1);
        second.Store.SetCell("t", "later2", "c", 2);
        Peer.Sync(first, second);
        AssertRows(22, first, second);
    }

    [Theory, MemberData(nameof(Ids))]
    public void SharedRoot_SameNewTableOffline_AllRows(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.Transaction(() => AddRows(first.Store, "new", "first"));
        second.Store.Transaction(() => AddRows(second.Store, "new", "second"));

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(20, first.Store.GetRowCount("new"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void SharedRoot_DifferentNewTables_Both(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        AddRows(first.Store, "firsts", "r");
        AddRows(second.Store, "seconds", "r");

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(10, first.Store.GetRowCount("firsts"));
        Assert.Equal(10, first.Store.GetRowCount("seconds"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void SharedTable_DifferentNewRows_Both(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        AddRows(first.Store, "t", "first");
        AddRows(second.Store, "t", "second");

        Peer.Sync(first, second);

        AssertRows(21, first, second);
    }

    [Theory, MemberData(nameof(Ids))]
    public void SharedTable_SameNewRowDifferentCells_BothCells(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.SetRow("t", "new", new Row { ["x"] = 1 });
        second.Store.SetRow("t", "new", new Row { ["y"] = 2 });

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(["x", "y"], first.Store.GetCellIds("t", "new").Order());
    }

    [Theory, MemberData(nameof(Ids))]
    public void DeleteRow_ConcurrentWriteOfAnotherCellInIt_TheWrittenCellStays(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.SetRow("t", "r", new Row { ["x"] = 1, ["y"] = 1 });
        Peer.Sync(first, second);
        first.Store.DeleteRow("t", "r");
        second.Store.SetCell("t", "r", "y", 2);

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(["y"], first.Store.GetCellIds("t", "r"));
        Assert.Equal(2, first.Store.GetCell("t", "r", "y"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void DeleteLastRow_ConcurrentTenNewRows_TheNewRowsStay(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.DeleteRow("t", "old");
        AddRows(second.Store, "t", "new");

        Peer.Sync(first, second);

        AssertRows(10, first, second);
        Assert.False(first.Store.HasRow("t", "old"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void SetRow_ConcurrentCellInIt_Union(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.SetRow("t", "old", new Row { ["x"] = 1 });
        second.Store.SetCell("t", "old", "y", 2);

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(["x", "y"], first.Store.GetCellIds("t", "old").Order());
    }

    [Theory, MemberData(nameof(Ids))]
    public void SameCell_OneWriteWinsEverywhere(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.SetCell("t", "old", "c", "first");
        second.Store.SetCell("t", "old", "c", "second");

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(one > two ? "first" : "second", first.Store.GetCell("t", "old", "c"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void DeleteCell_ConcurrentWriteOfIt_TheWriteStays(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.DeleteTable("t");
        second.Store.SetCell("t", "old", "c", "second");

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal("second", first.Store.GetCell("t", "old", "c"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void DeletedCell_WriteConcurrentWithTheDeletedOne_StaysIfItsIdIsHigher(ulong one, ulong two)
    {
        var (first, second) = Connected(one, two);
        using var a = first;
        using var b = second;
        first.Store.SetCell("t", "new", "c", "first").DeleteCell("t", "new", "c");
        second.Store.SetCell("t", "new", "c", "second");

        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(two > one, first.Store.HasCell("t", "new", "c"));
    }

    [Fact]
    public void IdWithHalfASurrogatePair_OthersSeeAReplacementCharacter()
    {
        using var first = Started(2);
        using var second = Started(4);
        first.Store.SetCell("t", "r", "c\ud83e", 1);

        first.SendTo(second);

        Assert.Equal(["c\ufffd"], second.Store.GetCellIds("t", "r"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PopulatedStore_DocumentHasContent_OwnAndTheirRowsStay(bool saveFirst)
    {
        using var first = Started(2);
        AddRows(first.Store, "t", "theirs");
        first.Store.SetCell("t", "both", "c", "theirs");
        using var second = NewPeer(4);
        AddRows(second.Store, "t", "mine");
        second.Store.SetCell("t", "both", "c", "mine");
        first.SendTo(second);

        second.Start(saveFirst: saveFirst);
        Peer.Sync(first, second);

        AssertRows(21, first, second);
        Assert.Equal(saveFirst ? "mine" : "theirs", first.Store.GetCell("t", "both", "c"));
    }

    [Theory, MemberData(nameof(Ids))]
    public void DifferentInitialContent_BothStay(ulong one, ulong two)
    {
        using var first = NewPeer(one);
        using var second = NewPeer(two);
        first.Start(Initial("first"));
        second.Start(Initial("second"));

        Peer.Sync(first, second);

        AssertRows(2, first, second);
        Assert.Equal(2, first.Store.GetValues().Count);

        static StoreContent Initial(string id)
        {
            var content = new StoreContent();
            content.Tables["t"] = new Table { [id] = new Row { ["c"] = 1 } };
            content.Values[id] = 1;
            return content;
        }
    }

    [Fact]
    public async Task AutoSaveOnly_DoesNotDeleteWhatItDoesNotShow()
    {
        using var first = Started(2);
        AddRows(first.Store, "t", "theirs");
        using var second = NewPeer(4);
        first.SendTo(second);
        await second.Persister.StartAutoSaveAsync();

        second.Store.SetCell("t", "mine", "c", 1);
        second.Store.DeleteRow("t", "mine");
        second.Store.SetCell("u", "mine", "c", 1);
        Peer.Sync(first, second);

        Assert.Equal(10, first.Store.GetRowCount("t"));
        Assert.Equal(1, first.Store.GetRowCount("u"));
    }

    private (Peer First, Peer Second) Connected(ulong one, ulong two)
    {
        var first = Started(one);
        var second = Started(two);
        first.Store.SetCell("t", "old", "c", 0);
        Peer.Sync(first, second);
        return (first, second);
    }

    private static Store AddRows(Store store, string table, string prefix)
    {
        for (var i = 0; i < 10; i++)
        {
            store.SetRow(table, prefix + i, new Row { ["c"] = i });
        }
        return store;
    }

    private static void AssertRows(int count, params Peer[] peers)
    {
        Peer.AssertEqual(peers);
        Assert.Equal(count, peers[0].Store.GetRowCount("t"));
    }
}

public sealed class NestedSurvivorsTests() : SurvivorsTests(DocLayout.Nested);

public sealed class FlatSurvivorsTests() : SurvivorsTests(DocLayout.Flat);
