using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>A provider is attached and its first sync is not complete: nothing is written into an empty document yet.</summary>
public abstract class WaitingTests(DocLayout layout) : LayoutTests(layout)
{
    protected object Provider { get; } = new();

    [Fact]
    public void ProviderAttached_StoreChanges_StayUnsavedUntilTheFirstSync()
    {
        using var peer = PeerWithProvider();
        peer.Start();

        peer.Store.SetCell("t", "mine", "c", 1);

        Assert.Empty(peer.Updates);
        Assert.True(peer.Persister.IsDirty);
        Assert.True(peer.Persister.IsWaitingForFirstSync);
        peer.Doc.MarkSynced(Provider);
        Assert.False(peer.Persister.IsDirty);
        Assert.False(peer.Persister.IsWaitingForFirstSync);
        Peer.AssertEqual(peer);
        Assert.Single(peer.Updates);
    }

    [Fact]
    public void StoreHadContentBeforeItStarted_DocumentsCellsWinAndTheRestIsSaved()
    {
        using var other = Started(2);
        other.Store.SetRow("t", "both", new Row { ["c"] = "theirs" });
        using var peer = PeerWithProvider();
        peer.Store.SetRow("t", "both", new Row { ["c"] = "mine", ["d"] = "mine" });
        peer.Start();

        other.SendTo(peer);
        peer.Doc.MarkSynced(Provider);
        Peer.Sync(peer, other);

        Assert.Equal("theirs", other.Store.GetCell("t", "both", "c"));
        Assert.Equal("mine", other.Store.GetCell("t", "both", "d"));
        Peer.AssertEqual(peer, other);
    }

    [Fact]
    public async Task SaveAsync_WhileWaiting_CompletesWhenItIsSaved()
    {
        using var peer = PeerWithProvider();
        peer.Store.SetCell("t", "r", "c", 1);

        var save = peer.Persister.SaveAsync();
        await Task.Delay(20);
        Assert.False(save.IsCompleted);
        peer.Doc.MarkSynced(Provider);
        await save;

        Assert.NotEmpty(peer.DocContent);
        Assert.False(peer.Persister.IsDirty);
    }

    [Fact]
    public async Task DisposeAsync_WhileWaiting_SavesAtOnce()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 2 });
        using var attached = doc.AttachProvider(Provider);
        var store = new Store();
        await using (var persister = new YjsPersister(store, doc, Options()))
        {
            await persister.StartAutoPersistingAsync();
            store.SetCell("t", "r", "c", 1);
            Assert.Empty(ContentOf(doc));
        }

        Assert.Equal("t/r/c = 1\n", ContentOf(doc));
    }

    [Fact]
    public void InitialContent_IsUsedAfterTheFirstSyncAndOnlyWhereTheDocumentIsNew()
    {
        using var first = PeerWithProvider();
        first.Start(Initial());
        Assert.Empty(Content.Of(first.Store));
        first.Doc.MarkSynced(Provider);
        Assert.Equal("initial = 1\n", Content.Of(first.Store));
        Peer.AssertEqual(first);

        first.Store.DeleteValue("initial");
        using var second = PeerWithProvider(4);
        second.Start(Initial());
        first.SendTo(second);
        second.Doc.MarkSynced(Provider);
        Assert.Empty(Content.Of(second.Store));
        Peer.AssertEqual(first, second);

        static StoreContent Initial()
        {
            var content = new StoreContent();
            content.Values["initial"] = 1;
            return content;
        }
    }

    [Fact]
    public void EmptyStore_MakesNothing()
    {
        using var peer = Started(2);
        Assert.Empty(peer.Updates);

        using var waiting = PeerWithProvider();
        waiting.Start();
        waiting.Doc.MarkSynced(Provider);
        Assert.Empty(waiting.Updates);
    }

    [Fact]
    public void CreateContainersBeforeFirstSync_SavesAtOnce()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 2 });
        using var attached = doc.AttachProvider(Provider);
        using var peer = new Peer(doc, options =>
        {
            Configure(options);
            options.CreateContainersBeforeFirstSync = true;
        });
        peer.Start();

        peer.Store.SetCell("t", "r", "c", 1);

        Peer.AssertEqual(peer);
        Assert.False(peer.Persister.IsDirty);
    }

    [Fact]
    public void DocumentHasContainers_ProviderIsNotSynced_SavesAtOnce()
    {
        using var other = Started(2);
        other.Store.SetCell("t", "r", "c", 1);
        using var peer = PeerWithProvider();
        other.SendTo(peer);
        peer.Start();

        peer.Store.SetCell("t", "r", "d", 2);

        Peer.AssertEqual(peer);
    }

    private protected Peer PeerWithProvider(ulong id = 8)
    {
        var doc = new YDoc(new YDocOptions { ClientId = id });
        doc.AttachProvider(Provider);
        return new Peer(doc, Configure);
    }
}

public sealed class NestedWaitingTests() : WaitingTests(DocLayout.Nested)
{
    [Fact]
    public void OldDocumentArrives_BeforeTheFirstSyncEnds_ItsContainersAreUsedAndAllRowsStay()
    {
        using var old = new TinyBasePeer(1);
        old.Start();
        old.Store.SetRow("t", "old", new Row { ["c"] = 1 }).SetRow("t", "both", new Row { ["c"] = "theirs", ["d"] = "theirs" });
        using var peer = PeerWithProvider();
        peer.Start();
        peer.Store.SetCell("t", "mine", "c", 1).SetCell("t", "both", "c", "mine");

        peer.Apply(old.Doc.EncodeStateAsUpdate());
        peer.Doc.MarkSynced(Provider);
        old.Apply(peer.Doc.EncodeStateAsUpdate());

        Assert.Equal(["both", "mine", "old"], peer.Store.GetRowIds("t").Order());
        // What the app wrote wins over what was there; what it did not touch comes from the document.
        Assert.Equal("mine", peer.Store.GetCell("t", "both", "c"));
        Assert.Equal("theirs", peer.Store.GetCell("t", "both", "d"));
        Assert.Equal(Content.Of(peer.Store), peer.DocContent);
        Assert.Equal(Content.Of(peer.Store), Content.Of(old.Doc));
        Assert.Equal(Content.Of(peer.Store), Content.Of(old.Store));
        Assert.Equal(0u, peer.Doc.GetClock(YItemId.MaxClient));
    }
}

public sealed class FlatWaitingTests() : WaitingTests(DocLayout.Flat);
