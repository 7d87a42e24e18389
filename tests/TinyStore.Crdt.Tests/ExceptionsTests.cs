using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>The exceptions to the guarantee that docs/convergence.md lists, each with what happens.</summary>
public sealed class ExceptionsTests
{
    [Fact]
    public void DeletionHeardThroughAMergedState_CellThatWasNotSeenByTheDeleter_IsGoneAtThatPeer()
    {
        using var tinyBase = new TinyBasePeer(1);
        using var author = Peer.Started(2);
        author.Store.SetCell("t", "seen", "c", 1);
        tinyBase.Apply(author.Doc.EncodeStateAsUpdate());
        tinyBase.Start();
        tinyBase.LocalUpdates.Clear();
        author.Store.SetCell("t", "unseen", "c", 2);
        tinyBase.Store.DeleteTable("t");
        using var merged = new YDoc();
        merged.ApplyUpdate(author.Doc.EncodeStateAsUpdate());
        merged.ApplyUpdate(tinyBase.Doc.EncodeStateAsUpdate());

        // The merged document cannot say any more that the deleter had not seen the cell.
        author.Apply(merged.EncodeStateAsUpdate());

        Assert.False(author.Store.HasTable("t"));
        Assert.Equal(Content.Of(author.Store), Content.Of(author.Doc));
    }

    [Fact]
    public void TableDeletedByATinyBasePeerWhileAnotherPeerMakesIt_ItsRowsComeBack()
    {
        using var tinyBase = new TinyBasePeer(1);
        tinyBase.Start();
        using var author = new Peer(2);
        author.Apply(tinyBase.Doc.EncodeStateAsUpdate());
        author.Start();
        tinyBase.Store.SetCell("t", "theirs", "c", 1);
        author.Store.SetCell("t", "mine", "c", 2);
        author.Apply(tinyBase.LocalUpdates[^1]);
        Assert.True(author.Store.HasRow("t", "theirs"));

        // It deletes its own, lost container. That looks as if it had learnt that the container is lost.
        tinyBase.Store.DeleteTable("t");
        author.Apply(tinyBase.LocalUpdates[^1]);

        Assert.True(author.Store.HasRow("t", "theirs"));
        Assert.Equal(Content.Of(author.Store), Content.Of(author.Doc));
    }

    [Fact]
    public void RestartedPeer_WithoutItsOldClientIds_DoesNotWriteAgainWhatIsDeletedUnseen()
    {
        foreach (var keepsIds in new[] { true, false })
        {
            using var tinyBase = new TinyBasePeer(1);
            byte[] saved;
            IReadOnlyCollection<ulong> ids;
            using (var before = Peer.Started(2))
            {
                before.Store.SetCell("t", "seen", "c", 1);
                tinyBase.Apply(before.Doc.EncodeStateAsUpdate());
                tinyBase.Start();
                before.Store.SetCell("t", "unseen", "c", 2);
                saved = before.Doc.EncodeStateAsUpdate();
                ids = before.Persister.OwnClientIds;
            }
            tinyBase.Store.DeleteTable("t");
            using var after = new Peer(4, options => options.OwnClientIds.UnionWith(keepsIds ? ids : []));
            after.Apply(saved);
            after.Start();

            after.Apply(tinyBase.LocalUpdates[^1]);

            Assert.Equal(keepsIds, after.Store.HasRow("t", "unseen"));
            Assert.Equal(Content.Of(after.Store), Content.Of(after.Doc));
        }
    }

    [Fact]
    public void TinyBasePeersAlone_MakeTheSameTable_LoseTheRowsOfOne()
    {
        using var first = new TinyBasePeer(1);
        using var second = new TinyBasePeer(3);
        first.Start();
        second.Apply(first.Doc.EncodeStateAsUpdate());
        second.Start();
        first.Store.SetCell("t", "first", "c", 1);
        second.Store.SetCell("t", "second", "c", 2);

        first.Apply(second.Doc.EncodeStateAsUpdate());
        second.Apply(first.Doc.EncodeStateAsUpdate());

        Assert.Equal("t/second/c = 2\n", Content.Of(first.Doc));
        Assert.Equal("t/second/c = 2\n", Content.Of(second.Doc));
        Assert.NotEqual(Content.Of(first.Store), Content.Of(second.Store));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TinyBasePeersMakeTheSameTable_ANetPeerHearsBoth_NoRowIsLost(bool higherFirst)
    {
        using var first = new TinyBasePeer(1);
        using var second = new TinyBasePeer(3);
        first.Start();
        second.Apply(first.Doc.EncodeStateAsUpdate());
        second.Start();
        using var peer = new Peer(2);
        peer.Apply(first.Doc.EncodeStateAsUpdate());
        peer.Start();
        first.Store.SetCell("t", "first", "c", 1);
        second.Store.SetCell("t", "second", "c", 2);

        peer.Apply(higherFirst ? second.LocalUpdates[^1] : first.LocalUpdates[^1]);
        peer.Apply(higherFirst ? first.LocalUpdates[^1] : second.LocalUpdates[^1]);
        first.Apply(peer.Doc.EncodeStateAsUpdate());

        Assert.Equal("t/first/c = 1\nt/second/c = 2\n", Content.Of(peer.Store));
        Assert.Equal(Content.Of(peer.Store), Content.Of(first.Doc));
    }

    [Fact]
    public async Task LoadOnlyPeer_WritesNothingAgain()
    {
        using var old = new TinyBasePeer(1);
        old.Start();
        old.Store.SetCell("t", "old", "c", 1);
        using var fresh = Peer.Started(2);
        fresh.Store.SetCell("t", "fresh", "c", 1);
        using var reader = new Peer(4);
        fresh.SendTo(reader);
        await reader.Persister.StartAutoLoadAsync();

        reader.Apply(old.Doc.EncodeStateAsUpdate());

        Assert.Empty(reader.LocalUpdates);
        Assert.Equal(Content.Of(reader.Store), Content.Of(reader.Doc));
    }
}
