using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace TinyStore.Yjs.Lib0;

/// <summary>
/// Reads the primitives of lib0 (the encoding library of Yjs) from a span. Every read checks its bounds and throws
/// <see cref="YUpdateFormatException"/> with the offset.
/// </summary>
internal ref struct Lib0Reader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public Lib0Reader(ReadOnlySpan<byte> bytes, int position = 0)
    {
        _bytes = bytes;
        _position = position;
    }

    public int Position
    {
        readonly get => _position;
        set => _position = value;
    }

    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>The bytes not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    public readonly bool AtEnd => _position >= _bytes.Length;

    /// <summary>The bytes between two positions of what this reader reads.</summary>
    public readonly ReadOnlySpan<byte> Slice(int start, int end) => _bytes[start..end];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if ((uint)_position >= (uint)_bytes.Length)
        {
            ThrowEnd(1);
        }

        return _bytes[_position++];
    }

    /// <summary>Little-endian groups of seven bits, bit 8 says that more follow; at most 2^53-1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarUint()
    {
        if ((uint)_position < (uint)_bytes.Length)
        {
            var first = _bytes[_position];
            if (first < 0x80)
            {
                _position++;
                return first;
            }
        }

        return ReadVarUintSlow();
    }

    /// <summary>A varUint that must fit 32 bits: clocks and lengths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadVarUint32()
    {
        var start = _position;
        var value = ReadVarUint();
        if (value > uint.MaxValue)
        {
            ThrowClock(value, start);
        }

        return (uint)value;
    }

    /// <summary>
    /// A count of things that each take at least <paramref name="minBytes"/> bytes: checked against what is left, so
    /// that no count can size an allocation beyond the input.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadCount(int minBytes = 1)
    {
        var start = _position;
        var value = ReadVarUint();
        if (value > (uint)Remaining / (uint)minBytes)
        {
            ThrowCount(value, start);
        }

        return (int)value;
    }

    /// <summary>First byte: bit 8 more follow, bit 7 sign, six bits; then groups of seven bits. The sign is kept apart, so -0 is a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong ReadVarInt(out bool negative)
    {
        var start = _position;
        var b = ReadByte();
        negative = (b & 0x40) != 0;
        ulong value = b & 0x3Fu;
        var shift = 6;
        while ((b & 0x80) != 0)
        {
            b = ReadByte();
            if (shift > 52 || (value |= (ulong)(b & 0x7F) << shift) > YItemId.MaxClient)
            {
                Throw("an integer is larger than 2^53-1", start);
            }

            shift += 7;
        }

        return value;
    }

    /// <summary>varUint length, then that many bytes; the span points into the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadVarBytes()
    {
        var start = _position;
        var length = ReadVarUint();
        if (length > (ulong)Remaining)
        {
            ThrowLength(length, start);
        }

        var result = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return result;
    }

    /// <summary>The UTF-8 bytes of a string, checked to be valid UTF-8 unless that was done before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadVarUtf8(bool validate = true)
    {
        var start = _position;
        var bytes = ReadVarBytes();
        if (validate && !Utf8Text.IsValid(bytes))
        {
            Throw("a string is not valid UTF-8", start);
        }

        return bytes;
    }

    public string ReadVarString() => Encoding.UTF8.GetString(ReadVarUtf8());

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            ThrowEnd(count);
        }

        var result = _bytes.Slice(_position, count);
        _position += count;
        return result;
    }

    public float ReadFloat32() => BinaryPrimitives.ReadSingleBigEndian(ReadBytes(4));

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8));

    public long ReadBigInt64() => BinaryPrimitives.ReadInt64BigEndian(ReadBytes(8));

    [DoesNotReturn]
    public readonly void Throw(string message, int? offset = null) => throw new YUpdateFormatException(message, offset ?? _position);

    /// <summary>
    /// Eight bytes at once where they are there: the first byte without its high bit ends the number, and the seven-bit groups
    /// are pushed together in three steps (7+7 bits to 14, 14+14 to 28, 28+28 to 56).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private ulong ReadVarUintSlow()
    {
        if (_bytes.Length - _position >= 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_position..]);
            var ends = ~word & 0x8080_8080_8080_8080;
            if (ends != 0)
            {
                word &= (ends ^ (ends - 1)) & 0x7F7F_7F7F_7F7F_7F7F;
                word = (word & 0x007F_007F_007F_007F) | ((word & 0x7F00_7F00_7F00_7F00) >> 1);
                word = (word & 0x0000_3FFF_0000_3FFF) | ((word & 0x3FFF_0000_3FFF_0000) >> 2);
                word = (word & 0x0000_0000_0FFF_FFFF) | ((word & 0x0FFF_FFFF_0000_0000) >> 4);
                if (word <= YItemId.MaxClient)
                {
                    _position += (BitOperations.TrailingZeroCount(ends) >> 3) + 1;
                    return word;
                }
            }
        }

        return ReadVarUintByteByByte();
    }

    private ulong ReadVarUintByteByByte()
    {
        var start = _position;
        ulong value = 0;
        for (var shift = 0; shift <= 56; shift += 7)
        {
            var b = ReadByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                if (value <= YItemId.MaxClient)
                {
                    return value;
                }

                break;
            }
        }

        Throw("an unsigned integer is larger than 2^53-1", start);
        return 0;
    }

    [DoesNotReturn]
    private readonly void ThrowClock(ulong value, int offset) => Throw($"expected a clock or length below 2^32, found {value}", offset);

    [DoesNotReturn]
    private readonly void ThrowCount(ulong value, int offset) => Throw($"a count of {value} does not fit the {Remaining} bytes that are left", offset);

    [DoesNotReturn]
    private readonly void ThrowLength(ulong value, int offset) => Throw($"a length of {value} exceeds the {Remaining} bytes that are left", offset);

    [DoesNotReturn]
    private readonly void ThrowEnd(int wanted) =>
        throw new YUpdateFormatException($"the bytes end where {wanted} more {(wanted == 1 ? "was" : "were")} expected", Math.Min(_position, _bytes.Length));
}
