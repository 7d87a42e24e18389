namespace TinyStore;

public sealed partial class Store
{
    /// <summary>The row ids of a table sorted by a cell, or by themselves, and of those a page.</summary>
    /// <param name="tableId">The table.</param>
    /// <param name="cellId">The cell to sort by; null: the row id.</param>
    /// <param name="options">Order and page.</param>
    public IReadOnlyList<string> GetSortedRowIds(string tableId, string? cellId = null, SortOptions options = default) =>
        SortRowIds(tableId, cellId, options);

    /// <summary>Listens for a change of the sorted and paged row ids of a table.</summary>
    /// <param name="tableId">The table.</param>
    /// <param name="cellId">The cell to sort by; null: the row id.</param>
    /// <param name="options">Order and page.</param>
    /// <param name="listener">Called with the row ids, where they are others or in another order than when the listener was
    /// added or last called.</param>
    /// <param name="kind">Observer or mutator.</param>
    public StoreListener AddSortedRowIdsListener(string tableId, string? cellId, SortOptions options,
        Action<SortedRowIdsEvent> listener, ListenerKind kind = ListenerKind.Observer)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var known = SortRowIds(tableId, cellId, options);
        return Of(kind).SortedRowIds.Add(tableId, cellId, store =>
        {
            var now = store.SortRowIds(tableId, cellId, options);
            if (!now.AsSpan().SequenceEqual(known))
            {
                known = now;
                listener(new SortedRowIdsEvent(store, tableId, cellId, options, now));
            }
        }, _ => [this]);
    }

    private string[] SortRowIds(string tableId, string? cellId, SortOptions options)
    {
        if (FindTable(tableId) is not { } table)
        {
            return [];
        }
        var cell = cellId is null ? -1 : table.Cells.Find(cellId);
        var keys = new SortKey[table.Rows.Count];
        var count = 0;
        for (var i = 0; i < table.Rows.End; i++)
        {
            if (table.Rows.KeyAt(i) is not { } rowId)
            {
                continue;
            }
            CellValue key = rowId;
            if (cellId is not null)
            {
                ref var row = ref table.Rows.ValueAt(i);
                key = cell >= 0 && row.Layout.SlotOf(cell) is >= 0 and var slot ? row.Contents[slot] : default;
            }
            keys[count] = new SortKey(key, rowId, count);
            count++;
        }
        Array.Sort(keys, new SortKeyComparer(options));
        var offset = Math.Min(options.Offset, count);
        var ids = new string[Math.Min(options.Limit ?? count, count - offset)];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = keys[offset + i].RowId;
        }
        return ids;
    }

    private readonly record struct SortKey(CellValue Key, string RowId, int Index);

    // Rows with equal keys keep the order of the table; where TinyBase's own order is reversed, so is that (not with a comparer
    // of the app's).
    private sealed class SortKeyComparer(SortOptions options) : IComparer<SortKey>
    {
        private readonly IComparer<CellValue> _comparer = options.Comparer ?? SortOptions.DefaultComparer;
        private readonly int _sign = options.Descending ? -1 : 1;
        private readonly int _tieSign = options is { Descending: true, Comparer: null } ? -1 : 1;

        public int Compare(SortKey x, SortKey y)
        {
            var order = _comparer.Compare(x.Key, y.Key);
            return order != 0 ? Math.Sign(order) * _sign : (x.Index - y.Index) * _tieSign;
        }
    }
}
