using TinyStore.Persisters;

namespace TinyStore.Crdt;

/// <summary>
/// Keeps a <see cref="Store"/> and a CRDT document alike, exactly and at once: a transaction of the store becomes one
/// transaction of the document with just the cells that changed, and the other way round.
/// </summary>
/// <remarks>
/// <para>How it works. A change of the store is saved when its transaction is over and the store is writable again. After each
/// transaction of the document, own ones included, the places that changed are compared with the store, and the store takes
/// over what differs (events are never replayed: a place whose container was replaced would be read wrongly). What a load
/// writes carries this persister as its origin and is not saved. Cells that are unsaved are not overwritten.</para>
/// <code>
///   store transaction ── after it ──▶ save: changed cells ──▶ document transaction ─┐
///          ▲                                                                        │ after it
///          └── store transaction, origin = this ◀── what differs ◀── changed places ◀┘◀── remote update
/// </code>
/// <para>When both are open at once: a save joins an open document transaction; a load waits until an open store transaction
/// is over and its own changes are saved.</para>
/// <para>When it starts, the document's cells win over those the store already had; what only the store has is saved.</para>
/// <para>Everything happens in the document's lane. Methods may be called from anywhere.</para>
/// <para>An engine's adapter overrides the abstract members below: a handful of reads and writes of cells, and it says which
/// places a transaction of the document changed (<see cref="MarkChanged"/>, then <see cref="Reconcile"/>).</para>
/// </remarks>
public abstract partial class CrdtPersister : Persister
{
    private readonly Queue<ForeignContentException> _reports = [];

    /// <summary>Makes a persister for a store.</summary>
    protected CrdtPersister(Store store, PersisterOptions? options = null)
        : base(store, options)
    {
        _writeSaving = WriteSaving;
        _writeCell = Write;
        _writeValue = Write;
        _settle = () => Settle();
        _bringValueOfCell = BringValueOfCell;
    }

    /// <summary>
    /// Whether saving waits for the first sync of the document's provider: see
    /// <see cref="YjsPersisterOptions.CreateContainersBeforeFirstSync"/>.
    /// </summary>
    public bool IsWaitingForFirstSync => _putOff && MustWait;

    /// <summary>Whether the app changed something that is not in the document yet.</summary>
    public override bool IsDirty => base.IsDirty || (_putOff && !_isClaimed && HasContent);

    /// <inheritdoc/>
    protected abstract override Task EnterLaneAsync(Action work, CancellationToken cancellationToken);

    /// <summary>Whether the document has what this layout keeps under its root, be it empty.</summary>
    protected abstract bool IsInitialized { get; }

    /// <summary>
    /// Whether the document may be about to get that from somebody else, so that it should not be made here yet: a provider is
    /// attached and its first sync is not complete.
    /// </summary>
    protected abstract bool AwaitsContent { get; }

    /// <summary>Runs writes as one transaction of the document, with this persister as origin; joins one that is open.</summary>
    protected abstract void Transact(Action writes);

    /// <summary>Writes a cell, inside <see cref="Transact"/>.</summary>
    /// <returns>False when something foreign stands where its table or row would be. It is left alone.</returns>
    protected abstract bool WriteCell(string tableId, string rowId, string cellId, CellValue value);

    /// <summary>Deletes a cell, inside <see cref="Transact"/>. Nothing happens when there is none.</summary>
    protected abstract void DeleteCell(string tableId, string rowId, string cellId);

    /// <summary>Writes a value, inside <see cref="Transact"/>.</summary>
    /// <returns>False when something foreign stands where the values would be. It is left alone.</returns>
    protected abstract bool WriteValue(string valueId, CellValue value);

    /// <summary>Deletes a value, inside <see cref="Transact"/>. Nothing happens when there is none.</summary>
    protected abstract void DeleteValue(string valueId);

    /// <summary>
    /// Passes every cell of the document to a visitor (table, row, cell, value), in any order. For documents that do not keep
    /// the cells of a row together: an adapter that overrides it, and marks nothing larger than a cell but
    /// <see cref="DocumentPath.Everything"/>, is never asked for tables and rows.
    /// </summary>
    /// <returns>False, the default: the document is to be read table by table and row by row.</returns>
    protected virtual bool TryReadAllCells(Action<string, string, string, CellValue> visitor) => false;

    /// <summary>Lists the tables that the document has.</summary>
    protected abstract void ReadTableIds(List<string> tableIds);

    /// <summary>Lists the rows of a table.</summary>
    protected abstract void ReadRowIds(string tableId, List<string> rowIds);

    /// <summary>Lists the cells of a row; none where there is no row.</summary>
    protected abstract void ReadRow(string tableId, string rowId, List<KeyValuePair<string, CellValue>> cells);

    /// <summary>Whether the document may have cells of a row. The cells of a row that it has not are saved without a look at each.</summary>
    /// <returns>True, the default: nobody knows before looking.</returns>
    protected virtual bool MayHaveRow(string tableId, string rowId) => true;

    /// <summary>Reads a cell.</summary>
    protected abstract bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value);

    /// <summary>Lists the values.</summary>
    protected abstract void ReadValues(List<KeyValuePair<string, CellValue>> values);

    /// <summary>Reads a value.</summary>
    protected abstract bool TryReadValue(string valueId, out CellValue value);

    /// <summary>Begins to observe the document. Called once, in its lane.</summary>
    /// <returns>Disposed with the persister.</returns>
    protected abstract IDisposable ObserveDocument();

    /// <inheritdoc/>
    protected sealed override IDisposable? FollowStore() => new Following(
        ObserveDocument(),
        Store.AddDidFinishTransactionListener(NoteWhatMutatorsWrote));

    /// <inheritdoc/>
    protected sealed override ValueTask<IAsyncDisposable?> SubscribeCoreAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        _firstSync?.TrySetCanceled();
        return default;
    }

    /// <summary>
    /// Something in the document that no store can hold. It is raised when nothing is being walked over: a handler may change
    /// the store and the document.
    /// </summary>
    private protected void Report(ForeignContentException content) => _reports.Enqueue(content);

    private void RaiseReports()
    {
        while (_reports.TryDequeue(out var content))
        {
            OnError(PersisterOperation.Content, content, content.Path);
        }
    }

    private bool HasContent => Store.HasTables() || Store.HasValues();

    private sealed class Following(IDisposable document, IDisposable store) : IDisposable
    {
        public void Dispose()
        {
            document.Dispose();
            store.Dispose();
        }
    }
}
