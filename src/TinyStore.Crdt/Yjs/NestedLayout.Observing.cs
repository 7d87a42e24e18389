using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Which places a transaction of the document changed.
internal sealed partial class NestedLayout
{
    public override IDisposable Observe() => _root.ObserveDeep(OnDeepEvents);

    private void OnDeepEvents(IReadOnlyList<YEvent> events)
    {
        if (IsPlainSave(events[0].Transaction))
        {
            return;
        }
        foreach (var changed in events)
        {
            if (changed is YMapEvent map)
            {
                Mark(map);
            }
        }
    }

    private void Mark(YMapEvent changed)
    {
        var path = changed.Path;
        switch (path.Count)
        {
            case 0:
                foreach (var key in changed.KeysChanged)
                {
                    if (key is TablesKey)
                    {
                        Mark(DocumentPath.Everything);
                    }
                    else if (key is ValuesKey)
                    {
                        Mark(DocumentPath.Values);
                    }
                }
                break;
            case 1 when path[0].Key is TablesKey:
                foreach (var tableId in changed.KeysChanged)
                {
                    Mark(DocumentPath.Table(tableId));
                }
                break;
            case 1 when path[0].Key is ValuesKey:
                foreach (var valueId in changed.KeysChanged)
                {
                    Mark(DocumentPath.Value(valueId));
                }
                break;
            case 2 when path[0].Key is TablesKey && path[1].Key is { } tableId:
                foreach (var rowId in changed.KeysChanged)
                {
                    Mark(DocumentPath.Row(tableId, rowId));
                }
                break;
            case 3 when path[0].Key is TablesKey && path[1].Key is { } tableId && path[2].Key is { } rowId:
                foreach (var cellId in changed.KeysChanged)
                {
                    Mark(DocumentPath.Cell(tableId, rowId, cellId));
                }
                // The cells are read soon, mostly of this one row.
                Remember(tableId, rowId, (YMap)changed.Target);
                break;
            default:
                // Inside something foreign.
                break;
        }
    }
}
