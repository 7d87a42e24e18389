using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

/// <summary>
/// Works on updates in format V1 as bytes, without a document: merge, compare with a state vector, check. The results are
/// those of Yjs (mergeUpdates, diffUpdate, encodeStateVectorFromUpdate), byte for byte for what Yjs writes.
/// </summary>
/// <remarks>
/// All methods may be called from any thread. Malformed bytes raise <see cref="YUpdateFormatException"/> before anything is
/// written. Bytes behind the end of an update are ignored, as Yjs does. Some bytes that Yjs never writes are treated otherwise
/// than there:
/// <list type="bullet">
/// <item>updates whose clients are not in descending order, or come twice, are merged without loss (Yjs loses structs);</item>
/// <item>a state vector never counts the clocks of a hole at the start of a client (Yjs does for the first client);</item>
/// <item>structs of length zero are left out;</item>
/// <item>what is taken over whole keeps its bytes, also where Yjs would write numbers, keys or JSON text in another way.</item>
/// </list>
/// </remarks>
public static partial class YUpdate
{
    /// <summary>The update that holds nothing.</summary>
    public static ReadOnlySpan<byte> Empty => [0, 0];

    /// <summary>
    /// Merges updates into one that has the same effect as all of them in any order. A single update is returned as it is.
    /// </summary>
    /// <param name="updates">The updates, in any order; they may overlap and leave holes.</param>
    /// <exception cref="YUpdateFormatException">One of the updates is malformed. The offset is in that update.</exception>
    public static byte[] Merge(IReadOnlyList<ReadOnlyMemory<byte>> updates)
    {
        using var writer = MergeToWriter(updates);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Merge(IReadOnlyList{ReadOnlyMemory{byte}})"/>
    /// <param name="updates">The updates, in any order; they may overlap and leave holes.</param>
    /// <param name="output">Where the merged update is written.</param>
    public static void Merge(IReadOnlyList<ReadOnlyMemory<byte>> updates, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = MergeToWriter(updates);
        writer.CopyTo(output);
    }

    /// <summary>
    /// What an update holds beyond a state vector. A struct that is partly known is cut; deletions are all kept, for a state
    /// vector says nothing about them.
    /// </summary>
    /// <param name="update">An update.</param>
    /// <param name="stateVector">An encoded state vector: what the receiver has.</param>
    /// <exception cref="YUpdateFormatException">The update or the state vector is malformed. The offset is in that one.</exception>
    public static byte[] Diff(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector)
    {
        using var writer = new Lib0Writer();
        UpdateDiff.Write(update, YStateVector.Decode(stateVector), writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Diff(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    /// <param name="update">An update.</param>
    /// <param name="stateVector">An encoded state vector: what the receiver has.</param>
    /// <param name="output">Where the difference is written, as an update.</param>
    public static void Diff(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        UpdateDiff.Write(update, YStateVector.Decode(stateVector), writer);
        writer.CopyTo(output);
    }

    /// <summary>
    /// The state vector that a document has after applying nothing but this update: for each client the clocks that follow
    /// on one another from 0. What lies behind a hole is not counted.
    /// </summary>
    /// <exception cref="YUpdateFormatException">The update is malformed.</exception>
    public static byte[] EncodeStateVector(ReadOnlySpan<byte> update)
    {
        using var writer = new Lib0Writer();
        UpdateState.Write(update, writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="EncodeStateVector(ReadOnlySpan{byte})"/>
    /// <param name="update">An update.</param>
    /// <param name="output">Where the state vector is written.</param>
    public static void EncodeStateVector(ReadOnlySpan<byte> update, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        UpdateState.Write(update, writer);
        writer.CopyTo(output);
    }

    /// <summary>Checks an update completely: structure, bounds, UTF-8, values and JSON text. What passes can be applied and merged.</summary>
    /// <exception cref="YUpdateFormatException">The update is malformed.</exception>
    public static void Validate(ReadOnlySpan<byte> update) => new YUpdateOutline().Scan(update, checkReferences: true);

    /// <summary>Checks an update as <see cref="Validate"/> does.</summary>
    /// <param name="update">The bytes.</param>
    /// <param name="error">What is wrong with them.</param>
    /// <param name="offset">Where, in bytes from the start; -1 when nothing is wrong.</param>
    public static bool TryValidate(ReadOnlySpan<byte> update, [NotNullWhen(false)] out string? error, out int offset)
    {
        try
        {
            Validate(update);
            (error, offset) = (null, -1);
            return true;
        }
        catch (YUpdateFormatException e)
        {
            (error, offset) = (e.Message, e.Offset);
            return false;
        }
    }

    /// <summary>
    /// Whether an update holds neither structs nor deletions, so that applying it can change nothing. Looks no further than
    /// the first thing it finds: a fault behind that goes unnoticed.
    /// </summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed as far as they were looked at.</exception>
    public static bool IsEmpty(ReadOnlySpan<byte> update) => UpdateState.IsEmpty(update, YContentFormat.Json);

    private static Lib0Writer MergeToWriter(IReadOnlyList<ReadOnlyMemory<byte>> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        var writer = new Lib0Writer();
        try
        {
            if (updates.Count == 1)
            {
                new YUpdateOutline().Scan(updates[0].Span);
                writer.WriteBytes(updates[0].Span);
            }
            else
            {
                UpdateMerger.Merge(updates, writer);
            }

            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
