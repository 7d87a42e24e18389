namespace PeerSync;

/// <summary>What the demo needs of a peer, whatever it is made of.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>The state of the peer's provider, in one word.</summary>
    string State { get; }

    /// <summary>Edits that the relay has not acknowledged.</summary>
    int Unacknowledged { get; }

    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>What the peer holds at this moment.</summary>
    Task<Snapshot> TakeAsync(CancellationToken cancellationToken);
}

/// <summary>A peer's store and document at one moment, each flattened to cells, and the document's state vector.</summary>
internal sealed record Snapshot(IReadOnlyDictionary<string, string> Store, IReadOnlyDictionary<string, string> Document, byte[] StateVector);
