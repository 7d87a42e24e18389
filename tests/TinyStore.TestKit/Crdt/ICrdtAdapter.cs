using TinyStore.Crdt;

namespace TinyStore.TestKit.Crdt;

/// <summary>
/// What the convergence suite (<see cref="CrdtPersisterSuite"/>) needs of an adapter between a store and a CRDT engine: a way
/// to open peers. May be used from several threads.
/// </summary>
public interface ICrdtAdapter
{
    /// <summary>Opens a peer: a document, and a persister that has not been started yet.</summary>
    ICrdtPeer Open(CrdtPeerStart start);
}

/// <summary>What a peer is opened with.</summary>
/// <param name="Store">The store to keep; the suite writes to it.</param>
/// <param name="Peer">Which peer of the program, from 0. It stays the same over restarts.</param>
/// <param name="Session">From 1, and new for each opening: to make the ids from that the engine needs.</param>
/// <param name="Saved">What <see cref="ICrdtPeer.Encode"/> gave before a restart, or null for a new document.</param>
/// <param name="Send">
/// Called with each update that a transaction made here, and with none that only came in: as the transaction ends, before the
/// call that caused it returns.
/// </param>
public sealed record CrdtPeerStart(Store Store, int Peer, ulong Session, byte[]? Saved, Action<byte[]> Send);

/// <summary>A document with a persister. Disposing it disposes both.</summary>
public interface ICrdtPeer : IDisposable
{
    /// <summary>The adapter.</summary>
    CrdtPersister Persister { get; }

    /// <summary>Whether something of what was applied waits for updates that are not there yet.</summary>
    bool IsWaiting { get; }

    /// <summary>Applies an update of another peer, or the state of one; in any order, any number of times.</summary>
    void Apply(byte[] update);

    /// <summary>The whole document, what waits included: saved for a restart, or sent as an update.</summary>
    byte[] Encode();

    /// <summary>What the document shows, read past the persister: <c>table/row/cell</c> or <c>value</c>, in any order.</summary>
    IEnumerable<KeyValuePair<string, CellValue>> ReadDocument();
}
