using System.Buffers;
using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files.Records;

/// <summary>Writes records one after the other, gathering small ones. Nothing is sure to be written before <see cref="Complete"/>.</summary>
internal sealed class RecordWriter : IDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly IStorageFile _file;
    private readonly uint _marker;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _buffered;
    private long _written;

    public RecordWriter(IStorageFile file, uint marker, long position)
    {
        _file = file;
        _marker = marker;
        _written = position;
    }

    /// <summary>Where the next record goes.</summary>
    public long Position => _written + _buffered;

    /// <summary>Writes one record.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="flushedBefore">Whether everything before it is safe on the disk already.</param>
    /// <param name="prefix">The start of its payload.</param>
    /// <param name="body">The rest of its payload.</param>
    public void Write(RecordKind kind, bool flushedBefore, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[RecordHeader.Size];
        var crc = Crc32C.Append(Crc32C.Of(prefix), body);
        new RecordHeader(kind, flushedBefore, checked(prefix.Length + body.Length), crc).Write(header, _marker, Position);
        Add(header);
        Add(prefix);
        Add(body);
    }

    /// <summary>Hands everything to the file.</summary>
    public void Complete()
    {
        if (_buffered > 0)
        {
            _file.Write(_written, _buffer.AsSpan(0, _buffered));
            _written += _buffered;
            _buffered = 0;
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _buffered)
        {
            Complete();
            if (bytes.Length >= _buffer.Length)
            {
                _file.Write(_written, bytes);
                _written += bytes.Length;
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }
}
