using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace TinyStore.Yjs.Lib0;

/// <summary>Questions about UTF-8 bytes, answered fast for the usual case: short ASCII.</summary>
internal static class Utf8Text
{
    private const ulong HighBits8 = 0x8080808080808080;
    private const uint HighBits4 = 0x80808080;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ReadOnlySpan<byte> bytes) => IsShortAscii(bytes) || Utf8.IsValid(bytes);

    /// <summary>The length in UTF-16 units of valid UTF-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Utf16Length(ReadOnlySpan<byte> bytes) => IsShortAscii(bytes) ? bytes.Length : Encoding.UTF8.GetCharCount(bytes);

    /// <summary>
    /// The byte offset at which the UTF-16 unit number <paramref name="units"/> begins. When that unit is the second of a
    /// surrogate pair, the offset is that of the pair's end and <paramref name="insidePair"/> is true.
    /// </summary>
    public static int OffsetOfUnit(ReadOnlySpan<byte> bytes, uint units, out bool insidePair)
    {
        var position = 0;
        uint seen = 0;
        while (seen < units)
        {
            var lead = bytes[position];
            position += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            seen += lead < 0xF0 ? 1u : 2u;
        }

        insidePair = seen > units;
        return position;
    }

    /// <summary>The same as <see cref="OffsetOfUnit"/>, for the unit that has <paramref name="units"/> units from itself to the end.</summary>
    public static int OffsetOfUnitFromEnd(ReadOnlySpan<byte> bytes, uint units, out bool insidePair)
    {
        var position = bytes.Length;
        uint seen = 0;
        while (seen < units)
        {
            do
            {
                position--;
            }
            while ((bytes[position] & 0xC0) == 0x80);

            seen += bytes[position] < 0xF0 ? 1u : 2u;
        }

        insidePair = seen > units;
        return insidePair ? position + 4 : position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsShortAscii(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        if (length >= 8)
        {
            return length <= 16
                && ((BinaryPrimitives.ReadUInt64LittleEndian(bytes) | BinaryPrimitives.ReadUInt64LittleEndian(bytes[(length - 8)..])) & HighBits8) == 0;
        }

        if (length >= 4)
        {
            return ((BinaryPrimitives.ReadUInt32LittleEndian(bytes) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - 4)..])) & HighBits4) == 0;
        }

        var any = 0;
        foreach (var b in bytes)
        {
            any |= b;
        }

        return any < 0x80;
    }
}
