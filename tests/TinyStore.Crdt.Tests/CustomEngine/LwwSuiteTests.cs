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

        public StoreContent ReadDocument()
        {
            var content = new StoreContent();
            foreach (var tableId in map.TableIds)
            {
                foreach (var rowId in map.RowIds(tableId))
                {
                    foreach (var (cellId, value) in map.Read(tableId, rowId))
                    {
                        content.Tables.TryAdd(tableId, []);
                        content.Tables[tableId].TryAdd(rowId, []);
                        content.Tables[tableId][rowId][cellId] = value;
                    }
                }
            }
            foreach (var (valueId, value) in map.Read(null, null))
            {
                content.Values[valueId] = value;
            }
            return content;
        }

        public void Dispose() => persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
// </suite>
