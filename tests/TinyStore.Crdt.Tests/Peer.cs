using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>A store and a document with a persister between them.</summary>
internal sealed class Peer : IDisposable
{
    private readonly List<IDisposable> _observing = [];

    public Peer(ulong clientId, Action<YjsPersisterOptions>? configure = null, bool gc = true, Store? store = null)
        : this(new YDoc(new YDocOptions { ClientId = clientId, Gc = gc }), configure, store)
    {
    }

    public Peer(YDoc doc, Action<YjsPersisterOptions>? configure = null, Store? store = null)
    {
        Doc = doc;
        Store = store ?? new Store();
        var options = new YjsPersisterOptions();
        configure?.Invoke(options);
        Layout = options.Layout;
        Persister = new YjsPersister(Store, Doc, options);
        Persister.Error += (_, e) => Errors.Add(e);
        _observing.Add(Doc.ObserveUpdates(e =>
        {
            Updates.Add(e.Update.ToArray());
            if (e.IsLocal)
            {
                LocalUpdates.Add(e.Update.ToArray());
            }
        }));
    }

    public YDoc Doc { get; }

    public DocLayout Layout { get; }

    public Store Store { get; }

    public YjsPersister Persister { get; }

    public List<PersisterErrorEventArgs> Errors { get; } = [];

    /// <summary>What the document shows.</summary>
    public string DocContent => Content.Of(Doc, Layout);

    /// <summary>The updates of all transactions.</summary>
    public List<byte[]> Updates { get; } = [];

    /// <summary>The updates of the transactions made here.</summary>
    public List<byte[]> LocalUpdates { get; } = [];

    public static Peer Started(ulong clientId, Action<YjsPersisterOptions>? configure = null, bool gc = true)
    {
        var peer = new Peer(clientId, configure, gc);
        peer.Start();
        return peer;
    }

    public Peer Start(StoreContent? initial = null, bool saveFirst = false)
    {
        Persister.StartAutoPersistingAsync(initial, saveFirst).GetAwaiter().GetResult();
        return this;
    }

    public void Apply(byte[] update) => Doc.ApplyUpdate(update, "test");

    /// <summary>Gives another peer what it lacks.</summary>
    public void SendTo(Peer other) => other.Apply(Doc.EncodeStateAsUpdate(other.Doc.EncodeStateVector()));

    /// <summary>Exchanges until nobody has anything new.</summary>
    public static void Sync(params Peer[] peers)
    {
        for (var round = 0; round < 10; round++)
        {
            var before = peers.Sum(peer => peer.LocalUpdates.Count);
            foreach (var from in peers)
            {
                foreach (var to in peers)
                {
                    if (from != to)
                    {
                        from.SendTo(to);
                    }
                }
            }
            if (peers.Sum(peer => peer.LocalUpdates.Count) == before)
            {
                return;
            }
        }
        Assert.Fail("The peers keep writing.");
    }

    /// <summary>All documents show the same, and every store shows what its document does.</summary>
    public static void AssertEqual(params Peer[] peers)
    {
        var expected = peers[0].DocContent;
        foreach (var peer in peers)
        {
            Assert.False(peer.Doc.HasPending);
            Assert.Equal(expected, peer.DocContent);
            Assert.Equal(expected, Content.Of(peer.Store));
        }
    }

    public void Dispose()
    {
        Persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _observing.ForEach(observing => observing.Dispose());
        Doc.Dispose();
    }
}
