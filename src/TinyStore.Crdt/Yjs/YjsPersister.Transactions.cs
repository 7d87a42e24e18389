using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Transactions of the document: those that this makes, and those that it hears of.
public sealed partial class YjsPersister
{
    private readonly Action<YTransaction> _save;
    private readonly Action<YTransaction> _writeAgain;
    private Action? _writes;
    private YTransaction? _transaction;
    private YTransaction? _saved;

    /// <summary>The transaction in which the layout is writing.</summary>
    internal YTransaction Transaction => _transaction!;

    /// <inheritdoc/>
    protected override void Transact(Action writes) => Transact(writes, isSave: true);

    /// <summary>Runs writes that the store does not have yet.</summary>
    internal void WriteAgain(Action writes) => Transact(writes, isSave: false);

    /// <summary>Whether a transaction holds nothing but what a save took from the store.</summary>
    internal bool IsPlainSave(YTransaction transaction) =>
        ReferenceEquals(transaction, _saved) && transaction.IsLocal && !transaction.HasReleased;

    private void Transact(Action writes, bool isSave)
    {
        var outer = (_writes, _transaction);
        _writes = writes;
        try
        {
            _doc.Transact(isSave ? _save : _writeAgain, this);
        }
        finally
        {
            (_writes, _transaction) = outer;
        }
    }

    private void Save(YTransaction transaction)
    {
        if (transaction.Origin == this)
        {
            _saved = transaction;
        }
        WriteAgain(transaction);
    }

    private void WriteAgain(YTransaction transaction)
    {
        _transaction = transaction;
        _writes!();
    }

    private void OnDocTransaction(YTransaction transaction)
    {
        if (IsPlainSave(transaction))
        {
            // The document has what the store has.
            return;
        }
        if (IsAutoSaving)
        {
            try
            {
                _layout.OnTransaction(transaction);
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
        private readonly IDisposable _content;
        private readonly IDisposable _after;

        public Observation(YjsPersister persister)
        {
            _persister = persister;
            _content = persister._layout.Observe();
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
            _content.Dispose();
        }

        private void OnSynced(object? sender, EventArgs e) => _persister.Reconcile();

        private void OnClientIdChanged(object? sender, EventArgs e) => _persister._options.OwnClientIds.Add(_persister._doc.ClientId);
    }
}
