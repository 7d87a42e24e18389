using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>Several stores in one document, several documents and storages for one store.</summary>
public abstract class ManyPersistersTests(DocLayout layout) : LayoutTests(layout)
{
    [Fact]
    public async Task TwoRootsInOneDocument_TwoPeers_EachStoreHasItsOwn()
    {
        using var firstDoc = new YDoc(new YDocOptions { ClientId = 2 });
        using var secondDoc = new YDoc(new YDocOptions { ClientId = 4 });
        Store[] stores = [new(), new(), new(), new()];
        await using var a = new YjsPersister(stores[0], firstDoc, Options());
        await using var b = new YjsPersister(stores[1], firstDoc, Options("other"));
        await using var c = new YjsPersister(stores[2], secondDoc, Options());
        await using var d = new YjsPersister(stores[3], secondDoc, Options("other"));
        foreach (var persister in new[] { a, b, c, d })
        {
            await persister.StartAutoPersistingAsync();
        }
        for (var i = 0; i < 4; i++)
        {
            stores[i].SetCell("t", "r", "c" + i, i).SetValue("v" + i, i);
        }

        firstDoc.ApplyUpdate(secondDoc.EncodeStateAsUpdate());
        secondDoc.ApplyUpdate(firstDoc.EncodeStateAsUpdate());

        Assert.Equal(["c0", "c2"], stores[0].GetCellIds("t", "r").Order());
        Assert.Equal(["c1", "c3"], stores[1].GetCellIds("t", "r").Order());
        Assert.Equal(Content.Of(stores[0]), Content.Of(stores[2]));
        Assert.Equal(Content.Of(stores[1]), Content.Of(stores[3]));
        Assert.Equal(Content.Of(stores[0]), ContentOf(firstDoc));
        Assert.Equal(Content.Of(stores[1]), ContentOf(secondDoc, "other"));
        Assert.False(firstDoc.HasPending || secondDoc.HasPending);
    }

    [Fact]
    public async Task TwoStoresUnderOneRoot_FollowEachOther()
    {
        using var doc = new YDoc();
        var first = new Store();
        var second = new Store();
        await using var a = new YjsPersister(first, doc, Options());
        await using var b = new YjsPersister(second, doc, Options());
        await a.StartAutoPersistingAsync();
        await b.StartAutoPersistingAsync();

        first.SetCell("t", "r", "a", 1);
        second.SetCell("t", "r", "b", 2);
        second.DeleteCell("t", "r", "a");

        Assert.Equal("t/r/b = 2\n", Content.Of(first));
        Assert.Equal("t/r/b = 2\n", Content.Of(second));
    }

    [Fact]
    public async Task OneStoreInTwoDocuments_EachChangeReachesBothOnce()
    {
        using var firstDoc = new YDoc();
        using var secondDoc = new YDoc();
        var store = new Store();
        await using var a = new YjsPersister(store, firstDoc, Options());
        await using var b = new YjsPersister(store, secondDoc, Options());
        await a.StartAutoPersistingAsync();
        await b.StartAutoPersistingAsync();
        var updates = 0;
        using var observingFirst = firstDoc.ObserveUpdates(_ => updates++);
        using var observingSecond = secondDoc.ObserveUpdates(_ => updates++);

        store.SetCell("t", "r", "c", 1);
        Assert.Equal(2, updates);
        Set(firstDoc, "t", "r", "c", 2);

        Assert.Equal(4, updates);
        Assert.Equal("t/r/c = 2\n", Content.Of(store));
        Assert.Equal("t/r/c = 2\n", ContentOf(secondDoc));
    }

    [Fact]
    public async Task OneStoreWithACustomPersisterToo_BothHaveEverything()
    {
        using var doc = new YDoc();
        var store = new Store();
        StoreContent? stored = null;
        Action<PersistedData?>? onChanged = null;
        await using var custom = new CustomPersister(
            store,
            _ => ValueTask.FromResult<PersistedData?>(stored),
            (write, _) =>
            {
                stored = write.Content;
                return default;
            },
            new CustomPersisterOptions
            {
                Subscribe = (changed, _) =>
                {
                    onChanged = changed;
                    return default;
                },
            });
        await using var crdt = new YjsPersister(store, doc, Options());
        await custom.StartAutoPersistingAsync();
        await crdt.StartAutoPersistingAsync();

        store.SetValue("app", 1);
        Content.ValuesOf(doc, Layout).Set("doc", 2);
        await custom.FlushAsync();
        Assert.Equal(["app", "doc"], stored!.Values.Keys.Order());

        var changed = new StoreContent();
        changed.Values["file"] = 3;
        onChanged!(changed);
        await custom.FlushAsync();

        Assert.Equal("file = 3\n", Content.Of(store));
        Assert.Equal("file = 3\n", ContentOf(doc));
    }

    [Fact]
    public async Task TwoPersistersAlikeOnOneStoreAndDocument_NothingGoesRound()
    {
        using var doc = new YDoc();
        var store = new Store();
        await using var a = new YjsPersister(store, doc, Options());
        await using var b = new YjsPersister(store, doc, Options());
        await a.StartAutoPersistingAsync();
        await b.StartAutoPersistingAsync();
        var updates = 0;
        using var observing = doc.ObserveUpdates(_ => updates++);

        store.SetCell("t", "r", "c", 1);
        store.SetCell("t", "r", "c", 2);
        Set(doc, "t", "r", "c", 3);

        // Each saves what the app did, and the other takes for an app's change what one loads. There it ends.
        Assert.Equal(6, updates);
        Assert.Equal("t/r/c = 3\n", Content.Of(store));
        Assert.Equal("t/r/c = 3\n", ContentOf(doc));
        Assert.False(a.IsDirty || b.IsDirty);
    }
}

public sealed class NestedManyPersistersTests() : ManyPersistersTests(DocLayout.Nested);

public sealed class FlatManyPersistersTests() : ManyPersistersTests(DocLayout.Flat);

/// <summary>Both layouts in one document.</summary>
public sealed class BothLayoutsTests
{
    [Fact]
    public async Task TwoStoresUnderOneRootName_EachInItsLayout_DoNotMeet()
    {
        using var doc = new YDoc();
        var first = new Store();
        var second = new Store();
        await using var nested = new YjsPersister(first, doc);
        await using var flat = new YjsPersister(second, doc, new YjsPersisterOptions { Layout = DocLayout.Flat });
        await nested.StartAutoPersistingAsync();
        await flat.StartAutoPersistingAsync();

        first.SetCell("t", "r", "c", 1);
        second.SetCell("t", "r", "c", 2);

        Assert.Equal("t/r/c = 1\n", Content.Of(first));
        Assert.Equal("t/r/c = 1\n", Content.Of(doc));
        Assert.Equal("t/r/c = 2\n", Content.Of(second));
        Assert.Equal("t/r/c = 2\n", Content.Of(doc, DocLayout.Flat));
    }

    // The way to move a document to the other layout, while some peers still use the old one.
    [Fact]
    public async Task OneStoreInBothLayouts_ChangesOfEitherReachTheOther()
    {
        using var doc = new YDoc();
        using var old = Peer.Started(2);
        old.Store.SetRow("t", "old", new Row { ["c"] = 1 }).SetValue("v", 1);
        doc.ApplyUpdate(old.Doc.EncodeStateAsUpdate());
        var store = new Store();
        await using var nested = new YjsPersister(store, doc);
        await using var flat = new YjsPersister(store, doc, new YjsPersisterOptions { Layout = DocLayout.Flat });
        await nested.StartAutoPersistingAsync();
        await flat.StartAutoPersistingAsync();
        Assert.Equal("t/old/c = 1\nv = 1\n", Content.Of(doc, DocLayout.Flat));

        old.Store.DeleteRow("t", "old").SetCell("t", "new", "c", 2);
        doc.ApplyUpdate(old.Doc.EncodeStateAsUpdate());
        doc.GetMap("tinybase/cells").Set("t/flat/c", 3);

        Assert.Equal("t/flat/c = 3\nt/new/c = 2\nv = 1\n", Content.Of(store));
        Assert.Equal(Content.Of(store), Content.Of(doc));
        Assert.Equal(Content.Of(store), Content.Of(doc, DocLayout.Flat));
    }
}
