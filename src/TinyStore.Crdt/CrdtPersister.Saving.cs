using TinyStore.Persisters;

namespace TinyStore.Crdt;

// Store to document.
public abstract partial class CrdtPersister
{
    private readonly Action _writeSaving;
    private readonly Action<string, string, string, CellValue> _writeCell;
    private readonly Action<string, CellValue> _writeValue;
    private StoreTransaction? _saving;

    // What was in the store before the persister began becomes the app's unsaved change at the first load or save.
    private bool _isClaimed;

    // Something was not saved because the first sync is not complete.
    private bool _putOff;
    private bool _saveAfterSync;
    private TaskCompletionSource? _firstSync;

    private bool MustWait => AwaitsContent && !IsDisposing && !IsInitialized;

    /// <inheritdoc/>
    protected sealed override void OnStoreTransaction(StoreTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (IsAutoSaving && _isClaimed && !_putOff && !MustWait && Unsaved.Count == 0)
        {
            Save(transaction);
            return;
        }
        Unsaved.Add(transaction);
        if (!IsAutoSaving)
        {
            return;
        }
        if (MustWait)
        {
            _putOff = true;
        }
        else if (_putOff)
        {
            Settle();
        }
        else
        {
            TrySaveUnsaved();
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnOwnTransaction(StoreTransaction transaction)
    {
        if (IsAutoSaving && Unsaved.Count > 0 && !MustWait)
        {
            TrySaveUnsaved();
        }
    }

    /// <inheritdoc/>
    protected sealed override async ValueTask SaveCoreAsync(bool everything, CancellationToken cancellationToken) =>
        await EnterLaneAsync(
            () =>
            {
                if (MustWait)
                {
                    _putOff = true;
                    _saveAfterSync = true;
                }
                else
                {
                    try
                    {
                        SaveUnsaved();
                    }
                    finally
                    {
                        RaiseReports();
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected sealed override async Task WhenSavedAsync(CancellationToken cancellationToken)
    {
        Task? synced = null;
        await EnterLaneAsync(
            () =>
            {
                if (_putOff && IsDirty && !IsDisposing)
                {
                    _firstSync ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    synced = _firstSync.Task;
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (synced is not null)
        {
            await synced.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // The usual way: one transaction of the store, its cells as they are, one transaction of the document.
    private void Save(StoreTransaction transaction)
    {
        SetStatus(PersisterStatus.Saving);
        var outer = _saving;
        _saving = transaction;
        try
        {
            Transact(_writeSaving);
            CountSave();
        }
        catch (Exception error)
        {
            NoteWhatIsNotInTheDocument(transaction);
            OnError(PersisterOperation.Save, error);
        }
        finally
        {
            _saving = outer;
            SetStatus(PersisterStatus.Idle);
        }
        RaiseReports();
    }

    private void WriteSaving()
    {
        foreach (var change in _saving!.CellChanges)
        {
            Write(change.TableId, change.RowId, change.CellId, change.New ?? default);
        }
        foreach (var change in _saving.ValueChanges)
        {
            Write(change.ValueId, change.New ?? default);
        }
    }

    private void Write(string tableId, string rowId, string cellId, CellValue value)
    {
        if (value.IsUndefined)
        {
            DeleteCell(tableId, rowId, cellId);
        }
        else if (!WriteCell(tableId, rowId, cellId, value))
        {
            Unsaved.SetCell(tableId, rowId, cellId, value);
        }
    }

    private void Write(string valueId, CellValue value)
    {
        if (value.IsUndefined)
        {
            DeleteValue(valueId);
        }
        else if (!WriteValue(valueId, value))
        {
            Unsaved.SetValue(valueId, value);
        }
    }

    // An exception may be that of another observer of the document, after everything was written.
    private void NoteWhatIsNotInTheDocument(StoreTransaction transaction)
    {
        try
        {
            foreach (var change in transaction.CellChanges)
            {
                var value = change.New ?? default;
                if (IsOtherwise(change.TableId, change.RowId, change.CellId, value))
                {
                    Unsaved.SetCell(change.TableId, change.RowId, change.CellId, value);
                }
            }
            foreach (var change in transaction.ValueChanges)
            {
                var value = change.New ?? default;
                if (IsOtherwise(change.ValueId, value))
                {
                    Unsaved.SetValue(change.ValueId, value);
                }
            }
        }
        catch (Exception)
        {
            // The document cannot even be read: it is disposed.
            Unsaved.Add(transaction);
        }
    }

    private void TrySaveUnsaved()
    {
        SetStatus(PersisterStatus.Saving);
        try
        {
            SaveUnsaved();
            CountSave();
        }
        catch (Exception error)
        {
            OnError(PersisterOperation.Save, error);
        }
        finally
        {
            SetStatus(PersisterStatus.Idle);
        }
        RaiseReports();
    }

    // What could not be saved when it was changed. The document may have it already, and that is not written again.
    private void SaveUnsaved()
    {
        var isFirst = !_isClaimed;
        if (!isFirst && Unsaved.Count == 0)
        {
            return;
        }
        // A save that comes before any load: the store's content is what the app wants saved.
        _isClaimed = true;
        var taken = Unsaved.Take();
        try
        {
            Transact(
                () =>
                {
                    if (isFirst)
                    {
                        ForEachThatOnlyTheStoreHas(_writeCell, _writeValue);
                    }
                    foreach (var (address, value) in taken.Cells)
                    {
                        if (IsOtherwise(address.TableId, address.RowId, address.CellId, value))
                        {
                            Write(address.TableId, address.RowId, address.CellId, value);
                        }
                    }
                    foreach (var (valueId, value) in taken.Values)
                    {
                        if (IsOtherwise(valueId, value))
                        {
                            Write(valueId, value);
                        }
                    }
                });
        }
        catch
        {
            Unsaved.PutBack(taken);
            if (isFirst)
            {
                NoteWhatOnlyTheStoreHas();
            }
            throw;
        }
    }

    private void NoteWhatOnlyTheStoreHas()
    {
        try
        {
            ForEachThatOnlyTheStoreHas(Unsaved.SetCell, Unsaved.SetValue);
        }
        catch (Exception)
        {
            // The document cannot even be read: it is disposed.
            _isClaimed = false;
        }
    }

    private void ForEachThatOnlyTheStoreHas(Action<string, string, string, CellValue> cell, Action<string, CellValue> value)
    {
        Store.ForEachTable(tableId =>
        {
            foreach (var (rowId, cells) in Store.Rows(tableId))
            {
                var isNew = !MayHaveRow(tableId, rowId);
                foreach (var (cellId, content) in cells)
                {
                    if (isNew || IsOtherwise(tableId, rowId, cellId, content))
                    {
                        cell(tableId, rowId, cellId, content);
                    }
                }
            }
        });
        Store.ForEachValue((valueId, content) =>
        {
            if (IsOtherwise(valueId, content))
            {
                value(valueId, content);
            }
        });
    }

    private bool IsOtherwise(string tableId, string rowId, string cellId, CellValue value) =>
        TryReadCell(tableId, rowId, cellId, out var held) ? held != value : !value.IsUndefined;

    private bool IsOtherwise(string valueId, CellValue value) =>
        TryReadValue(valueId, out var held) ? held != value : !value.IsUndefined;

    // The first sync is complete, or somebody's content arrived before that was said.
    private void SaveWhatWaited()
    {
        if (IsAutoSaving || _saveAfterSync)
        {
            _saveAfterSync = false;
            TrySaveUnsaved();
        }
        if (!IsDirty)
        {
            _firstSync?.TrySetResult();
            _firstSync = null;
        }
    }
}
