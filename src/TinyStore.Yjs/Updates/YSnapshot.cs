using System.Buffers;
using System.Diagnostics;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

/// <summary>
/// A moment of a document: what it had seen of each client, and what of that was deleted. Immutable, safe to share between
/// threads.
/// </summary>
[DebuggerDisplay("{StateVector.Count} clients, {DeleteSet.RangeCount} deleted ranges")]
public sealed class YSnapshot : IEquatable<YSnapshot>
{
    /// <summary>A snapshot of its two parts.</summary>
    public YSnapshot(YDeleteSet deleteSet, YStateVector stateVector)
    {
        ArgumentNullException.ThrowIfNull(deleteSet);
        ArgumentNullException.ThrowIfNull(stateVector);
        DeleteSet = deleteSet;
        StateVector = stateVector;
    }

    /// <summary>The moment before anything happened.</summary>
    public static YSnapshot Empty { get; } = new(YDeleteSet.Empty, YStateVector.Empty);

    /// <summary>What was deleted.</summary>
    public YDeleteSet DeleteSet { get; }

    /// <summary>What had been seen.</summary>
    public YStateVector StateVector { get; }

    /// <summary>Reads an encoded snapshot: the delete set, then the state vector.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static YSnapshot Decode(ReadOnlySpan<byte> bytes)
    {
        var deletes = YDeleteSet.Read(bytes, 0, out var end);
        var reader = new Lib0Reader(bytes, end);
        return new YSnapshot(deletes, YStateVector.Read(ref reader));
    }

    /// <summary>Reads a snapshot that was encoded in format V2.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static YSnapshot DecodeV2(ReadOnlySpan<byte> bytes)
    {
        var reader = new Lib0Reader(bytes);
        using var v1 = new Lib0Writer();
        DeleteSetV2.WriteV1(ref reader, v1);
        return new YSnapshot(YDeleteSet.Decode(v1.Written), YStateVector.Read(ref reader));
    }

    /// <summary>The bytes of the snapshot in format V2, in which only the delete set differs.</summary>
    public byte[] EncodeV2()
    {
        using var v1 = new Lib0Writer();
        DeleteSet.Write(v1);
        using var writer = new Lib0Writer();
        DeleteSetV2.Write(v1.Written, 0, writer);
        StateVector.Write(writer);
        return writer.ToArray();
    }

    /// <summary>The bytes of the snapshot.</summary>
    public byte[] Encode()
    {
        using var writer = new Lib0Writer();
        Write(writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Encode()"/>
    /// <param name="output">Where the bytes are written.</param>
    public void Encode(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        Write(writer);
        writer.CopyTo(output);
    }

    /// <summary>Whether an element could be seen at that moment: it was there and not deleted.</summary>
    public bool IsVisible(YItemId id) => StateVector.GetClock(id.Client) > id.Clock && !DeleteSet.Contains(id);

    /// <summary>The same moment: equal parts.</summary>
    public bool Equals(YSnapshot? other) => other is not null && DeleteSet.Equals(other.DeleteSet) && StateVector.Equals(other.StateVector);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as YSnapshot);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DeleteSet, StateVector);

    private void Write(Lib0Writer writer)
    {
        DeleteSet.Write(writer);
        StateVector.Write(writer);
    }
}
