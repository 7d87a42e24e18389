using TinyStore.Yjs;

namespace TinyStore.Crdt.Files.Records;

/// <summary>Reduces a document's updates to its state, and proves that nothing went missing on the way.</summary>
internal static class DocumentState
{
    /// <summary>The state of a document that got an update, what waits for missing updates included.</summary>
    /// <param name="update">All updates of the document, merged.</param>
    /// <param name="gc">Whether the content of what was deleted is dropped.</param>
    /// <exception cref="InvalidDataException">The state does not lead to the same document.</exception>
    public static byte[] Reduce(ReadOnlySpan<byte> update, bool gc)
    {
        var (state, stateVector, snapshot) = Load(update, gc);

        // Loading a state may join structs that loading the updates left apart, so the second round may be shorter than the
        // first. It is the one that is written, and the third must equal it.
        var (second, secondVector, secondSnapshot) = Load(state, gc);
        var (third, _, _) = second.AsSpan().SequenceEqual(state) ? (second, secondVector, secondSnapshot) : Load(second, gc);
        if (!secondVector.AsSpan().SequenceEqual(stateVector) || !secondSnapshot.AsSpan().SequenceEqual(snapshot) || !third.AsSpan().SequenceEqual(second))
        {
            throw new InvalidDataException("The compacted document does not equal the document it was made from, so the file is left as it is.");
        }

        return second;
    }

    private static (byte[] State, byte[] StateVector, byte[] Snapshot) Load(ReadOnlySpan<byte> update, bool gc)
    {
        using var doc = new YDoc(new YDocOptions { Gc = gc });
        doc.ApplyUpdate(update, doc);
        return (doc.EncodeStateAsUpdate(), doc.EncodeStateVector(), doc.EncodeSnapshot());
    }
}
