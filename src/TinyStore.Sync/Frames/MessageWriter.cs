using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>Packs frames into messages of bounded length. Not thread-safe.</summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly Lib0Writer _writer = new(1024);

    public MessageWriter(int maxBytes) => MaxBytes = maxBytes;

    /// <summary>The longest message; may change between messages.</summary>
    public int MaxBytes { get; set; }

    public int Length => _writer.Length;

    public bool IsEmpty => _writer.Length == 0;

    /// <summary>The bytes that a frame takes in a message.</summary>
    public static int FrameLength(ulong channel, int contentLength)
    {
        var length = OutgoingFrame.VarUintLength(channel) + contentLength;
        return OutgoingFrame.VarUintLength((ulong)length) + length;
    }

    /// <summary>True when the frame fits a message that holds nothing else; if not, it needs an <see cref="OutgoingTransfer"/>.</summary>
    public bool FitsAlone(ulong channel, in OutgoingFrame frame) => FrameLength(channel, frame.ContentLength) <= MaxBytes;

    /// <summary>Adds a frame, or returns false and adds nothing when it does not fit what is left.</summary>
    public bool TryWrite(ulong channel, in OutgoingFrame frame)
    {
        if (_writer.Length + FrameLength(channel, frame.ContentLength) > MaxBytes)
        {
            return false;
        }

        WriteStart(channel, frame.Type, frame.ContentLength);
        _writer.WriteBytes(frame.Head.Span);
        _writer.WriteBytes(frame.Payload.Span);
        return true;
    }

    /// <summary>The message so far; the next one begins empty.</summary>
    public byte[] Take()
    {
        var message = _writer.ToArray();
        _writer.Clear();
        return message;
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Writes a chunk of which the caller knows that it fits.</summary>
    internal void WriteChunk(ulong channel, ulong transfer, int index, int count, int partLength, Action<Lib0Writer> writePart)
    {
        var content = 1 + OutgoingFrame.VarUintLength(transfer) + OutgoingFrame.VarUintLength((ulong)index)
            + OutgoingFrame.VarUintLength((ulong)count) + OutgoingFrame.VarUintLength((ulong)partLength) + partLength;
        WriteStart(channel, FrameType.Chunk, content);
        _writer.WriteVarUint(transfer);
        _writer.WriteVarUint((ulong)index);
        _writer.WriteVarUint((ulong)count);
        _writer.WriteVarUint((ulong)partLength);
        writePart(_writer);
    }

    private void WriteStart(ulong channel, FrameType type, int contentLength)
    {
        _writer.WriteVarUint((ulong)(OutgoingFrame.VarUintLength(channel) + contentLength));
        _writer.WriteVarUint(channel);
        _writer.WriteVarUint((ulong)type);
    }
}
