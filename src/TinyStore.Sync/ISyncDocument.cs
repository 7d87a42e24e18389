namespace TinyStore.Sync;

/// <summary>What a <see cref="SyncSession"/> needs of a document: bytes only, so that it does not depend on the engine.</summary>
public interface ISyncDocument
{
    /// <summary>True while parts of received updates wait for updates that are missing.</summary>
    bool HasPending { get; }

    /// <summary>What the document holds, as a state vector.</summary>
    byte[] EncodeStateVector();

    /// <summary>What a peer with that state vector lacks, or null when it lacks nothing.</summary>
    /// <exception cref="FormatException">The state vector is malformed.</exception>
    byte[]? EncodeMissing(ReadOnlySpan<byte> stateVector);

    /// <summary>Applies an update that came from the relay.</summary>
    /// <exception cref="FormatException">The update is malformed; the document is unchanged.</exception>
    void ApplyUpdate(ReadOnlySpan<byte> update);
}
