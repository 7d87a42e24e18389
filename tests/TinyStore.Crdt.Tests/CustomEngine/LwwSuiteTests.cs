using TinyStore.TestKit.Crdt;

namespace TinyStore.Crdt.Tests.CustomEngine;

// <suite>
public sealed class LwwSuiteTests : CrdtPersisterSuite
{
    protected override ICrdtAdapter Adapter { get; } = new LwwAdapter((store, map) => new LwwPersister(store, map));
}

/// <summary>Opens peers for the suite.</summary>
internal sealed class LwwAdapter(Func<Store, LwwMap, CrdtPersister> connect) : ICrdtAdapter
{
    public ICrdtPeer Open(CrdtPeerStart start)
    {
        var map = new LwwMap(start.Session);
        if (start.Saved is not null)
        {
            map.Apply(start.Saved, "file");
        }
        map.Changed += change =>
        {
            if (change.IsLocal)
            {
                start.Send(change.Update);
            }
        };
        return new Peer(map, connect(start.Store, map));
    }

    private sealed class Peer(LwwMap map, CrdtPersister persister) : ICrdtPeer
    {
        public CrdtPersister Persister => persister;

        public bool IsWaiting => false; // Each write stands for itself.

        public void Apply(byte[] update) => map.Apply(update, "network");

        public byte[] Encode() => map.Encode();

        public IEnumerable<KeyValuePair<string, CellValue>> ReadDocument()
        {
            var cells =
                from tableId in map.TableIds
                from rowId in map.RowIds(tableId)
                from cell in map.Read(tableId, rowId)
                select KeyValuePair.Create($"{tableId}/{rowId}/{cell.Key}", cell.Value);
            return cells.Concat(map.Read(null, null));
        }

        public void Dispose() => persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
// </suite>
