using System.Diagnostics;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs;

/// <summary>
/// One transaction of a document. It can be read while its function and its observers run; afterwards its queries throw
/// <see cref="InvalidOperationException"/>.
/// </summary>
[DebuggerDisplay("local {IsLocal}, origin {Origin}")]
public sealed class YTransaction
{
    private TransactionState? _state;
    private ulong _writer;
    private bool _hasWriter;

    internal YTransaction(YDoc doc, TransactionState state, object? origin)
    {
        Doc = doc;
        _state = state;
        Origin = origin;
    }

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>What was given as origin to the outermost call.</summary>
    public object? Origin { get; }

    /// <summary>False once an update was applied in it.</summary>
    public bool IsLocal { get; private set; } = true;

    /// <summary>
    /// Whether the transaction, though local, may have brought in structs of others, which had waited for what it made under
    /// another client id (<see cref="WriteAs"/>). Known to observers.
    /// </summary>
    public bool HasReleased { get; internal set; }

    internal TransactionState State => _state ?? throw new InvalidOperationException(
        "The transaction is over. Read it and its events while its observers run, and keep what is needed later.");

    /// <summary>An update brought structs of the document's own client id.</summary>
    internal bool HasForeignOwnStructs { get; set; }

    /// <summary>Formatted text was changed from outside.</summary>
    internal bool NeedsTidying { get; set; }

    /// <summary>The client that makes this transaction's new structs.</summary>
    internal ulong Writer => _hasWriter ? _writer : Doc.ClientId;

    /// <summary>
    /// Until the scope is disposed, this transaction's new structs are made by that client at its next clock: for containers
    /// that several peers must make as one and the same operation. <see cref="YDoc.ClientId"/> does not change. When the
    /// transaction's function ends, structs that waited for what was made are released into the same transaction.
    /// </summary>
    /// <param name="clientId">At most 2^53-1.</param>
    /// <exception cref="InvalidOperationException">The function of the transaction has ended.</exception>
    public WriteAsScope WriteAs(ulong clientId)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clientId, YItemId.MaxClient);
        if (!Doc.IsOpen(this))
        {
            throw new InvalidOperationException("The function of this transaction has ended, so nothing can be written in it. Open another one.");
        }

        var scope = new WriteAsScope(this, _writer, _hasWriter);
        SetWriter(clientId, true);
        return scope;
    }

    /// <summary>Whether the item was not there before this transaction. (What its observers wrote since counts too, as in Yjs.)</summary>
    public bool Adds(YItemId id)
    {
        var client = Doc.Store.Clients.Find(id.Client);
        return client != 0 && id.Clock < Doc.Store.Clients[client].Next && id.Clock >= Doc.ClockBefore(this, client);
    }

    /// <summary>Whether this transaction deleted the item (which it may have made itself). Complete once observers are called.</summary>
    public bool Deletes(YItemId id)
    {
        var client = Doc.Store.Clients.Find(id.Client);
        return client != 0 && SortedState().Deleted.Contains(client, id.Clock);
    }

    /// <summary>
    /// Whether an update that was applied in this transaction, or one before whose deletes had to wait, said that the item is
    /// deleted. It does not say so of items that died here, with the container around them or by losing their key.
    /// </summary>
    /// <remarks>Known to observers of <see cref="YDoc.ObserveAfterTransaction"/> that observed when the update was applied.</remarks>
    public bool ReceivesDeleteOf(YItemId id)
    {
        var client = Doc.Store.Clients.Find(id.Client);
        State.Received.SortAndJoin();
        return client != 0 && State.Received.Contains(client, id.Clock);
    }

    /// <summary>
    /// Calls the visitor with each map entry of which <see cref="ReceivesDeleteOf"/> is true, also where it was dead already.
    /// </summary>
    public void ForEachReceivedDelete(Action<YMapItem> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Doc.CheckReadable();
        State.Received.SortAndJoin();
        foreach (var range in State.Received.Ranges.ToArray())
        {
            Visit(range.Client, range.Clock, range.End, visitor);
        }
    }

    /// <summary>
    /// Keeps the content of a deleted entry from being collected when this transaction ends: to be called by observers of
    /// <see cref="YDoc.ObserveAfterTransaction"/>. Entries that are added below a dead type that is kept can be read in the
    /// transaction that adds them, as deleted ones.
    /// </summary>
    public void Keep(YMapItem item) => Doc.Store.Entries[item.Handle].Keep = true;

    /// <summary>
    /// Calls the visitor with each map entry that this transaction deleted, overwritten values and entries of deleted maps
    /// included, oldest clock first for each client. Until garbage collection (that is, up to
    /// <see cref="YDoc.ObserveAfterTransaction"/>) the values are still there.
    /// </summary>
    public void ForEachDeletedMapItem(Action<YMapItem> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Doc.CheckReadable();
        foreach (var range in SortedState().Deleted.Ranges.ToArray())
        {
            Visit(range.Client, range.Clock, range.End, visitor);
        }
    }

    /// <summary>Calls the visitor with each map entry that this transaction added, live or deleted again, oldest clock first for each client.</summary>
    public void ForEachInsertedMapItem(Action<YMapItem> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Doc.CheckReadable();
        foreach (var (client, before) in State.Touched.ToArray())
        {
            Visit(client, before, Doc.Store.Clients[client].Next, visitor);
        }
    }

    internal bool Adds(int handle)
    {
        ref var entry = ref Doc.Store.Entries[handle];
        return entry.Clock >= Doc.ClockBefore(this, entry.Client);
    }

    internal bool Deletes(int handle)
    {
        ref var entry = ref Doc.Store.Entries[handle];
        return State.Deleted.Contains(entry.Client, entry.Clock);
    }

    internal void MakeRemote() => IsLocal = false;

    internal void SetWriter(ulong writer, bool hasWriter) => (_writer, _hasWriter) = (writer, hasWriter);

    internal void Finish() => _state = null;

    private TransactionState SortedState()
    {
        if (Doc.IsOpen(this))
        {
            State.Deleted.SortAndJoin();
        }

        return State;
    }

    private void Visit(int client, uint clock, uint end, Action<YMapItem> visitor)
    {
        var store = Doc.Store;
        while (clock < end)
        {
            var handle = store.Clients.HandleAt(client, clock);
            clock = store.Entries[handle].EndClock;
            if (store.Entries[handle].IsMapItem)
            {
                visitor(new YMapItem(Doc, handle));
            }
        }
    }
}

/// <summary>Ends <see cref="YTransaction.WriteAs"/> when disposed: the client before it writes again.</summary>
public readonly struct WriteAsScope : IDisposable
{
    private readonly YTransaction? _transaction;
    private readonly ulong _writer;
    private readonly bool _hasWriter;

    internal WriteAsScope(YTransaction transaction, ulong writer, bool hasWriter)
    {
        _transaction = transaction;
        _writer = writer;
        _hasWriter = hasWriter;
    }

    /// <inheritdoc/>
    public void Dispose() => _transaction?.SetWriter(_writer, _hasWriter);
}
