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
}

public sealed class NestedManyPersistersTests() : ManyPersistersTests(DocLayout.Nested);

public sealed class FlatManyPersistersTests() : ManyPersistersTests(DocLayout.Flat);
