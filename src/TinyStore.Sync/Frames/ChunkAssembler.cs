namespace TinyStore.Sync.Frames;

/// <summary>
/// Puts the chunks of one channel and direction together. Memory follows the bytes received, never a number that the sender
/// announced. Not thread-safe.
/// </summary>
internal sealed class ChunkAssembler
{
    private readonly int _maxBytes;
    private byte[] _buffer = [];
    private int _length;
    private ulong _transfer;
    private ulong _next;
    private ulong _count;

    /// <param name="maxBytes">The longest frame that may be put together: type and body.</param>
    public ChunkAssembler(int maxBytes) => _maxBytes = maxBytes;

    /// <summary>The bytes held for an unfinished transfer.</summary>
    public int BufferedBytes => _length;

    /// <summary>Adds a chunk; true when it was the last one and <paramref name="frame"/> is complete.</summary>
    /// <exception cref="FrameFormatException">Out of order, contradictory, or beyond the limit. The transfer is dropped.</exception>
    public bool Add(ulong channel, in ChunkFrame chunk, out Frame frame)
    {
        frame = default;
        if (chunk.Index == 0)
        {
            Clear();
            _transfer = chunk.Transfer;
            _count = chunk.Count;
        }

        if (chunk.Part.IsEmpty || chunk.Index >= chunk.Count || chunk.Index != _next || chunk.Transfer != _transfer || chunk.Count != _count)
        {
            var expected = _next;
            Clear();
            throw new FrameFormatException(
                $"chunk {chunk.Index} of {chunk.Count} with {chunk.Part.Length} bytes does not continue the transfer, which expects chunk {expected}", 0);
        }

        if (chunk.Part.Length > _maxBytes - _length)
        {
            Clear();
            throw new FrameFormatException($"a frame in chunks is at most {_maxBytes} bytes long", 0, SyncErrorCode.TooLarge);
        }

        Append(chunk.Part.Span);
        if (++_next < _count)
        {
            return false;
        }

        var bytes = _buffer.AsMemory(0, _length);
        _buffer = [];
        Clear();
        frame = Frame.FromTransfer(channel, bytes);
        return true;
    }

    /// <summary>Drops an unfinished transfer and its memory.</summary>
    public void Clear()
    {
        _buffer = [];
        _length = 0;
        _next = 0;
        _count = 0;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_buffer.Length - _length < part.Length)
        {
            var wanted = Math.Max((long)_length + part.Length, Math.Min(_buffer.Length * 2L, _maxBytes));
            Array.Resize(ref _buffer, (int)wanted);
        }

        part.CopyTo(_buffer.AsSpan(_length));
        _length += part.Length;
    }
}
