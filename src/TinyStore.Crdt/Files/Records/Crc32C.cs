using System.Buffers.Binary;
using System.Numerics;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720): finds every single burst of up to 32 flipped bits, and processors have an instruction for it.
/// </summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what had the checksum <paramref name="crc"/>, followed by these bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
