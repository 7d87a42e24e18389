namespace TinyStore;

/// <summary>The sorted-row-ids listeners, by table and by the cell that is sorted by, in the order of addition.</summary>
internal sealed class SortedListeners(ListenerCount total) : IListenerOwner<Store>
{
    private readonly Dictionary<string, OrderedMap<ListenerLeaf<Store>>> _byTable = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public StoreListener<Store> Add(string tableId, string? cellId, Action<Store> handler, Func<string?[], IEnumerable<Store>> all)
    {
        if (!_byTable.TryGetValue(tableId, out var cells))
        {
            _byTable.Add(tableId, cells = new OrderedMap<ListenerLeaf<Store>>());
        }
        var key = Key(cellId);
        var hash = OrderedMap<int>.Hash(key);
        var index = cells.Find(key, hash);
        if (index < 0)
        {
            index = cells.Add(key, hash, new ListenerLeaf<Store>());
        }
        var listener = new StoreListener<Store>(this, [tableId, key], handler, all);
        cells.ValueAt(index).Add(listener);
        Count++;
        total.Value++;
        return listener;
    }

    public void Remove(StoreListener<Store> listener)
    {
        Count--;
        total.Value--;
        var cells = _byTable[listener.Path[0]!];
        var index = cells.Find(listener.Path[1]!);
        if (cells.ValueAt(index).Remove(listener))
        {
            cells.RemoveAt(index);
            if (cells.Count == 0)
            {
                _byTable.Remove(listener.Path[0]!);
            }
        }
    }

    public bool Listens(string tableId) => _byTable.ContainsKey(tableId);

    /// <summary>Rows of the table came or went: that may concern every listener of the table.</summary>
    public void CallAll(Store store, string tableId)
    {
        if (_byTable.TryGetValue(tableId, out var cells))
        {
            foreach (var leaf in cells.Keys().ConvertAll(k => cells.ValueAt(cells.Find(k))))
            {
                leaf.Call(store);
            }
        }
    }

    /// <summary>A cell changed in the table: that concerns those who sort by it.</summary>
    public void Call(Store store, string tableId, string cellId)
    {
        if (_byTable.TryGetValue(tableId, out var cells) && cells.Find(Key(cellId)) is >= 0 and var index)
        {
            cells.ValueAt(index).Call(store);
        }
    }

    // The empty key is the row id.
    private static string Key(string? cellId) => cellId is null ? "" : "=" + cellId;
}
