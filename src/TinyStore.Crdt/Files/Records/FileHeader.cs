using System.Buffers.Binary;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// The first 20 bytes of a document file, little-endian.
/// <code>
///  0  magic     8   89 54 53 44 4F 43 0D 0A: not text, and changed by whatever takes it for text
///  8  version   4   1
/// 12  marker    4   random, not 0: begins each record of this file
/// 16  check     4   CRC-32C of bytes 0 to 15
/// </code>
/// </summary>
internal static class FileHeader
{
    public const int Size = 8 + // magic
        sizeof(uint) + // version
        sizeof(uint) + // marker
        sizeof(uint); // checksum

    public const uint Version = 1;

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'T', (byte)'S', (byte)'D', (byte)'O', (byte)'C', 0x0D, 0x0A];

    public static void Write(Span<byte> destination, uint marker)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], marker);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Crc32C.Of(destination[..16]));
    }

    /// <summary>Reads the header.</summary>
    /// <param name="source">The first bytes of the file.</param>
    /// <param name="version">The file's version, also when it is not <see cref="Version"/>.</param>
    /// <param name="marker">The file's marker.</param>
    /// <returns>False when these are not the bytes of an intact header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out uint version, out uint marker)
    {
        if (source.Length < Size || !source.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(source[16..]) != Crc32C.Of(source[..16]))
        {
            version = marker = 0;
            return false;
        }

        version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        marker = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        return true;
    }
}
