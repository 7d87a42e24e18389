using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

/// <summary>Checks what must hold in a store whatever happened to it.</summary>
internal static class StoreIntegrity
{
    public static void Check(YDoc doc)
    {
        var store = doc.Store;
        var reached = new HashSet<int>();
        var rows = 0;
        for (var client = 1; client <= store.Clients.Count; client++)
        {
            uint clock = 0;
            var position = default(ClockPosition);
            do
            {
                var handle = store.Clients.Handle(client, position);
                ref var entry = ref store.Entries[handle];
                Assert.Equal(client, entry.Client);
                Assert.Equal(clock, entry.Clock);
                Assert.True(entry.Length > 0, $"{store.IdOf(handle)} is empty");
                Assert.Equal(handle, store.Clients.HandleAt(client, clock));
                Assert.Equal(handle, store.Clients.HandleAt(client, entry.LastClock));
                Assert.True(reached.Add(handle), $"{store.IdOf(handle)} is indexed twice");
                rows += !entry.IsGC && entry.HasRow ? 1 : 0;
                clock += entry.Length;
            }
            while (store.Clients.MoveNext(client, ref position));

            Assert.Equal(store.Clients[client].Next, clock);
        }

        Assert.Equal(store.Entries.Count, reached.Count);
        Assert.Equal(store.Rows.Count, rows);
        var inLists = 0;
        foreach (var type in TypesOf(doc))
        {
            inLists += CheckList(store, type) + CheckMap(store, type);
        }

        Assert.Equal(reached.Count(handle => !store.Entries[handle].IsGC), inLists);
    }

    private static List<int> TypesOf(YDoc doc)
    {
        var store = doc.Store;
        var types = new List<int>();
        for (var client = 1; client <= store.Clients.Count; client++)
        {
            var position = default(ClockPosition);
            do
            {
                ref var entry = ref store.Entries[store.Clients.Handle(client, position)];
                if (entry.Kind == EntryKind.Type)
                {
                    types.Add((int)entry.Value);
                    Assert.Equal(store.Types[(int)entry.Value].Item, store.Clients.Handle(client, position));
                }
            }
            while (store.Clients.MoveNext(client, ref position));
        }

        types.AddRange(store.Roots);
        Assert.Equal(store.Types.Count, types.Count);
        return types;
    }

    private static int CheckList(StructStore store, int type)
    {
        var count = 0;
        uint length = 0;
        var left = 0;
        for (var item = store.Types[type].Start; item != 0; item = store.Entries[item].Right)
        {
            ref var entry = ref store.Entries[item];
            Assert.Equal(left, entry.Left);
            Assert.Equal(type, entry.Parent);
            Assert.False(entry.IsMapItem || entry.IsTail || entry.IsGC);
            length += !entry.IsDeleted && entry.IsCountable ? entry.Length : 0;
            left = item;
            count++;
        }

        Assert.Equal(length, store.Types[type].Length);
        return count;
    }

    private static int CheckMap(StructStore store, int type)
    {
        var count = 0;
        var live = 0;
        var cursor = 0;
        var keys = new HashSet<int>();
        while (store.NextTail(type, ref cursor) is var tail and not 0)
        {
            var key = store.KeyOf(tail);
            Assert.True(keys.Add(key), "a key comes twice");
            Assert.Equal(tail, store.FindTail(type, key));
            Assert.True(store.Entries[tail].IsTail);
            live += store.Entries[tail].IsDeleted ? 0 : 1;
            var right = 0;
            for (var item = tail; item != 0; item = store.Entries[item].Left)
            {
                ref var entry = ref store.Entries[item];
                Assert.Equal(right, store.RightOf(item));
                Assert.Equal(type, entry.Parent);
                Assert.Equal(key, store.KeyOf(item));
                Assert.True(entry.IsMapItem && entry.IsTail == (item == tail) && (entry.IsDeleted || item == tail));
                right = item;
                count++;
            }
        }

        Assert.Equal(live, store.Types[type].LiveKeys);
        return count;
    }
}
