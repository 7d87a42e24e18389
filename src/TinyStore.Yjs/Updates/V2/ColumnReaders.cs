using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// A column of unsigned numbers: <c>varInt value</c> once, or <c>varInt -value, varUint count - 2</c> for a run. The sign is
/// apart from the magnitude, so a run of zeros begins with -0.
/// </summary>
internal ref struct UintOptRleReader(Lib0Reader column)
{
    private Lib0Reader _column = column;
    private ulong _value;
    private ulong _count;

    public ulong Read()
    {
        if (_count == 0)
        {
            _value = _column.ReadVarInt(out var isRun);
            _count = isRun ? _column.ReadVarUint() + 2 : 1;
        }

        _count--;
        return _value;
    }

    public uint Read32()
    {
        var position = _column.Position;
        var value = Read();
        if (value > uint.MaxValue)
        {
            _column.Throw($"expected a length below 2^32, found {value}", position);
        }

        return (uint)value;
    }
}

/// <summary>
/// A column of numbers by their differences: <c>varInt 2 * difference</c> once, or <c>varInt 2 * difference + 1,
/// varUint count - 2</c> for a run of equal differences. Halving rounds down, also below zero.
/// </summary>
internal ref struct IntDiffOptRleReader(Lib0Reader column)
{
    private Lib0Reader _column = column;
    private long _value;
    private long _difference;
    private ulong _count;

    /// <summary>The next number, which must be a clock.</summary>
    public uint Read()
    {
        if (_count == 0)
        {
            var magnitude = (long)_column.ReadVarInt(out var negative);
            var encoded = negative ? -magnitude : magnitude;
            _difference = encoded >> 1;
            _count = (encoded & 1) != 0 ? _column.ReadVarUint() + 2 : 1;
        }

        _count--;
        _value += _difference;
        if ((ulong)_value > DecoderLimits.MaxClock)
        {
            _column.Throw($"the differences of a column add up to {_value}, which is no clock");
        }

        return (uint)_value;
    }
}

/// <summary>A column of bytes: <c>byte, varUint count - 1</c> for each run; the last run has no count and never ends.</summary>
internal ref struct RleByteReader(Lib0Reader column)
{
    private Lib0Reader _column = column;
    private byte _value;
    private ulong _count;

    public byte Read()
    {
        if (_count == 0)
        {
            _value = _column.ReadByte();
            _count = _column.AtEnd ? ulong.MaxValue : _column.ReadVarUint() + 1;
        }

        _count--;
        return _value;
    }
}

/// <summary>A column of texts: all of them in one varString, then the column of their lengths in UTF-16 units.</summary>
internal ref struct StringColumnReader
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly bool _isAscii;
    private readonly int _start;
    private UintOptRleReader _lengths;
    private Lib0Reader _column;
    private uint _unitsLeft;
    private int _position;
    private bool _insidePair;

    public StringColumnReader(Lib0Reader column)
    {
        _text = column.ReadVarUtf8();
        _start = column.Position - _text.Length;
        _unitsLeft = (uint)Utf8Text.Utf16Length(_text);
        _isAscii = _unitsLeft == _text.Length;
        _column = column;
        _lengths = new UintOptRleReader(column);
    }

    public readonly uint UnitsLeft => _unitsLeft;

    public Utf8Piece Read()
    {
        var length = _lengths.Read();
        if (length > _unitsLeft)
        {
            _column.Throw($"a text of {length} UTF-16 units is cut from the {_unitsLeft} that are left", _start + _position);
        }

        var units = (uint)length;
        _unitsLeft -= units;
        if (_isAscii)
        {
            var ascii = _text.Slice(_position, (int)units);
            _position += (int)units;
            return new Utf8Piece(ascii, false, false);
        }

        var beginsInside = _insidePair && units > 0;
        if (beginsInside)
        {
            units--;
            _insidePair = false;
        }

        var start = _position;
        if (units > 0)
        {
            _position += Utf8Text.OffsetOfUnit(_text[_position..], units, out _insidePair);
        }

        return new Utf8Piece(_text[start..(_insidePair && units > 0 ? _position - 4 : _position)], beginsInside, _insidePair && units > 0);
    }
}

/// <summary>
/// A piece of a text in UTF-8. Where the cut went through a surrogate pair, the half of it is a replacement character, as it
/// is when JavaScript encodes it.
/// </summary>
internal readonly ref struct Utf8Piece(ReadOnlySpan<byte> middle, bool beginsInsidePair, bool endsInsidePair)
{
    private readonly ReadOnlySpan<byte> _middle = middle;

    private static ReadOnlySpan<byte> Half => "\uFFFD"u8;

    /// <summary>Writes the text as a varString.</summary>
    public void Write(Lib0Writer output)
    {
        output.WriteVarUint((uint)(_middle.Length + (beginsInsidePair ? Half.Length : 0) + (endsInsidePair ? Half.Length : 0)));
        output.WriteBytes(beginsInsidePair ? Half : default);
        output.WriteBytes(_middle);
        output.WriteBytes(endsInsidePair ? Half : default);
    }

    /// <summary>How many UTF-16 units it has.</summary>
    public uint Length => (uint)Utf8Text.Utf16Length(_middle) + (beginsInsidePair ? 1u : 0) + (endsInsidePair ? 1u : 0);
}
