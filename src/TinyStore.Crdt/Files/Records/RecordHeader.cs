using System.Buffers.Binary;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// The 17 bytes before a record's payload, little-endian.
/// <code>
///  0  marker    4   the file's own random number, the same before each record of the file
///  4  length    4   of the payload
///  8  kind      1   bits 0 to 6: RecordKind; bit 7: FlushedBefore
///  9  payload   4   CRC-32C of the payload
/// 13  header    4   CRC-32C of the record's offset in the file (8 bytes) and bytes 0 to 12
/// </code>
/// The offset and the marker are there so that bytes which look like records, in a payload or left over from another file,
/// are not taken for records when the reader has to search for the next intact one.
/// </summary>
/// <param name="Kind">What the payload is.</param>
/// <param name="FlushedBefore">Everything before this record was safe on the disk before it was written.</param>
/// <param name="Length">Of the payload, in bytes.</param>
/// <param name="PayloadCrc">The payload's checksum.</param>
internal readonly record struct RecordHeader(RecordKind Kind, bool FlushedBefore, int Length, uint PayloadCrc)
{
    public const int Size = sizeof(uint) + // marker
        sizeof(uint) + // length
        sizeof(byte) + // kind
        sizeof(uint) + // checksum of the payload
        sizeof(uint); // checksum of the header

    private const byte FlushedBit = 0x80;

    /// <summary>Header and payload must fit an array.</summary>
    private static readonly int MaxLength = Array.MaxLength - Size;

    /// <exception cref="InvalidOperationException">The payload is too long for a record.</exception>
    public void Write(Span<byte> destination, uint marker, long offset)
    {
        if (Length > MaxLength)
        {
            throw new InvalidOperationException($"An update of {Length} bytes does not fit a record, which has at most {MaxLength}.");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination, marker);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Length);
        destination[8] = (byte)((byte)Kind | (FlushedBefore ? FlushedBit : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[9..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[13..], Check(destination, offset));
    }

    /// <summary>Reads a header of any file; the caller compares the marker.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, long offset, out uint marker, out RecordHeader header)
    {
        marker = BinaryPrimitives.ReadUInt32LittleEndian(source);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        if (length > MaxLength || BinaryPrimitives.ReadUInt32LittleEndian(source[13..]) != Check(source, offset))
        {
            header = default;
            return false;
        }

        header = new RecordHeader(
            (RecordKind)(source[8] & ~FlushedBit),
            (source[8] & FlushedBit) != 0,
            (int)length,
            BinaryPrimitives.ReadUInt32LittleEndian(source[9..]));
        return true;
    }

    private static uint Check(ReadOnlySpan<byte> header, long offset)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        return Crc32C.Append(Crc32C.Of(place), header[..13]);
    }
}
