using System.Diagnostics;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// How a document holds a store's content: the reads and writes of <see cref="CrdtPersister"/>, and which places a transaction
/// changed.
/// </summary>
internal abstract class YjsLayout(YjsPersister persister, YDoc doc, YjsPersisterOptions options)
{
    protected YDoc Doc { get; } = doc;

    protected YjsPersisterOptions Options { get; } = options;

    /// <summary>The texts of cells that were just read.</summary>
    protected TextPool Texts { get; } = new();

    protected YTransaction Transaction => persister.Transaction;

    public abstract bool IsInitialized { get; }

    public abstract bool WriteCell(string tableId, string rowId, string cellId, CellValue value);

    public abstract void DeleteCell(string tableId, string rowId, string cellId);

    public abstract bool WriteValue(string valueId, CellValue value);

    public abstract void DeleteValue(string valueId);

    public abstract bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value);

    public abstract bool TryReadValue(string valueId, out CellValue value);

    public abstract void ReadValues(List<KeyValuePair<string, CellValue>> values);

    /// <summary>Begins to mark the places that transactions change.</summary>
    public abstract IDisposable Observe();

    /// <summary>After each transaction that is more than a save, while auto-save is on, and before the store looks at it.</summary>
    public virtual void OnTransaction(YTransaction transaction)
    {
    }

    public virtual bool TryReadAllCells(Action<string, string, string, CellValue> visitor) => false;

    public virtual void ReadTableIds(List<string> tableIds) => throw HasNoRows();

    public virtual void ReadRowIds(string tableId, List<string> rowIds) => throw HasNoRows();

    public virtual void ReadRow(string tableId, string rowId, List<KeyValuePair<string, CellValue>> cells) => throw HasNoRows();

    public virtual bool MayHaveRow(string tableId, string rowId) => true;

    protected void Mark(DocumentPath path) => persister.Mark(path);

    protected void Report(string where, string what) => persister.Report(where, what);

    protected bool IsPlainSave(YTransaction transaction) => persister.IsPlainSave(transaction);

    protected void WriteAgain(Action writes) => persister.WriteAgain(writes);

    private static UnreachableException HasNoRows() => new("This layout knows cells only: it marks nothing larger than a cell, and reads all at once.");
}
