using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Walks a delete set in format V1: <c>#clients, (client, #ranges, (clock, length)…)…</c></summary>
internal ref struct YDeleteSetReader
{
    private Lib0Reader _reader;
    private int _clientsLeft;
    private int _rangesLeft;

    public YDeleteSetReader(ReadOnlySpan<byte> bytes, int position)
    {
        _reader = new Lib0Reader(bytes, position);
        _clientsLeft = _reader.ReadCount(minBytes: 2);
    }

    /// <summary>The client whose ranges are being read.</summary>
    public ulong Client { get; private set; }

    public uint Clock { get; private set; }

    /// <summary>How many clocks the range covers; can be 0 in foreign bytes.</summary>
    public uint Length { get; private set; }

    public readonly int ClientsLeft => _clientsLeft;

    /// <summary>Ranges of the current client not read yet.</summary>
    public readonly int RangesLeft => _rangesLeft;

    public readonly int Position => _reader.Position;

    /// <summary>Goes to the next client (read all ranges of the last one first). The same client may come again.</summary>
    public bool NextClient()
    {
        if (_clientsLeft == 0)
        {
            return false;
        }

        _clientsLeft--;
        Client = _reader.ReadVarUint();
        _rangesLeft = _reader.ReadCount(minBytes: 2);
        return true;
    }

    public bool NextRange()
    {
        if (_rangesLeft == 0)
        {
            return false;
        }

        _rangesLeft--;
        var start = _reader.Position;
        Clock = _reader.ReadVarUint32();
        Length = _reader.ReadVarUint32();
        if ((ulong)Clock + Length > DecoderLimits.MaxClock)
        {
            _reader.Throw($"a deleted range ends above the largest clock {DecoderLimits.MaxClock} (DecoderLimits.MaxClock)", start);
        }

        return true;
    }
}
