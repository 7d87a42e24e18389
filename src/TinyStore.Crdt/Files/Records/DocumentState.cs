using TinyStore.Yjs;

namespace TinyStore.Crdt.Files.Records;

/// <summary>Reduces a document's updates to its state, and proves that nothing went missing on the way.</summary>
internal static class DocumentState
{
    /// <summary>The state of a document that got an update, what waits for missing updates included.</summary>
    /// <param name="update">All updates of the document, merged.</param>
    /// <param name="gc">Whether the content of what was deleted is dropped.</param>
    /// <exception cref="InvalidDataException">The state does not lead to the same document.</exception>
    public static byte[] Reduce(ReadOnlySpan<byte> update, bool gc) => Reduce(update, bytes => Load(bytes, gc));

    internal static byte[] Reduce(ReadOnlySpan<byte> update, Loader load)
    {
        // Loading a state may join structs that loading the updates left apart, so the second round may be shorter than the
        // first. It is the one that is written, and the third must equal it.
        var first = load(update);
        var second = load(first.State);
        var third = second.State.AsSpan().SequenceEqual(first.State) ? second : load(second.State);
        if (!second.StateVector.AsSpan().SequenceEqual(first.StateVector)
            || !second.Snapshot.AsSpan().SequenceEqual(first.Snapshot)
            || !third.State.AsSpan().SequenceEqual(second.State))
        {
            throw new InvalidDataException("The compacted document does not equal the document it was made from, so the file is left as it is.");
        }

        return second.State;
    }

    private static Loaded Load(ReadOnlySpan<byte> update, bool gc)
    {
        using var doc = new YDoc(new YDocOptions { Gc = gc });
        doc.ApplyUpdate(update, doc);
        return new Loaded(doc.EncodeStateAsUpdate(), doc.EncodeStateVector(), doc.EncodeSnapshot());
    }

    internal delegate Loaded Loader(ReadOnlySpan<byte> update);

    internal sealed record Loaded(byte[] State, byte[] StateVector, byte[] Snapshot);
}
