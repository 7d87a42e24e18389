using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>Cuts a frame that does not fit a message into chunks, one at a time.</summary>
/// <remarks>
/// <code>
/// transferred = type, head, payload            cut every PartLength bytes:
/// | part 0 | part 1 | … | part count-1 |       each in a chunk frame of its own
/// </code>
/// </remarks>
internal sealed class OutgoingTransfer
{
    /// <summary>Room for a chunk's own fields: length 5, channel 8, type 1, transfer 8, index 5, count 5, part length 5.</summary>
    private const int ChunkOverhead = 40;

    private readonly ulong _channel;
    private readonly ulong _transfer;
    private readonly OutgoingFrame _frame;
    private readonly int _partLength;
    private readonly int _count;
    private int _index;

    public OutgoingTransfer(ulong channel, ulong transfer, OutgoingFrame frame, int maxFrameBytes)
    {
        _channel = channel;
        _transfer = transfer;
        _frame = frame;
        _partLength = maxFrameBytes - ChunkOverhead;
        _count = (int)(((long)frame.ContentLength + _partLength - 1) / _partLength);
    }

    public bool IsDone => _index == _count;

    /// <summary>Adds the next chunk, or returns false and adds nothing when it does not fit what is left of the message.</summary>
    public bool TryWriteNext(MessageWriter message)
    {
        var start = _index * (long)_partLength;
        var length = (int)Math.Min(_partLength, _frame.ContentLength - start);
        if (message.Length + length + ChunkOverhead > message.MaxBytes)
        {
            return false;
        }

        message.WriteChunk(_channel, _transfer, _index++, _count, length, writer => WritePart(writer, (int)start, length));
        return true;
    }

    private void WritePart(Lib0Writer writer, int start, int length)
    {
        var end = start + length;
        if (start == 0)
        {
            writer.WriteByte((byte)_frame.Type);
        }

        WriteOverlap(writer, _frame.Head.Span, 1, start, end);
        WriteOverlap(writer, _frame.Payload.Span, 1 + _frame.Head.Length, start, end);
    }

    private static void WriteOverlap(Lib0Writer writer, ReadOnlySpan<byte> piece, int pieceStart, int start, int end)
    {
        var from = Math.Max(start - pieceStart, 0);
        var to = Math.Min(end - pieceStart, piece.Length);
        if (from < to)
        {
            writer.WriteBytes(piece[from..to]);
        }
    }
}
