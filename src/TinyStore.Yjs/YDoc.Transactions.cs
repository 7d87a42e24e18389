using System.Runtime.ExceptionServices;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Transactions;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

// Transactions: opening, joining, and the cleanup in the order of Yjs.
public sealed partial class YDoc
{
    private readonly List<YTransaction> _queue = [];
    private readonly Stack<TransactionState> _states = new();
    private readonly ObserverList<YTransaction> _afterTransaction = new();
    private readonly ObserverList<YUpdateEvent> _updates = new();
    private readonly ObserverList<YUpdateEvent> _updatesV2 = new();
    private YTransaction? _transaction;
    private bool _isCleaningUp;
    private int _serial;

    /// <summary>True while the function of a transaction runs, false while observers are called.</summary>
    public bool IsInTransaction => _transaction is not null;

    /// <summary>
    /// Runs a function as one transaction: one set of events and one update. A call inside another transaction joins it; one
    /// from an observer makes a transaction of its own, whose observers are called when those of the current one have been.
    /// What the function did before it threw stays done, as in Yjs.
    /// </summary>
    /// <param name="action">What to do.</param>
    /// <param name="origin">Who does it; observers see it as <see cref="YTransaction.Origin"/>.</param>
    /// <exception cref="Exception">What the function threw; else the last exception that an observer threw, after all observers were called.</exception>
    public void Transact(Action<YTransaction> action, object? origin = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        var transaction = Begin(origin, out var isOutermost);
        try
        {
            action(transaction);
        }
        finally
        {
            End(transaction, isOutermost);
        }
    }

    /// <inheritdoc cref="Transact(Action{YTransaction}, object?)"/>
    public T Transact<T>(Func<YTransaction, T> action, object? origin = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        var transaction = Begin(origin, out var isOutermost);
        try
        {
            return action(transaction);
        }
        finally
        {
            End(transaction, isOutermost);
        }
    }

    /// <summary>Calls the observer with the update of each transaction that changed something, after all other observers.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveUpdates(Action<YUpdateEvent> observer) => _updates.Add(observer);

    /// <summary>As <see cref="ObserveUpdates"/>, behind it and in format V2. Both cost only where somebody observes.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveUpdatesV2(Action<YUpdateEvent> observer) => _updatesV2.Add(observer);

    /// <summary>
    /// Calls the observer after the type observers of each transaction and before garbage collection: what the transaction
    /// deleted can still be read (<see cref="YTransaction.ForEachDeletedMapItem"/>).
    /// </summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveAfterTransaction(Action<YTransaction> observer) => _afterTransaction.Add(observer);

    /// <summary>Opens a transaction, or joins the open one. The caller holds the document until <see cref="End"/>.</summary>
    internal YTransaction Begin(object? origin, out bool isOutermost)
    {
        Enter();
        return BeginEntered(origin, out isOutermost);
    }

    internal bool IsOpen(YTransaction transaction) => _transaction == transaction;

    internal void End(YTransaction transaction, bool isOutermost)
    {
        try
        {
            if (isOutermost)
            {
                EndEntered(transaction);
            }
        }
        finally
        {
            Exit();
        }
    }

    private void EndEntered(YTransaction transaction)
    {
        try
        {
            if (transaction.IsLocal)
            {
                // What this transaction made under some client may be what parked structs wait for.
                transaction.HasReleased = _integrator.RetryPending(transaction.State.Touched);
            }
        }
        finally
        {
            _transaction = null;
        }

        if (!_isCleaningUp)
        {
            CleanUpAll();
        }
    }

    /// <summary>The next clock that a client had before a transaction that is not cleaned up yet.</summary>
    internal uint ClockBefore(YTransaction transaction, int client)
    {
        ref var record = ref Store.Clients[client];
        if (record.TouchedBy == transaction.State.Serial)
        {
            return record.NextBefore;
        }

        // Transactions that observers made may have touched it since.
        for (var i = _queue.IndexOf(transaction); i < _queue.Count; i++)
        {
            if (_queue[i].State.TryGetBefore(client, out var before))
            {
                return before;
            }
        }

        return record.Next;
    }

    private YTransaction BeginEntered(object? origin, out bool isOutermost)
    {
        isOutermost = _transaction is null;
        if (_transaction is { } open)
        {
            return open;
        }

        if (!_states.TryPop(out var state))
        {
            state = new TransactionState();
        }

        state.Serial = ++_serial == 0 ? ++_serial : _serial;
        Store.Current = state;
        _transaction = new YTransaction(this, state, origin);
        _queue.Add(_transaction);
        return _transaction;
    }

    private void CleanUpAll()
    {
        ExceptionDispatchInfo? error = null;
        _isCleaningUp = true;
        try
        {
            for (var i = 0; i < _queue.Count; i++)
            {
                CleanUp(_queue[i], i, ref error);
            }
        }
        finally
        {
            _queue.Clear();
            _isCleaningUp = false;
        }

        error?.Throw();
    }

    private void CleanUp(YTransaction transaction, int index, ref ExceptionDispatchInfo? error)
    {
        var state = transaction.State;
        state.Deleted.SortAndJoin();
        CallTypeObservers(transaction, ref error);
        _afterTransaction.Call(transaction, ref error);
        TidyFormats(transaction);

        if (Gc)
        {
            Store.CollectDeleted(state.Deleted);
        }

        if (state.HasContent)
        {
            Store.Version++;
            Store.Epoch++;
        }

        Store.MergeDeleted(state.Deleted);
        Store.MergeAdded(state.Touched);
        Store.MergeSplit(state.MergeCandidates);

        if (transaction.HasForeignOwnStructs)
        {
            RotateClientId(ref error);
        }

        if (_updates.Count > 0 && state.HasContent)
        {
            _writer.Clear();
            WriteTransaction(transaction, index, new StructEncoderV1(_writer, YContentFormat.Json));
            Store.WriteDeleteSet(_writer, state.Deleted);
            _updates.Call(new YUpdateEvent(TakeWritten(), transaction), ref error);
        }

        if (_updatesV2.Count > 0 && state.HasContent)
        {
            _updatesV2.Call(new YUpdateEvent(WriteTransactionV2(transaction, index), transaction), ref error);
        }

        transaction.Finish();
        state.Clear();
        _states.Push(state);
    }

    private byte[] WriteTransactionV2(YTransaction transaction, int index)
    {
        using var columns = new UpdateV2Columns();
        WriteTransaction(transaction, index, new StructEncoderV2(columns));
        _writer.Clear();
        Store.WriteDeleteSet(_writer, transaction.State.Deleted);
        DeleteSetV2.Write(_writer.Written, 0, columns.Rest);
        _writer.Clear();
        columns.Finish(_writer);
        return TakeWritten();
    }

    private void WriteTransaction<T>(YTransaction transaction, int index, in T encoder)
        where T : struct, IStructEncoder
    {
        var touched = transaction.State.Touched;
        if (index + 1 == _queue.Count && touched.Count == 1)
        {
            encoder.WriteGroupCount(1);
            Store.WriteStructs(encoder, touched[0].Client, touched[0].Before);
        }
        else
        {
            WriteTouched(index, encoder);
        }
    }

    /// <summary>Writes all structs that came since a transaction began, those of later transactions that have run already included, as Yjs does.</summary>
    private void WriteTouched<T>(int index, in T encoder)
        where T : struct, IStructEncoder
    {
        var touched = new List<TouchedClient>(_queue[index].State.Touched);
        if (index + 1 < _queue.Count)
        {
            var seen = touched.Select(client => client.Client).ToHashSet();
            for (var i = index + 1; i < _queue.Count; i++)
            {
                touched.AddRange(_queue[i].State.Touched.Where(client => seen.Add(client.Client)));
            }
        }

        touched.Sort((a, b) => Store.Clients[b.Client].Id.CompareTo(Store.Clients[a.Client].Id));
        encoder.WriteGroupCount((uint)touched.Count);
        foreach (var (client, before) in touched)
        {
            Store.WriteStructs(encoder, client, before);
        }
    }
}
