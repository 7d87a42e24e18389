using System.Runtime.ExceptionServices;

namespace TinyStore;

public sealed partial class Store
{
    // 0: no transaction; above: how many are open in one another; Locked: observers are being told, and writes are ignored.
    private const int Locked = -1;

    private int _depth;
    private bool _rollbackRequested;
    private object? _origin;
    private ChangeLog _log = new();
    private StoreTransaction? _transaction;
    private bool _hadTables;
    private bool _hadValues;

    // Transactions that are over and whose after-listeners are still to be called; logs to use again.
    private readonly Queue<StoreTransaction> _finished = new();
    private readonly Stack<ChangeLog> _spareLogs = new();
    private readonly Queue<Action> _afterwards = new();
    private bool _callingAfter;

    /// <summary>Whether a transaction is open, or its listeners are being called.</summary>
    public bool IsInTransaction => _depth != 0;

    /// <summary>The origin that was given to the open outermost transaction; null if none was, or there is none.</summary>
    public object? TransactionOrigin => _origin;

    /// <summary>
    /// Runs the actions as one transaction: listeners are called once, at its end. Inside another one it joins that, whose
    /// origin stays.
    /// </summary>
    /// <param name="actions">What to do. If it throws, everything is rolled back, schemas too, and the exception goes on; when it
    /// was inside another transaction, that one will roll back as well, even where the exception is caught in it.</param>
    /// <param name="origin">Says who writes; listeners find it on the transaction.</param>
    /// <param name="shouldRollback">Called at the end of the outermost transaction, after the mutator listeners; true rolls
    /// everything back. In a nested transaction it is not called.</param>
    /// <remarks>While observers are called the store is locked, and the actions are not run at all.</remarks>
    public void Transaction(Action actions, object? origin = null, Func<Store, bool>? shouldRollback = null)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (!Begin(origin))
        {
            return;
        }
        try
        {
            actions();
        }
        catch
        {
            Abort();
            throw;
        }
        End(shouldRollback);
    }

    /// <inheritdoc cref="Transaction(Action, object?, Func{Store, bool}?)"/>
    /// <returns>What the actions return; the default of the type where they were not run.</returns>
    public T? Transaction<T>(Func<T> actions, object? origin = null, Func<Store, bool>? shouldRollback = null)
    {
        ArgumentNullException.ThrowIfNull(actions);
        var result = default(T);
        Transaction(() => { result = actions(); }, origin, shouldRollback);
        return result;
    }

    /// <summary>
    /// Begins a transaction that ends with <see cref="StoreTransactionScope.Commit"/>; disposing the scope without that rolls
    /// everything back, and the outer transaction too where there is one, as an exception would.
    /// </summary>
    /// <param name="origin">Says who writes; listeners find it on the transaction.</param>
    public StoreTransactionScope BeginTransaction(object? origin = null) =>
        Begin(origin) ? new StoreTransactionScope(this, _depth) : new StoreTransactionScope(this, Locked);

    /// <summary>
    /// Runs work once the store can be written and nobody is being told of a transaction: at once, or when the outermost
    /// transaction is over entirely, however it ended, and its after-transaction listeners were called.
    /// </summary>
    /// <remarks>This one is not TinyBase's. It is for whoever has something to write that must not become part of the open
    /// transaction.</remarks>
    public void RunAfterTransaction(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (_depth == 0)
        {
            work();
        }
        else
        {
            _afterwards.Enqueue(work);
        }
    }

    /// <summary>What the open transaction has changed so far; nothing outside of one.</summary>
    public StoreChanges GetTransactionChanges() => ChangeLogReading.GetChanges(WrittenOut());

    /// <summary>Everything the open transaction did so far, in TinyBase's form; nothing outside of one.</summary>
    public StoreTransactionLog GetTransactionLog() => ChangeLogReading.GetLog(WrittenOut());

    internal void CheckScope(int depth)
    {
        if (depth != Locked && _depth != depth)
        {
            throw Errors.ScopeOutOfOrder(_depth);
        }
    }

    internal void CommitScope(int depth, Func<Store, bool>? shouldRollback)
    {
        if (depth != Locked)
        {
            End(shouldRollback);
        }
    }

    internal void RollBackScope(int depth)
    {
        while (depth != Locked && _depth >= depth)
        {
            Abort();
        }
    }

    internal CellChange GetCellChange(string tableId, string rowId, string cellId)
    {
        ArgumentNullException.ThrowIfNull(cellId);
        var table = FindTable(tableId) ?? _log.RemovedTable(tableId);
        if (table is not null && WrittenOut().FindCell(table, rowId, cellId) is >= 0 and var node)
        {
            return new CellChange(tableId, rowId, cellId, _log.Cells[node].Old, _log.Cells[node].New);
        }
        TryGetCell(tableId, rowId, cellId, out var cell);
        return new CellChange(tableId, rowId, cellId, cell, cell);
    }

    internal ValueChange GetValueChange(string valueId)
    {
        if (_log.Values.Find(valueId) is >= 0 and var index)
        {
            ref var node = ref _log.Values.ValueAt(index);
            return new ValueChange(valueId, node.Old, node.New);
        }
        TryGetValue(valueId, out var value);
        return new ValueChange(valueId, value, value);
    }

    // False while the store is locked: then nothing may be written.
    private bool Begin(object? origin = null)
    {
        if (_depth != 0)
        {
            if (_depth == Locked)
            {
                return false;
            }
            _depth++;
            return true;
        }
        _depth = 1;
        _origin = origin;
        if (_startListeners.Count > 0)
        {
            try
            {
                _startListeners.Call(CurrentTransaction());
            }
            catch
            {
                Abort();
                throw;
            }
        }
        return true;
    }

    // Ends a transaction whose actions threw. Their exception is the one that goes on, whatever else goes wrong here.
    private void Abort()
    {
        if (_depth <= 0)
        {
            return;
        }
        _rollbackRequested = true;
        try
        {
            End();
        }
        catch (Exception)
        {
            // The first error is rethrown by the caller.
        }
    }

    private void End(Func<Store, bool>? shouldRollback = null)
    {
        if (_depth > 1)
        {
            _depth--;
        }
        else if (_depth == 1)
        {
            if (_listenerCount.Value + _mutatorCount.Value + _afterwards.Count == 0 && !_rollbackRequested && shouldRollback is null)
            {
                Reset();
            }
            else
            {
                Finish(shouldRollback);
            }
        }
    }

    // start ─ actions ─ ▶ mutators ─ shouldRollback ─ will finish ─ [locked] observers ─ did finish ─ [unlocked] after
    // An error up to "will finish" rolls back; one later does not, because the transaction is committed by then. Either way the
    // first error is thrown in the end.
    private void Finish(Func<Store, bool>? shouldRollback)
    {
        ExceptionDispatchInfo? error = null;
        var committed = false;
        var callDidFinish = false;
        try
        {
            if (_rollbackRequested)
            {
                RollBack();
            }
            else
            {
                CallListeners(ListenerKind.Mutator);
                if (shouldRollback?.Invoke(this) == true)
                {
                    RollBack();
                }
                callDidFinish = true;
                if (_willFinishListeners.Count > 0)
                {
                    _willFinishListeners.CallThenThrow(CurrentTransaction());
                }
                _depth = Locked;
                committed = true;
                CallListeners(ListenerKind.Observer);
            }
        }
        catch (Exception e)
        {
            error = ExceptionDispatchInfo.Capture(e);
            if (!committed)
            {
                RollBack();
            }
        }
        if (callDidFinish && _didFinishListeners.Count > 0)
        {
            _depth = Locked;
            try
            {
                _didFinishListeners.CallThenThrow(CurrentTransaction());
            }
            catch (Exception e)
            {
                error ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        if (committed && _afterListeners.Count > 0)
        {
            Detach();
        }
        Reset();
        CallAfterListeners(ref error);
        error?.Throw();
    }

    private ChangeLog WrittenOut()
    {
        _log.WriteOut();
        return _log;
    }

    private StoreTransaction CurrentTransaction() => _transaction ??= new StoreTransaction(this, _log, _origin);

    // The log goes with the finished transaction, and the next transaction writes into another.
    private void Detach()
    {
        var transaction = CurrentTransaction();
        if (transaction.IsEmpty)
        {
            return;
        }
        _finished.Enqueue(transaction);
        _log.Detach();
        _log = _spareLogs.TryPop(out var log) ? log : new ChangeLog();
        _transaction = null;
    }

    private void CallAfterListeners(ref ExceptionDispatchInfo? error)
    {
        if (_callingAfter)
        {
            // A listener wrote: its transaction comes after those that wait already.
            return;
        }
        _callingAfter = true;
        while (_finished.TryDequeue(out var transaction) || _afterwards.Count > 0)
        {
            try
            {
                if (transaction is not null)
                {
                    _afterListeners.CallThenThrow(transaction);
                }
                else
                {
                    _afterwards.Dequeue()();
                }
            }
            catch (Exception e)
            {
                error ??= ExceptionDispatchInfo.Capture(e);
            }
            if (transaction is not null)
            {
                Recycle(transaction);
            }
        }
        _callingAfter = false;
    }

    private void Recycle(StoreTransaction transaction)
    {
        var log = transaction.End();
        log.Clear();
        if (_spareLogs.Count < 2)
        {
            _spareLogs.Push(log);
        }
    }

    private void Reset()
    {
        _depth = 0;
        _rollbackRequested = false;
        _origin = null;
        _transaction?.End();
        _transaction = null;
        _schemaBackup = null;
        _hadTables = _tables.Count > 0;
        _hadValues = _values.Count > 0;
        _log.Clear();
    }

    // Content goes back cell by cell in the order of the log, so that a row that returns comes last, as in TinyBase.
    private void RollBack()
    {
        RestoreSchemas();
        foreach (var table in WrittenOut().Tables.ToArray())
        {
            for (var row = table.FirstRow; row >= 0; row = _log.Rows[row].Next)
            {
                for (var cell = _log.Rows[row].FirstCell; cell >= 0; cell = _log.Cells[cell].Next)
                {
                    ref var node = ref _log.Cells[cell];
                    if (node.Old != node.New)
                    {
                        RestoreCell(table.Id, _log.Rows[row].Id, node.Id, node.Old);
                    }
                }
            }
        }
        for (var i = 0; i < _log.Values.End; i++)
        {
            var node = _log.Values.ValueAt(i);
            if (node.Old != node.New)
            {
                RestoreValue(_log.Values.KeyAt(i)!, node.Old);
            }
        }
        _log.ClearChanges();
    }
}
