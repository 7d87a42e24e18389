namespace TinyStore.Yjs;

/// <summary>What is kept beside a document for one room; see <see cref="IProviderStateStore"/>.</summary>
public interface IProviderState : IDisposable
{
    /// <summary>The cursor that was saved last, in whatever bytes the provider chose; empty when there is none.</summary>
    ReadOnlyMemory<byte> Cursor { get; }

    /// <summary>
    /// How many updates the room is not known to hold: what was saved last, and one for each update that the document has
    /// emitted since with another origin than the provider's, in this run or an earlier one. For a room that was never saved,
    /// all updates that are kept. Zero means that the room holds everything.
    /// </summary>
    int UnacknowledgedCount { get; }

    /// <summary>
    /// Says how far the room is at this moment. It reaches the disk together with the updates that the document has emitted
    /// before the call, or after them; never before them. Cheap: of many calls between two writes the last one counts.
    /// </summary>
    /// <param name="cursor">The cursor, at most 64 KiB; empty for none. Copied.</param>
    /// <param name="unacknowledgedCount">
    /// How many of the updates emitted so far, those of the provider's own origin aside, the room has not acknowledged. Zero
    /// only if it holds all of them.
    /// </param>
    /// <exception cref="ArgumentException">The cursor is too long or the count negative.</exception>
    void Save(ReadOnlySpan<byte> cursor, int unacknowledgedCount);
}
