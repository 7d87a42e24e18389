namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary>Writes the whole row with each cell, which overwrites what others write in its other cells meanwhile.</summary>
internal sealed class WholeRowPersister(Store store, LwwMap map) : LwwPersister(store, map)
{
    protected override bool WriteCell(string tableId, string rowId, string cellId, CellValue value)
    {
        foreach (var (otherId, held) in Map.Read(tableId, rowId).ToList())
        {
            base.WriteCell(tableId, rowId, otherId, held);
        }
        return base.WriteCell(tableId, rowId, cellId, value);
    }
}

/// <summary>Writes back what comes in.</summary>
internal sealed class EchoingPersister(Store store, LwwMap map) : LwwPersister(store, map)
{
    protected override IDisposable ObserveDocument()
    {
        Map.Changed += Echo;
        return base.ObserveDocument();
    }

    private void Echo(LwwChange change)
    {
        if (!change.IsLocal)
        {
            Map.Transact(
                () =>
                {
                    foreach (var key in change.Keys)
                    {
                        if (Map.TryRead(key, out var value))
                        {
                            Map.Write(key, value);
                        }
                    }
                },
                this);
        }
    }
}

/// <summary>Forgets to say that a place changed where something was deleted.</summary>
internal sealed class DeleteBlindPersister(Store store, LwwMap map) : LwwPersister(store, map)
{
    protected override IDisposable ObserveDocument()
    {
        Map.Changed += OnChanged;
        return new Ending(() => Map.Changed -= OnChanged);
    }

    private void OnChanged(LwwChange change)
    {
        foreach (var key in change.Keys.Where(key => Map.TryRead(key, out _)))
        {
            MarkChanged(key.Table is null ? DocumentPath.Value(key.Id) : DocumentPath.Cell(key.Table, key.Row!, key.Id));
        }
        Reconcile();
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>Drops deletes of cells.</summary>
internal sealed class UndeletingPersister(Store store, LwwMap map) : LwwPersister(store, map)
{
    protected override void DeleteCell(string tableId, string rowId, string cellId)
    {
    }
}

/// <summary>Deletes a cell by deleting its whole row when that is all the store shows of it: a row it has not seen in full dies.</summary>
internal sealed class RowDeletingPersister(Store store, LwwMap map) : LwwPersister(store, map)
{
    protected override void DeleteCell(string tableId, string rowId, string cellId)
    {
        foreach (var (otherId, _) in Map.Read(tableId, rowId).ToList())
        {
            base.DeleteCell(tableId, rowId, otherId);
        }
    }
}
