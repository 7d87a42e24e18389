using System.Buffers;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

// The document as bytes in format V2. It is a codec at the border: what comes in becomes V1 bytes in which the values of Embed
// and Format are lib0 values; what goes out is written into the columns.
public sealed partial class YDoc
{
    /// <summary>
    /// Applies an update in format V2. Everything else is as with <see cref="ApplyUpdate"/>: both formats may be mixed.
    /// </summary>
    /// <param name="update">The bytes; not kept.</param>
    /// <param name="origin">Who brought it. Pass something that is not null, so that undo managers do not take it for the user's own.</param>
    /// <param name="maxStructs">An update with more structs is refused; lower it for bytes of strangers.</param>
    /// <exception cref="YUpdateFormatException">The bytes are malformed or beyond a limit of <see cref="DecoderLimits"/>. The document is unchanged.</exception>
    public void ApplyUpdateV2(ReadOnlySpan<byte> update, object? origin = null, int maxStructs = DecoderLimits.MaxStructs)
    {
        using var v1 = YUpdateV2.Expand(update, maxStructs);
        Apply(v1.Written, YContentFormat.Any, origin);
    }

    /// <summary>The whole document as an update in format V2, what waits included.</summary>
    public byte[] EncodeStateAsUpdateV2() => EncodeStateAsUpdateV2(default(ReadOnlySpan<byte>));

    /// <summary>What a peer with that state vector lacks, as an update in format V2.</summary>
    /// <param name="stateVector">The peer's state vector, which is the same in both formats; empty for the whole document.</param>
    /// <exception cref="YUpdateFormatException">The state vector is malformed.</exception>
    public byte[] EncodeStateAsUpdateV2(ReadOnlySpan<byte> stateVector)
    {
        using var writer = new Lib0Writer();
        WriteStateV2(writer, stateVector);
        return writer.ToArray();
    }

    /// <inheritdoc cref="EncodeStateAsUpdateV2(ReadOnlySpan{byte})"/>
    /// <param name="output">Where the update is written.</param>
    /// <param name="stateVector">The peer's state vector, which is the same in both formats; empty for the whole document.</param>
    public void EncodeStateAsUpdateV2(IBufferWriter<byte> output, ReadOnlySpan<byte> stateVector = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        WriteStateV2(writer, stateVector);
        writer.CopyTo(output);
    }

    /// <summary>Delete set and state vector in format V2: what <see cref="EncodeSnapshot"/> says, in fewer bytes.</summary>
    public byte[] EncodeSnapshotV2()
    {
        Enter();
        try
        {
            using var deletes = new Lib0Writer();
            Store.WriteDeleteSet(deletes);
            _writer.Clear();
            DeleteSetV2.Write(deletes.Written, 0, _writer);
            Store.WriteStateVector(_writer);
            return TakeWritten();
        }
        finally
        {
            Exit();
        }
    }

    private void WriteStateV2(Lib0Writer output, ReadOnlySpan<byte> stateVector)
    {
        var known = stateVector.IsEmpty ? null : YStateVector.Decode(stateVector);
        Enter();
        try
        {
            if (HasPending)
            {
                using var v1 = new Lib0Writer();
                WriteHeld(v1, known, YContentFormat.Any);
                var parts = WithPending(v1, known, YContentFormat.Any);
                v1.Clear();
                UpdateMerger.Merge(parts, v1, YContentFormat.Any);
                YUpdateV2.WriteTrusted(v1.Written, YContentFormat.Any, output);
            }
            else
            {
                using var columns = new UpdateV2Columns();
                using var deletes = new Lib0Writer();
                Store.WriteStructs(new StructEncoderV2(columns), known);
                Store.WriteDeleteSet(deletes);
                DeleteSetV2.Write(deletes.Written, 0, columns.Rest);
                columns.Finish(output);
            }
        }
        finally
        {
            Exit();
        }
    }
}
