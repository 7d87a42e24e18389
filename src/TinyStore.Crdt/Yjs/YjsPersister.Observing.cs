using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Which places a transaction of the document changed.
public sealed partial class YjsPersister
{
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
                        MarkChanged(DocumentPath.Everything);
                    }
                    else if (key is ValuesKey)
                    {
                        MarkChanged(DocumentPath.Values);
                    }
                }
                break;
            case 1 when path[0].Key is TablesKey:
                foreach (var tableId in changed.KeysChanged)
                {
                    MarkChanged(DocumentPath.Table(tableId));
                }
                break;
            case 1 when path[0].Key is ValuesKey:
                foreach (var valueId in changed.KeysChanged)
                {
                    MarkChanged(DocumentPath.Value(valueId));
                }
                break;
            case 2 when path[0].Key is TablesKey && path[1].Key is { } tableId:
                foreach (var rowId in changed.KeysChanged)
                {
                    MarkChanged(DocumentPath.Row(tableId, rowId));
                }
                break;
            case 3 when path[0].Key is TablesKey && path[1].Key is { } tableId && path[2].Key is { } rowId:
                foreach (var cellId in changed.KeysChanged)
                {
                    MarkChanged(DocumentPath.Cell(tableId, rowId, cellId));
                }
                break;
            default:
                // Inside something foreign.
                break;
        }
    }

    private void OnDocTransaction(YTransaction transaction)
    {
        if (IsPlainSave(transaction))
        {
            // The document has what the store has.
            return;
        }
        if (IsAutoSaving && !_options.PlainContainers)
        {
            try
            {
                Rescue(transaction);
            }
            catch (Exception error)
            {
                OnError(PersisterOperation.Save, error);
            }
        }
        Reconcile();
    }

    private sealed class Observation : IDisposable
    {
        private readonly YjsPersister _persister;
        private readonly IDisposable _deep;
        private readonly IDisposable _after;

        public Observation(YjsPersister persister)
        {
            _persister = persister;
            _deep = persister._root.ObserveDeep(persister.OnDeepEvents);
            _after = persister._doc.ObserveAfterTransaction(persister.OnDocTransaction);
            persister._doc.Synced += OnSynced;
            persister._doc.ClientIdChanged += OnClientIdChanged;
            persister._options.OwnClientIds.Add(persister._doc.ClientId);
        }

        public void Dispose()
        {
            _persister._doc.Synced -= OnSynced;
            _persister._doc.ClientIdChanged -= OnClientIdChanged;
            _after.Dispose();
            _deep.Dispose();
        }

        private void OnSynced(object? sender, EventArgs e) => _persister.Reconcile();

        private void OnClientIdChanged(object? sender, EventArgs e) => _persister._options.OwnClientIds.Add(_persister._doc.ClientId);
    }
}
