using TinyStore.Persisters;

namespace TinyStore.Crdt.Tests.CustomEngine;

// <adapter>
/// <summary>Keeps a store and a <see cref="LwwMap"/> alike.</summary>
internal class LwwPersister(Store store, LwwMap map, PersisterOptions? options = null) : CrdtPersister(store, options)
{
    public LwwMap Map { get; } = map;

    // Where the engine may be used. This one has no lane of its own: whoever calls is already in the right place.
    protected override Task EnterLaneAsync(Action work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        work();
        return Task.CompletedTask;
    }

    // Initial content goes only into a document in which nobody has written yet. No provider keeps us waiting for one.
    protected override bool IsInitialized => !Map.IsEmpty;

    protected override bool AwaitsContent => false;

    // Writes: one transaction of the engine for all of them, with the persister as its origin.
    protected override void Transact(Action writes) => Map.Transact(writes, origin: this);

    protected override bool WriteCell(string tableId, string rowId, string cellId, CellValue value)
    {
        Map.Write(new LwwKey(tableId, rowId, cellId), value);
        return true; // Nothing foreign can stand in the way.
    }

    protected override void DeleteCell(string tableId, string rowId, string cellId) =>
        Map.Write(new LwwKey(tableId, rowId, cellId), default);

    protected override bool WriteValue(string valueId, CellValue value)
    {
        Map.Write(new LwwKey(null, null, valueId), value);
        return true;
    }

    protected override void DeleteValue(string valueId) => Map.Write(new LwwKey(null, null, valueId), default);

    // Reads: what the document shows. A row or table without cells may be listed; it counts as none.
    protected override void ReadTableIds(List<string> tableIds) => tableIds.AddRange(Map.TableIds);

    protected override void ReadRowIds(string tableId, List<string> rowIds) => rowIds.AddRange(Map.RowIds(tableId));

    protected override void ReadRow(string tableId, string rowId, List<KeyValuePair<string, CellValue>> cells) =>
        cells.AddRange(Map.Read(tableId, rowId));

    protected override bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value) =>
        Map.TryRead(new LwwKey(tableId, rowId, cellId), out value);

    protected override void ReadValues(List<KeyValuePair<string, CellValue>> values) => values.AddRange(Map.Read(null, null));

    protected override bool TryReadValue(string valueId, out CellValue value) =>
        Map.TryRead(new LwwKey(null, null, valueId), out value);

    // Changes: after each transaction say which places it touched, then let the base compare them with the store.
    protected override IDisposable ObserveDocument()
    {
        Map.Changed += OnChanged;
        return new Observation(() => Map.Changed -= OnChanged);
    }

    private void OnChanged(LwwChange change)
    {
        // What our own save wrote is in the store already.
        if (!ReferenceEquals(change.Origin, this))
        {
            foreach (var key in change.Keys)
            {
                MarkChanged(key.Table is null ? DocumentPath.Value(key.Id) : DocumentPath.Cell(key.Table, key.Row!, key.Id));
            }
        }
        Reconcile();
    }

    private sealed class Observation(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
// </adapter>
