using TinyStore.Crdt;
using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>A document, a store and the persister between them.</summary>
internal sealed class BridgePeer : IDisposable
{
    public BridgePeer(ulong clientId, byte[]? update, Store? store = null)
    {
        Store = store ?? new Store();
        Doc = new YDoc(new YDocOptions { ClientId = clientId });
        if (update is not null)
        {
            Doc.ApplyUpdate(update);
        }
        Persister = new YjsPersister(Store, Doc);
    }

    public YDoc Doc { get; }

    public Store Store { get; }

    public YjsPersister Persister { get; }

    public YMap Table => Doc.GetMap("tinybase")["t"].AsMap![MixedTable.Id].AsMap!;

    /// <summary>Update, document, store: loaded once.</summary>
    public static BridgePeer Loaded(byte[] update, ulong clientId = 2)
    {
        var peer = new BridgePeer(clientId, update);
        Now(peer.Persister.LoadAsync());
        return peer;
    }

    public BridgePeer Started()
    {
        Now(Persister.StartAutoPersistingAsync());
        return this;
    }

    public void Save() => Now(Persister.SaveAsync());

    public void Dispose()
    {
        Persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Doc.Dispose();
    }

    // Everything here runs in the caller, so that no time goes by between threads.
    private static void Now(Task task)
    {
        if (!task.IsCompleted)
        {
            throw new InvalidOperationException("The persister went to another thread: the measurement is void.");
        }
        task.GetAwaiter().GetResult();
    }
}
