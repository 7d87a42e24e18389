namespace TinyStore;

/// <summary>
/// A transaction as its listeners see it. It can be read inside the listener that receives it, and not later:
/// keep what <see cref="GetChanges"/> returns instead.
/// </summary>
public sealed class StoreTransaction
{
    private ChangeLog? _log;

    internal StoreTransaction(Store store, ChangeLog log, object? origin)
    {
        Store = store;
        _log = log;
        Origin = origin;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The origin given to the outermost transaction, or null.</summary>
    public object? Origin { get; }

    /// <summary>Whether nothing is other than before the transaction: what was changed and changed back does not count.</summary>
    public bool IsEmpty => ChangeLogReading.IsEmpty(_log ?? throw Errors.TransactionOver());

    /// <summary>The cells that are other than before, grouped by table and row in the order in which they were first touched.
    /// A deleted row or table shows as its deleted cells. Enumerating allocates nothing.</summary>
    public CellChanges CellChanges => new(Log);

    /// <summary>The values that are other than before, in the order in which they were first touched. Enumerating allocates
    /// nothing.</summary>
    public ValueChanges ValueChanges => new(Log);

    /// <summary>Tables that are new or gone.</summary>
    public IReadOnlyDictionary<string, IdChange> GetTableIdChanges() => IdChanges.Of(Log, Log.TableIds).ToDictionary();

    /// <summary>Rows of a table that are new or gone.</summary>
    public IReadOnlyDictionary<string, IdChange> GetRowIdChanges(string tableId)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        return Log.Tables.Find(t => t.Id == tableId) is { } table ? IdChanges.OfRows(Log, table).ToDictionary() : default(IdChanges).ToDictionary();
    }

    /// <summary>The net changes in TinyBase's shape, to keep.</summary>
    public StoreChanges GetChanges() => ChangeLogReading.GetChanges(Log);

    /// <summary>Everything the transaction did, in TinyBase's form, to keep.</summary>
    public StoreTransactionLog GetLog() => ChangeLogReading.GetLog(Log);

    private ChangeLog Log
    {
        get
        {
            var log = _log ?? throw Errors.TransactionOver();
            log.WriteOut();
            return log;
        }
    }

    /// <summary>From now on this can't be read; the log is free.</summary>
    internal ChangeLog End()
    {
        var log = _log ?? throw Errors.TransactionOver();
        _log = null;
        return log;
    }
}

/// <summary>An open transaction that ends with <see cref="Commit"/>, or is rolled back by <see cref="Dispose"/>.</summary>
public sealed class StoreTransactionScope : IDisposable
{
    private readonly Store _store;
    private readonly int _depth;
    private bool _over;

    internal StoreTransactionScope(Store store, int depth)
    {
        _store = store;
        _depth = depth;
    }

    /// <summary>Ends the transaction; if it is the outermost one, listeners are called.</summary>
    /// <param name="shouldRollback">Called at the end of the outermost transaction, after the mutator listeners; true rolls
    /// everything back. In a nested transaction it is not called.</param>
    /// <exception cref="InvalidOperationException">It is over already, or one begun inside it is still open.</exception>
    public void Commit(Func<Store, bool>? shouldRollback = null)
    {
        if (_over)
        {
            throw Errors.ScopeCommitted();
        }
        _store.CheckScope(_depth);
        _over = true;
        _store.CommitScope(_depth, shouldRollback);
    }

    /// <summary>Rolls back, unless <see cref="Commit"/> was called; scopes still open inside this one are rolled back too.</summary>
    public void Dispose()
    {
        if (!_over)
        {
            _over = true;
            _store.RollBackScope(_depth);
        }
    }
}
