using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TinyStore.Crdt;

/// <summary>
/// Lets short equal texts that are read close after each other be one object: a column of few different words is common, and
/// the document makes a new string at each reading.
/// </summary>
internal sealed class TextPool
{
    private const int Slots = 256;
    private const int MaxLength = 32;

    private readonly string?[] _texts = new string?[Slots];

    public string Share(string text)
    {
        if (text.Length > MaxLength)
        {
            return text;
        }
        ref var held = ref _texts[SlotOf(text)];
        if (held != text)
        {
            held = text;
        }
        return held;
    }

    // Of the first four and the last four units: texts that share a slot are only not shared, so less than a hash is enough.
    private static int SlotOf(string text)
    {
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        if (bytes.Length < sizeof(ulong))
        {
            return text.Length == 0 ? 0 : ((text[0] * 31) ^ (text[^1] * 7)) & (Slots - 1);
        }
        var first = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var last = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]);
        return (int)(((first * 0x9E37_79B9_7F4A_7C15) ^ last) * 0xC2B2_AE3D_27D4_EB4F >> 56);
    }
}
