using System.Buffers;

namespace TinyStore.Yjs;

/// <summary>
/// A document that merges with every copy of itself. It holds shared types under root names
/// (<see cref="GetMap"/> and the others), changes in transactions (<see cref="Transact(Action{YTransaction}, object?)"/>), and
/// travels as updates (<see cref="ApplyUpdate"/>, <see cref="EncodeStateAsUpdate()"/>, <see cref="ObserveUpdates"/>).
/// </summary>
/// <remarks>
/// <para>One writer at a time, not bound to a thread: whoever uses a document from several places serialises them, best
/// through <see cref="Context"/>. Overlapping calls that are noticed throw <see cref="InvalidOperationException"/>.</para>
/// <para>Limits: clocks below 2^32, 2^24 clients, 2^28 shared types, 2^31 structs, 2^31 distinct keys.</para>
/// </remarks>
public sealed partial class YDoc : IDisposable
{
    /// <summary>Makes an empty document with the default options.</summary>
    public YDoc()
        : this(new YDocOptions())
    {
    }

    /// <summary>Makes an empty document.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The client id is above 2^53-1.</exception>
    public YDoc(YDocOptions options) => throw Unbuilt.Yet;

    /// <summary>The client id under which this document writes. See <see cref="YDocOptions.ClientId"/> and <see cref="ClientIdChanged"/>.</summary>
    /// <exception cref="InvalidOperationException">Set inside a transaction.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set above 2^53-1.</exception>
    public ulong ClientId { get => throw Unbuilt.Yet; set => throw Unbuilt.Yet; }

    /// <summary>A name for the document that is the same at every peer.</summary>
    public string Guid => throw Unbuilt.Yet;

    /// <summary>Whether deleted content is dropped when its transaction ends.</summary>
    public bool Gc => throw Unbuilt.Yet;

    /// <summary>The lane in which everybody uses this document.</summary>
    public YAccessContext Context => throw Unbuilt.Yet;

    /// <summary>True while the function of a transaction runs, false while observers are called.</summary>
    public bool IsInTransaction => throw Unbuilt.Yet;

    /// <summary>True while structs or deletes wait for updates that have not arrived.</summary>
    public bool HasPending => throw Unbuilt.Yet;

    /// <summary>True once <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => throw Unbuilt.Yet;

    /// <summary>The root map of that name. It needs no creation and cannot be deleted.</summary>
    public YMap GetMap(string name) => throw Unbuilt.Yet;

    /// <summary>The root list of that name.</summary>
    public YArray GetArray(string name) => throw Unbuilt.Yet;

    /// <summary>The root text of that name.</summary>
    public YText GetText(string name) => throw Unbuilt.Yet;

    /// <summary>The root fragment of XML of that name.</summary>
    public YXmlFragment GetXmlFragment(string name) => throw Unbuilt.Yet;

    /// <summary>
    /// Runs a function as one transaction: one set of events and one update. A call inside another transaction joins it.
    /// What the function did before it threw stays done, as in Yjs.
    /// </summary>
    /// <param name="action">What to do.</param>
    /// <param name="origin">Who does it; observers see it as <see cref="YTransaction.Origin"/>.</param>
    public void Transact(Action<YTransaction> action, object? origin = null) => throw Unbuilt.Yet;

    /// <inheritdoc cref="Transact(Action{YTransaction}, object?)"/>
    public T Transact<T>(Func<YTransaction, T> action, object? origin = null) => throw Unbuilt.Yet;

    /// <summary>
    /// Applies an update in format V1. Structs and deletes whose predecessors are missing wait (<see cref="HasPending"/>).
    /// Inside a transaction the update joins it.
    /// </summary>
    /// <param name="update">The bytes; not kept.</param>
    /// <param name="origin">Who brought it. Pass something that is not null, so that undo managers do not take it for the user's own.</param>
    /// <exception cref="YUpdateFormatException">The bytes are malformed. The document is unchanged.</exception>
    public void ApplyUpdate(ReadOnlySpan<byte> update, object? origin = null) => throw Unbuilt.Yet;

    /// <summary>The whole document as an update in format V1, what waits included.</summary>
    public byte[] EncodeStateAsUpdate() => throw Unbuilt.Yet;

    /// <summary>What a peer with that state vector lacks, as an update in format V1.</summary>
    /// <exception cref="YUpdateFormatException">The state vector is malformed.</exception>
    public byte[] EncodeStateAsUpdate(ReadOnlySpan<byte> stateVector) => throw Unbuilt.Yet;

    /// <inheritdoc cref="EncodeStateAsUpdate(ReadOnlySpan{byte})"/>
    /// <param name="output">Where the update is written.</param>
    /// <param name="stateVector">The peer's state vector; empty for the whole document.</param>
    public void EncodeStateAsUpdate(IBufferWriter<byte> output, ReadOnlySpan<byte> stateVector = default) => throw Unbuilt.Yet;

    /// <summary>For each client the next clock, encoded.</summary>
    public byte[] EncodeStateVector() => throw Unbuilt.Yet;

    /// <summary>Delete set and state vector, encoded: with both, a document with all its history can show this moment.</summary>
    public byte[] EncodeSnapshot() => throw Unbuilt.Yet;

    /// <summary>The next clock of a client; 0 when the document holds nothing of it.</summary>
    public uint GetClock(ulong client) => throw Unbuilt.Yet;

    /// <summary>Calls the observer with the update of each transaction that changed something, after all other observers.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveUpdates(Action<YUpdateEvent> observer) => throw Unbuilt.Yet;

    /// <summary>
    /// Calls the observer after the type observers of each transaction and before garbage collection: what the transaction
    /// deleted can still be read (<see cref="YTransaction.ForEachDeletedMapItem"/>).
    /// </summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveAfterTransaction(Action<YTransaction> observer) => throw Unbuilt.Yet;

    /// <summary>
    /// A remote transaction wrote under this document's own client id, so the document took a new one: somebody else uses
    /// the old one.
    /// </summary>
    public event EventHandler? ClientIdChanged { add => throw Unbuilt.Yet; remove => throw Unbuilt.Yet; }

    /// <summary>The document was disposed.</summary>
    public event EventHandler? Disposed { add => throw Unbuilt.Yet; remove => throw Unbuilt.Yet; }

    /// <summary>True while a provider is attached.</summary>
    public bool HasProvider => throw Unbuilt.Yet;

    /// <summary>True once an attached provider has said that its first sync is complete.</summary>
    public bool IsSynced => throw Unbuilt.Yet;

    /// <summary>A provider says at construction that it will bring the document's content.</summary>
    /// <returns>Dispose it when the provider leaves.</returns>
    public IDisposable AttachProvider(object provider) => throw Unbuilt.Yet;

    /// <summary>An attached provider says that its first sync is complete.</summary>
    public void MarkSynced(object provider) => throw Unbuilt.Yet;

    /// <summary>Raised when <see cref="IsSynced"/> becomes true.</summary>
    public event EventHandler? Synced { add => throw Unbuilt.Yet; remove => throw Unbuilt.Yet; }

    /// <summary>Ends the document: later calls throw <see cref="ObjectDisposedException"/>.</summary>
    /// <exception cref="InvalidOperationException">Called inside a transaction.</exception>
    public void Dispose() => throw Unbuilt.Yet;
}
