using System.Collections.Concurrent;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>
/// An old document that JavaScript peers made, with plain containers and 1,000 rows, meets .NET peers that have made containers
/// of their own.
/// </summary>
public sealed class AdoptionTests
{
    private const int Rows = 1_000;

    private static readonly ConcurrentDictionary<ulong, byte[][]> OldUpdates = new();

    // Ids of JavaScript peers lie on both sides of those of the .NET peers.
    public static TheoryData<ulong> OldIds => new() { 1, 3_000_000_001 };

    [Theory, MemberData(nameof(OldIds))]
    public void OldDocument_ArrivesAtAFreshPeer_AllRowsStay(ulong oldId)
    {
        using var old = OldDocument(oldId);
        using var fresh = FreshPeerWithContent(2);

        fresh.Apply(old.Doc.EncodeStateAsUpdate());
        old.Apply(fresh.Doc.EncodeStateAsUpdate());

        AssertAllIsThere(fresh.Store);
        Assert.Equal(Content.Of(fresh.Store), Content.Of(fresh.Doc));
        Assert.Equal(Content.Of(fresh.Doc), Content.Of(old.Doc));
    }

    [Theory, MemberData(nameof(OldIds))]
    public void OldDocument_ArrivesAsItsUpdatesOneByOne_AllRowsStay(ulong oldId)
    {
        using var old = OldDocument(oldId);
        using var fresh = FreshPeerWithContent(2);

        foreach (var update in OldUpdates[oldId].SkipLast(1))
        {
            fresh.Apply(update);
        }
        old.Apply(fresh.Doc.EncodeStateAsUpdate());

        AssertAllIsThere(fresh.Store);
        Assert.Equal(Content.Of(fresh.Store), Content.Of(fresh.Doc));
        Assert.Equal(Content.Of(fresh.Doc), Content.Of(old.Doc));
    }

    [Theory, MemberData(nameof(OldIds))]
    public void FreshPeersContent_ArrivesAtAPeerThatHasTheOldDocument_AllRowsStay(ulong oldId)
    {
        using var old = OldDocument(oldId);
        using var member = new Peer(4);
        member.Apply(old.Doc.EncodeStateAsUpdate());
        member.Start();
        member.Store.SetCell("t", "member", "c", 1);
        using var fresh = FreshPeerWithContent(2);

        fresh.SendTo(member);
        member.SendTo(fresh);
        Peer.Sync(member, fresh);

        AssertAllIsThere(fresh.Store);
        Assert.True(fresh.Store.HasRow("t", "member"));
        Peer.AssertEqual(member, fresh);
    }

    [Theory, MemberData(nameof(OldIds))]
    public void OldDocument_TwoFreshPeersAndAMemberInEveryOrder_AllRowsStay(ulong oldId)
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            using var old = OldDocument(oldId);
            using var member = new Peer(4);
            member.Apply(old.Doc.EncodeStateAsUpdate());
            member.Start();
            using var first = FreshPeerWithContent(2);
            using var second = FreshPeerWithContent(6);
            Peer[] peers = [member, first, second];

            foreach (var index in order)
            {
                foreach (var other in order)
                {
                    if (index != other)
                    {
                        peers[index].SendTo(peers[other]);
                    }
                }
            }
            Peer.Sync(peers);

            AssertAllIsThere(member.Store);
            Peer.AssertEqual(peers);
        }
    }

    [Fact]
    public void OldDocument_TwoFreshPeersWitnessAlike_WriteOneAndTheSameOperation()
    {
        using var old = OldDocument(1);
        using var first = Peer.Started(2);
        first.Store.SetCell("t", "fresh", "c", 1);
        using var second = Peer.Started(4);
        first.SendTo(second);

        first.Apply(old.Doc.EncodeStateAsUpdate());
        second.Apply(old.Doc.EncodeStateAsUpdate());

        Assert.Equal(first.Doc.EncodeStateVector(), second.Doc.EncodeStateVector());
        first.SendTo(second);
        Assert.Equal(Rows + 1, second.Store.GetRowCount("t"));
        Peer.AssertEqual(first, second);
    }

    [Fact]
    public void OldDocument_SameCellInBoth_TheFreshPeersOwnWriteStays()
    {
        using var old = OldDocument(1);
        using var fresh = Peer.Started(2);
        fresh.Store.SetCell("t", "old0", "c", "mine");

        fresh.Apply(old.Doc.EncodeStateAsUpdate());

        Assert.Equal("mine", fresh.Store.GetCell("t", "old0", "c"));
        Assert.Equal("old 0", fresh.Store.GetCell("t", "old0", "d"));
    }

    [Fact]
    public void OldDocument_CellsItsPeersHadDeleted_StayDeleted()
    {
        using var old = OldDocument(1);
        old.Store.DeleteRow("t", "old1");
        old.Store.DeleteCell("t", "old2", "c");
        using var fresh = FreshPeerWithContent(2);

        fresh.Apply(old.Doc.EncodeStateAsUpdate());

        Assert.False(fresh.Store.HasRow("t", "old1"));
        Assert.False(fresh.Store.HasCell("t", "old2", "c"));
        Assert.Equal(Rows, fresh.Store.GetRowCount("t"));
    }

    [Fact]
    public void LostContainer_ItsPeersGoOnWritingAndDeletingInIt_TheCopiesFollow()
    {
        using var old = OldDocument(1);
        using var fresh = FreshPeerWithContent(2);
        fresh.Apply(old.Doc.EncodeStateAsUpdate());
        old.LocalUpdates.Clear();

        old.Store.SetCell("t", "old3", "c", "changed");
        old.Store.SetRow("t", "late", new Row { ["c"] = 1 });
        old.Store.DeleteCell("t", "old4", "c");
        foreach (var update in old.LocalUpdates.ToArray())
        {
            fresh.Apply(update);
        }

        Assert.Equal("changed", fresh.Store.GetCell("t", "old3", "c"));
        Assert.True(fresh.Store.HasRow("t", "late"));
        Assert.False(fresh.Store.HasCell("t", "old4", "c"));
        Assert.Equal(Content.Of(fresh.Store), Content.Of(fresh.Doc));
    }

    [Fact]
    public void Copy_AWriteMadeMeanwhileByAPeerThatHasNotSeenIt_StandsAboveIt()
    {
        using var old = OldDocument(1);
        using var first = FreshPeerWithContent(2);
        using var second = Peer.Started(4);
        first.SendTo(second);
        second.Store.SetCell("t", "old5", "c", "first");
        second.Store.SetCell("t", "old5", "c", "second");

        first.Apply(old.Doc.EncodeStateAsUpdate());
        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal("second", first.Store.GetCell("t", "old5", "c"));
        AssertAllIsThere(first.Store);
    }

    [Fact]
    public void UniqueRowsInAnOldDocument_AdoptedByTwoDifferentWitnesses_AllCellsStay()
    {
        using var old = new TinyBasePeer(1);
        old.Start();
        var id = old.Store.AddUniqueRow("t", new Row { ["a"] = 1 })!;
        var before = old.Doc.EncodeStateAsUpdate();
        old.Store.SetCell("t", id, "b", 2);
        using var first = FreshPeerWithContent(2);
        using var second = FreshPeerWithContent(4);

        first.Apply(before);
        second.Apply(old.Doc.EncodeStateAsUpdate());
        first.Apply(old.Doc.EncodeStateAsUpdate());
        Peer.Sync(first, second);

        Peer.AssertEqual(first, second);
        Assert.Equal(2, first.Store.GetRow("t", id).Count);
    }

    [Fact]
    public void TinyBasePeerDeletesATable_RowItHasNotSeen_IsWrittenAgainByItsAuthor()
    {
        using var tinyBase = new TinyBasePeer(1);
        using var peer = Peer.Started(2);
        peer.Store.SetCell("t", "seen", "c", 1);
        tinyBase.Apply(peer.Doc.EncodeStateAsUpdate());
        tinyBase.Start();
        tinyBase.LocalUpdates.Clear();

        peer.Store.SetCell("t", "unseen", "c", 2);
        tinyBase.Store.DeleteTable("t");
        tinyBase.LocalUpdates.ForEach(peer.Apply);

        Assert.Equal(["unseen"], peer.Store.GetRowIds("t"));
        Assert.Equal(Content.Of(peer.Store), Content.Of(peer.Doc));
    }

    [Fact]
    public void TinyBasePeerDeletesARow_ItHadSeen_StaysDeleted()
    {
        using var tinyBase = new TinyBasePeer(1);
        using var peer = Peer.Started(2);
        peer.Store.SetRow("t", "r", new Row { ["a"] = 1, ["b"] = 2 }).SetCell("t", "other", "c", 1);
        tinyBase.Apply(peer.Doc.EncodeStateAsUpdate());
        tinyBase.Start();
        tinyBase.LocalUpdates.Clear();

        tinyBase.Store.DeleteRow("t", "r");
        tinyBase.LocalUpdates.ForEach(peer.Apply);
        Assert.False(peer.Store.HasRow("t", "r"));

        peer.Store.SetCell("t", "r", "a", 3);
        tinyBase.Apply(peer.Doc.EncodeStateAsUpdate(tinyBase.Doc.EncodeStateVector()));
        Assert.Equal(Content.Of(peer.Doc), Content.Of(tinyBase.Doc));
        Assert.Equal(["a"], peer.Store.GetCellIds("t", "r"));
    }

    [Fact]
    public void TinyBasePeerMakesTheSameTable_LaterOrEarlier_RowsOfBothStay()
    {
        foreach (var (tinyBaseId, peerId) in new (ulong, ulong)[] { (1, 4), (5, 2) })
        {
            using var tinyBase = new TinyBasePeer(tinyBaseId);
            using var peer = Peer.Started(peerId);
            peer.Store.SetCell("shared", "r", "c", 0);
            tinyBase.Apply(peer.Doc.EncodeStateAsUpdate());
            tinyBase.Start();

            peer.Store.SetCell("t", "mine", "c", 1).SetCell("t", "both", "a", 1);
            tinyBase.Store.SetCell("t", "theirs", "c", 2).SetCell("t", "both", "b", 2);
            peer.Apply(tinyBase.Doc.EncodeStateAsUpdate(peer.Doc.EncodeStateVector()));
            tinyBase.Apply(peer.Doc.EncodeStateAsUpdate(tinyBase.Doc.EncodeStateVector()));

            Assert.Equal(["both", "mine", "theirs"], peer.Store.GetRowIds("t").Order());
            Assert.Equal(["a", "b"], peer.Store.GetCellIds("t", "both").Order());
            Assert.Equal(Content.Of(peer.Doc), Content.Of(tinyBase.Doc));
            Assert.Equal(Content.Of(peer.Store), Content.Of(peer.Doc));
        }
    }

    // The peer that shows the document has loaded it, as after a restart.
    private static TinyBasePeer OldDocument(ulong id)
    {
        var old = new TinyBasePeer(id + 2);
        old.Apply(OldUpdates.GetOrAdd(id, MakeOldDocument)[^1]);
        return old.Start();
    }

    // Two cells a row, one transaction a row, as TinyBase writes them: the updates, and last the whole state.
    private static byte[][] MakeOldDocument(ulong id)
    {
        using var old = new TinyBasePeer(id);
        old.Start();
        for (var i = 0; i < Rows; i++)
        {
            old.Store.SetRow("t", "old" + i, new Row { ["c"] = i, ["d"] = "old " + i });
        }
        old.Store.SetValue("old", true);
        return [.. old.LocalUpdates, old.Doc.EncodeStateAsUpdate()];
    }

    private static Peer FreshPeerWithContent(ulong id)
    {
        var fresh = Peer.Started(id);
        fresh.Store.SetRow("t", "fresh", new Row { ["c"] = 1 });
        fresh.Store.SetRow("u", "fresh", new Row { ["c"] = 1 });
        fresh.Store.SetValue("fresh", true);
        return fresh;
    }

    private static void AssertAllIsThere(Store store)
    {
        for (var i = 0; i < Rows; i++)
        {
            Assert.True(store.HasCell("t", "old" + i, "c"));
            Assert.Equal("old " + i, store.GetCell("t", "old" + i, "d"));
        }
        Assert.True(store.HasRow("t", "fresh"));
        Assert.True(store.HasRow("u", "fresh"));
        Assert.Equal(["fresh", "old"], store.GetValueIds().Order());
    }
}
