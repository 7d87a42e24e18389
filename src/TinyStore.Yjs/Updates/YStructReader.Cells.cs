using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

// A table is nearly all cells: small values under short keys, each in the same row as the one before. They are read by
// comparing instead of decoding.
internal ref partial struct YStructReader
{
    private const byte CellInfo = YStruct.HasKeyFlag | (byte)YContentKind.Any;

    /// <summary>The longest cell that is read the short way, so that one check of bounds is enough.</summary>
    private const int MaxCellSize = 32 + (2 * 0x80) + 16;

    /// <summary>Keeps the bytes of a cell up to its key, until another parent is read.</summary>
    private void RememberPlace(byte info)
    {
        var end = Current.KeyStart - 1;
        var length = end - Current.Start;
        if (info == CellInfo && Current.ParentKind == YParentKind.Item && Current.KeyLength < 0x80 && length <= Vector128<byte>.Count)
        {
            Span<byte> place = stackalloc byte[Vector128<byte>.Count];
            place.Clear();
            _reader.Slice(Current.Start, end).CopyTo(place);
            _place = Vector128.Create<byte>(place);
            _placeLength = length;
        }
    }

    /// <summary>
    /// Reads a cell in the map of the cell before it, whose parent <see cref="Current"/> still tells. False, and nothing is
    /// read, where the next struct is anything else: also what is malformed is left to <see cref="ReadStruct"/>.
    /// </summary>
    /// <remarks>
    /// <code>
    ///   28 00 client clock | length key | 01 | tag value
    ///   the same 16 bytes    below 80     one value, of at most eight bytes or a short string
    ///   up to here
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadCell()
    {
        var length = _placeLength;
        if (length == 0 || _reader.Remaining < MaxCellSize || _nextClock == DecoderLimits.MaxClock)
        {
            return false;
        }

        var start = _reader.Position;
        var cell = _reader.Slice(start, start + MaxCellSize);
        var differing = ~Vector128.Equals(Vector128.Create<byte>(cell), _place).ExtractMostSignificantBits();
        if (BitOperations.TrailingZeroCount(differing) < length)
        {
            return false;
        }

        int keyLength = cell[length];
        if (keyLength >= 0x80 || (_validate && !Utf8Text.IsValid(cell.Slice(length + 1, keyLength))))
        {
            return false;
        }

        var body = length + 1 + keyLength;
        if (cell[body] != 1 || SmallValueSize(cell[(body + 1)..]) is var size && size == 0)
        {
            return false;
        }

        Current.Clock = _nextClock++;
        Current.Length = 1;
        Current.Start = start;
        Current.Info = CellInfo;
        Current.Kind = YContentKind.Any;
        Current.ParentKind = YParentKind.Item;
        Current.HasKey = true;
        Current.KeyStart = start + length + 1;
        Current.KeyLength = keyLength;
        Current.Body = start + body;
        Current.Content = start + body + 1;
        Current.End = Current.Content + size;
        _reader.Position = Current.End;
        return true;
    }

    /// <summary>How many bytes a valid value takes; 0 where it is no small one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SmallValueSize(ReadOnlySpan<byte> value)
    {
        switch (value[0])
        {
            case Lib0Tag.Integer:
                var ends = ~BinaryPrimitives.ReadUInt64LittleEndian(value[1..]) & 0x8080_8080_8080_8080;
                var size = BitOperations.TrailingZeroCount(ends) >> 3;
                return size < 7 ? size + 2 : 0; // eight bytes can hold more than 2^53
            case Lib0Tag.String:
                int length = value[1];
                return length < 0x80 && (!_validate || Utf8Text.IsValid(value.Slice(2, length))) ? length + 2 : 0;
            case Lib0Tag.Undefined or Lib0Tag.Null or Lib0Tag.True or Lib0Tag.False:
                return 1;
            case Lib0Tag.Float64 or Lib0Tag.BigInt:
                return 9;
            case Lib0Tag.Float32:
                return 5;
            default:
                return 0;
        }
    }
}
