using System.Buffers;
using System.Buffers.Binary;
using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files.Records;

/// <summary>What <see cref="RecordReader.Read"/> found.</summary>
internal enum RecordResult
{
    /// <summary>An intact record.</summary>
    Record,

    /// <summary>Something else; <see cref="RecordReader.Fault"/> says what.</summary>
    Bad,

    /// <summary>The end.</summary>
    End,
}

/// <summary>
/// Reads records one after the other, and finds the next intact one when it comes upon something else. Holds the largest
/// record in memory, and never more than the file can back.
/// </summary>
internal sealed class RecordReader : IDisposable
{
    private const int WindowSize = 64 << 10;

    private readonly IStorageFile _file;
    private readonly uint _marker;
    private readonly long _end;
    private byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);
    private long _windowStart;
    private int _windowLength;
    private int _payloadLength;
    private long _resyncFrom;

    /// <summary>Reads the records of a file from a position to an end.</summary>
    public RecordReader(IStorageFile file, uint marker, long position, long end)
    {
        _file = file;
        _marker = marker;
        _end = end;
        Position = position;
    }

    /// <summary>Where the next record is expected; set it to go on elsewhere.</summary>
    public long Position { get; set; }

    /// <summary>Where the record that was read last begins.</summary>
    public long Offset { get; private set; }

    /// <summary>The header of the record that was read last.</summary>
    public RecordHeader Header { get; private set; }

    /// <summary>The payload of the record that was read last; until the next call.</summary>
    public ReadOnlySpan<byte> Payload => _window.AsSpan((int)(Offset + RecordHeader.Size - _windowStart), _payloadLength);

    /// <summary>What was wrong at <see cref="Position"/>.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Reads the record at <see cref="Position"/>, and moves behind it if it is one.</summary>
    public RecordResult Read()
    {
        var left = _end - Position;
        if (left == 0)
        {
            return RecordResult.End;
        }

        _resyncFrom = Position + 1;
        if (left < RecordHeader.Size)
        {
            return Bad($"{left} bytes are left, and a record has at least {RecordHeader.Size}");
        }

        if (!RecordHeader.TryRead(Peek(Position, RecordHeader.Size), Position, out var marker, out var header) || marker != _marker)
        {
            return Bad("there is no intact record header");
        }

        if (header.Length > left - RecordHeader.Size)
        {
            _resyncFrom = _end;
            return Bad($"the record has {header.Length} bytes, and the file only {left - RecordHeader.Size} more");
        }

        if (Crc32C.Of(Peek(Position, RecordHeader.Size + header.Length)[RecordHeader.Size..]) != header.PayloadCrc)
        {
            _resyncFrom = Position + RecordHeader.Size + header.Length;
            return Bad($"the {header.Length} bytes of the record do not match their checksum");
        }

        Offset = Position;
        Header = header;
        _payloadLength = header.Length;
        Position += RecordHeader.Size + header.Length;
        return RecordResult.Record;
    }

    /// <summary>After <see cref="RecordResult.Bad"/>: moves <see cref="Position"/> to the next intact record, or to the end.</summary>
    public void Resync()
    {
        Span<byte> marker = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(marker, _marker);
        var from = _resyncFrom;
        while (_end - from >= RecordHeader.Size)
        {
            var window = Peek(from, (int)Math.Min(_end - from, WindowSize));
            var found = window.IndexOf(marker);
            if (found < 0)
            {
                from += window.Length - (sizeof(uint) - 1); // the marker may begin in the last three
                continue;
            }

            from += found;
            if (IsIntact(from))
            {
                Position = from;
                return;
            }

            from++;
        }

        Position = _end;
    }

    /// <summary>The marker of a file whose own header is damaged, as its first intact record tells it; null when there is none.</summary>
    public static uint? FindMarker(IStorageFile file, long end)
    {
        using var reader = new RecordReader(file, 0, 0, end);
        for (long from = 0; end - from >= RecordHeader.Size;)
        {
            var window = reader.Peek(from, (int)Math.Min(end - from, WindowSize));
            for (var i = 0; i <= window.Length - RecordHeader.Size; i++)
            {
                if (RecordHeader.TryRead(window[i..], from + i, out var marker, out _))
                {
                    using var check = new RecordReader(file, marker, from + i, end);
                    if (check.Read() == RecordResult.Record)
                    {
                        return marker;
                    }
                }
            }

            from += window.Length - (RecordHeader.Size - 1);
        }

        return null;
    }

    public void Dispose()
    {
        var window = _window;
        _window = [];
        if (window.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private RecordResult Bad(string fault)
    {
        Fault = fault;
        return RecordResult.Bad;
    }

    private bool IsIntact(long offset)
    {
        var position = Position;
        var resyncFrom = _resyncFrom;
        Position = offset;
        var intact = Read() == RecordResult.Record;
        Position = position;
        _resyncFrom = resyncFrom;
        return intact;
    }

    /// <summary>The bytes at an offset, which the file is known to have.</summary>
    private ReadOnlySpan<byte> Peek(long offset, int count)
    {
        if (offset < _windowStart || offset + count > _windowStart + _windowLength)
        {
            Fill(offset, count);
        }

        return _window.AsSpan((int)(offset - _windowStart), count);
    }

    private void Fill(long offset, int count)
    {
        if (count > _window.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(count);
            ArrayPool<byte>.Shared.Return(_window);
            _window = larger;
        }

        _windowStart = offset;
        _windowLength = 0;
        var wanted = (int)Math.Min(_window.Length, _end - offset);
        while (_windowLength < wanted)
        {
            var read = _file.Read(offset + _windowLength, _window.AsSpan(_windowLength, wanted - _windowLength));
            if (read == 0)
            {
                if (_windowLength >= count)
                {
                    return;
                }

                throw new EndOfStreamException($"The file ended at byte {offset + _windowLength}, and had {_end} bytes before.");
            }

            _windowLength += read;
        }
    }
}
