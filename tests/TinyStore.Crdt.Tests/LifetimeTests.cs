using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>Errors of others, starts and stops, and ends.</summary>
public abstract class LifetimeTests(DocLayout layout) : LayoutTests(layout)
{
    [Fact]
    public void ObserverOfTheStoreThrows_LoadIsCompleteAndTheErrorIsRaised()
    {
        using var peer = Started(2);
        using var remote = Started(4);
        peer.Store.SetCell("t", "r", "c", 0);
        Peer.Sync(peer, remote);
        using var listener = peer.Store.AddCellListener("t", "r", "c", _ => throw new FormatException("listener"));

        remote.Store.SetCell("t", "r", "c", 1).SetCell("t", "r", "d", 2);
        remote.SendTo(peer);

        Assert.IsType<FormatException>(Assert.Single(peer.Errors).Exception);
        Assert.Equal(PersisterOperation.Load, peer.Errors[0].Operation);
        Peer.AssertEqual(peer, remote);
    }

    [Fact]
    public void MutatorOfTheStoreThrows_NothingIsLoadedUntilItStops()
    {
        using var peer = Started(2);
        using var remote = Started(4);
        peer.Store.SetCell("t", "r", "c", 0);
        Peer.Sync(peer, remote);
        var mutator = peer.Store.AddCellListener("t", "r", "c", _ => throw new FormatException("mutator"), ListenerKind.Mutator);

        remote.Store.SetCell("t", "r", "c", 1);
        remote.SendTo(peer);
        Assert.Equal(0, peer.Store.GetCell("t", "r", "c"));
        Assert.Equal(PersisterOperation.Load, Assert.Single(peer.Errors).Operation);

        mutator.Dispose();
        remote.Store.SetCell("t", "r", "d", 1);
        remote.SendTo(peer);
        Peer.AssertEqual(peer, remote);
    }

    [Fact]
    public void ObserverOfTheDocumentThrows_SaveIsCompleteAndTheErrorIsRaised()
    {
        using var peer = Started(2);
        var map = Layout == DocLayout.Flat ? peer.Doc.GetMap("tinybase/cells") : peer.Doc.GetMap("tinybase");
        using (map.ObserveDeep(_ => throw new FormatException("observer")))
        {
            peer.Store.SetCell("t", "r", "c", 1);
        }

        Assert.Equal(PersisterOperation.Save, Assert.Single(peer.Errors).Operation);
        Assert.False(peer.Persister.IsDirty);
        Peer.AssertEqual(peer);
    }

    [Fact]
    public async Task FirstSave_ObserverOfTheDocumentThrows_ContentIsThereAndIsNotWrittenAgain()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 2 });
        var store = new Store().SetCell("t", "r", "c", 1).SetCell("t", "q", "d", "x").SetValue("v", true);
        await using var persister = new YjsPersister(store, doc, Options());
        using (doc.ObserveAfterTransaction(_ => throw new FormatException("observer")))
        {
            await Assert.ThrowsAsync<FormatException>(() => persister.SaveAsync());
        }

        var updates = 0;
        using var observing = doc.ObserveUpdates(_ => updates++);
        await persister.SaveAsync();

        Assert.Equal(0, updates);
        Assert.False(persister.IsDirty);
        var read = new Store();
        await using var reader = new YjsPersister(read, doc, Options());
        await reader.LoadAsync();
        Assert.Equal(store.GetJson(), read.GetJson());
    }

    [Fact]
    public async Task DocumentIsDisposed_StoreChangesStayUnsavedAndNothingThrows()
    {
        var doc = new YDoc();
        var store = new Store();
        var persister = new YjsPersister(store, doc, Options());
        var errors = new List<PersisterErrorEventArgs>();
        persister.Error += (_, e) => errors.Add(e);
        await persister.StartAutoPersistingAsync();
        store.SetValue("before", 1);

        doc.Dispose();
        store.SetValue("after", 2);

        Assert.True(persister.IsDirty);
        Assert.IsType<ObjectDisposedException>(Assert.Single(errors).Exception);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => persister.SaveAsync());
        await persister.DisposeAsync();
        store.SetValue("later", 3);
        Assert.Equal(3, store.GetValues().Count);
    }

    [Fact]
    public async Task DisposeAsync_FromAListenerOfTheStore_SavesWhatTheTransactionChanged()
    {
        using var peer = Started(2);
        var disposal = default(ValueTask);
        using var listener = peer.Store.AddValueListener("last", _ => disposal = peer.Persister.DisposeAsync());

        await peer.Doc.Context.RunAsync(() => peer.Store.Transaction(() => peer.Store.SetCell("t", "r", "c", 1).SetValue("last", 2)));

        await disposal;
        Peer.AssertEqual(peer);
        Assert.False(peer.Persister.IsDirty);
    }

    [Fact]
    public async Task DisposedPersister_FollowsNothingAnyMore()
    {
        using var doc = new YDoc();
        var store = new Store();
        var persister = new YjsPersister(store, doc, Options());
        await persister.StartAutoPersistingAsync();
        store.SetCell("t", "r", "c", 1);
        await persister.DisposeAsync();
        await persister.DisposeAsync();

        store.SetCell("t", "r", "c", 2);
        Set(doc, "t", "r", "c", 3);

        Assert.Equal(2, store.GetCell("t", "r", "c"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => persister.LoadAsync());
    }

    [Fact]
    public async Task StopAutoSave_ChangesAreUnsavedUntilItStartsAgain_AndLoadsLeaveThemAlone()
    {
        using var peer = Started(2);
        using var remote = Started(4);
        peer.Store.SetRow("t", "r", new Row { ["c"] = 0, ["d"] = 0 });
        Peer.Sync(peer, remote);
        await peer.Persister.StopAutoSaveAsync();

        peer.Store.SetCell("t", "r", "c", "mine");
        peer.Store.DeleteCell("t", "r", "d");
        remote.Store.SetCell("t", "r", "c", "theirs").SetCell("t", "r", "e", "theirs");
        remote.SendTo(peer);

        Assert.True(peer.Persister.IsDirty);
        Assert.Equal("mine", peer.Store.GetCell("t", "r", "c"));
        Assert.False(peer.Store.HasCell("t", "r", "d"));
        Assert.Equal("theirs", peer.Store.GetCell("t", "r", "e"));
        await peer.Persister.StartAutoSaveAsync();
        Peer.Sync(peer, remote);
        Peer.AssertEqual(peer, remote);
        Assert.Equal("mine", remote.Store.GetCell("t", "r", "c"));
    }

    [Fact]
    public async Task StopAutoLoad_StartAgain_TakesOverWhatHappenedMeanwhile()
    {
        using var peer = Started(2);
        using var remote = Started(4);
        peer.Store.SetRow("t", "r", new Row { ["c"] = 0, ["d"] = 0 }).SetCell("t", "gone", "c", 1);
        Peer.Sync(peer, remote);
        await peer.Persister.StopAutoLoadAsync();

        remote.Store.SetCell("t", "r", "c", 1).DeleteRow("t", "gone").SetValue("v", 1);
        remote.SendTo(peer);
        Assert.True(peer.Store.HasRow("t", "gone"));
        peer.Store.SetCell("t", "r", "d", 2);
        await peer.Persister.StartAutoLoadAsync();

        Peer.Sync(peer, remote);
        Peer.AssertEqual(peer, remote);
        Assert.False(peer.Store.HasRow("t", "gone"));
    }

    [Fact]
    public async Task LoadAndSaveByHand_EachDoesItsPart()
    {
        using var peer = NewPeer(2);
        using var remote = Started(4);
        remote.Store.SetCell("t", "r", "c", 1);
        remote.SendTo(peer);

        await peer.Persister.LoadAsync();
        Assert.Equal("t/r/c = 1\n", Content.Of(peer.Store));
        peer.Store.SetCell("t", "r", "d", 2);
        Assert.Equal("t/r/c = 1\n", peer.DocContent);
        await peer.Persister.SaveAsync();

        Peer.AssertEqual(peer);
        Assert.False(peer.Persister.IsDirty);
        Assert.Equal(new PersisterStats(1, 1, 0), peer.Persister.Stats);
    }

    [Fact]
    public async Task LoadAsync_FromAListenerOfTheStore_RunsWhenTheTransactionIsOver()
    {
        using var peer = Started(2);
        Task? load = null;
        using var listener = peer.Store.AddValueListener("v", _ => load ??= peer.Persister.LoadAsync());

        // In the lane: the load waits for it on another thread.
        await peer.Doc.Context.RunAsync(() => peer.Store.SetValue("v", 1));

        await load!;
        Peer.AssertEqual(peer);
    }

    [Fact]
    public void ClientIdIsTakenOver_PersisterGoesOn()
    {
        using var peer = Started(2);
        using var twin = Started(2);
        twin.Store.SetCell("t", "twin", "c", 1);

        twin.SendTo(peer);
        peer.Store.SetCell("t", "mine", "c", 2);
        Peer.Sync(peer, twin);

        Assert.NotEqual(2ul, peer.Doc.ClientId);
        Assert.Contains(2ul, peer.Persister.OwnClientIds);
        Peer.AssertEqual(peer, twin);
    }

    [Fact]
    public void ErrorHandlerThrows_TheDocumentNeverNotices()
    {
        using var peer = Started(2);
        using var remote = Started(4);
        peer.Store.SetCell("t", "r", "c", 0);
        Peer.Sync(peer, remote);
        var raised = 0;
        peer.Persister.Error += (_, _) =>
        {
            raised++;
            throw new FormatException("handler");
        };
        Set(remote.Doc, "t", "r", "foreign", YValue.FromBigInt(1));
        remote.Store.SetCell("t", "r", "c", 1);

        remote.SendTo(peer);

        Assert.Equal(1, raised);
        Assert.Equal("t/r/c = 1\n", Content.Of(peer.Store));
    }

    [Fact]
    public void DocumentIsDisposedInsideAStoreTransaction_StoreKeepsItsContent()
    {
        var peer = Started(2);
        peer.Store.SetValue("before", 1);

        peer.Store.Transaction(() =>
        {
            peer.Store.SetValue("after", 2);
            peer.Doc.Dispose();
        });

        Assert.Equal("after = 2\nbefore = 1\n", Content.Of(peer.Store));
        Assert.IsType<ObjectDisposedException>(Assert.Single(peer.Errors).Exception);
        Assert.True(peer.Persister.IsDirty);
        peer.Dispose();
    }
}

public sealed class NestedLifetimeTests() : LifetimeTests(DocLayout.Nested);

public sealed class FlatLifetimeTests() : LifetimeTests(DocLayout.Flat);
