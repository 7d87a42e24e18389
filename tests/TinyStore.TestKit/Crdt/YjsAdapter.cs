using TinyStore.Crdt;
using TinyStore.Yjs;

namespace TinyStore.TestKit.Crdt;

/// <summary><see cref="YjsPersister"/> for the suite, in the nested layout unless it is told otherwise.</summary>
/// <param name="configure">Sets the options of each persister.</param>
/// <param name="read">Reads what a document shows; the default reads the nested layout.</param>
/// <param name="isGc">Whether a peer's documents collect garbage; the default is that every other peer's do.</param>
public sealed class YjsAdapter(Action<YjsPersisterOptions>? configure = null, Func<YDoc, IEnumerable<KeyValuePair<string, CellValue>>>? read = null, Func<int, bool>? isGc = null) : ICrdtAdapter
{
    // Of each peer, so that it knows after a restart what it had written before. Only one program may use it then.
    private readonly Dictionary<int, HashSet<ulong>>? _ownIds;

    private YjsAdapter(Func<int, bool> isGc)
        : this(null, null, isGc) => _ownIds = [];

    /// <summary>One for a single program in which foreign peers take part: peers keep their client ids, all collect garbage.</summary>
    public static YjsAdapter ForOneProgram() => new(_ => true);

    /// <inheritdoc/>
    public ICrdtPeer Open(CrdtPeerStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        // Low and high ids in turn, so that a conflict is won by either side.
        var clientId = 1000 + start.Session + (start.Session % 3 == 0 ? 4_000_000_000UL : 0);
        var doc = new YDoc(new YDocOptions { ClientId = clientId, Gc = isGc?.Invoke(start.Peer) ?? start.Peer % 2 == 0 });
        if (start.Saved is not null)
        {
            doc.ApplyUpdate(start.Saved, "file");
        }
        var options = new YjsPersisterOptions();
        configure?.Invoke(options);
        if (_ownIds?.TryGetValue(start.Peer, out var ids) == true)
        {
            options.OwnClientIds.UnionWith(ids);
        }
        var persister = new YjsPersister(start.Store, doc, options);
        doc.ObserveUpdates(e =>
        {
            if (e.IsLocal)
            {
                start.Send(e.Update.ToArray());
            }
        });
        return new Peer(doc, persister, read ?? (doc => NestedContent.Read(doc)), () =>
        {
            if (_ownIds is not null)
            {
                _ownIds[start.Peer] = [.. persister.OwnClientIds];
            }
        });
    }

    private sealed class Peer(YDoc doc, YjsPersister persister, Func<YDoc, IEnumerable<KeyValuePair<string, CellValue>>> read, Action onEnd) : ICrdtPeer
    {
        public CrdtPersister Persister => persister;

        public bool IsWaiting => doc.HasPending;

        public void Apply(byte[] update) => doc.ApplyUpdate(update, "network");

        public byte[] Encode() => doc.EncodeStateAsUpdate();

        public IEnumerable<KeyValuePair<string, CellValue>> ReadDocument() => read(doc);

        public void Dispose()
        {
            persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
            onEnd();
            doc.Dispose();
        }
    }
}
