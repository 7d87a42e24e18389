using TinyStore.Yjs.Lib0;

namespace TinyStore.Crdt.Files.Records;

/// <summary>How far a room is at one place of the file.</summary>
/// <param name="number">Its number in this file; update records name it.</param>
/// <param name="name">Its name.</param>
internal sealed class RoomRecord(int number, string name)
{
    public const int MaxCursorBytes = 64 << 10;

    public int Number => number;

    public string Name => name;

    /// <summary>The provider's bytes; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Cursor { get; set; }

    /// <summary>How many updates before this place the room is not known to hold.</summary>
    public int Unacknowledged { get; set; }

    public byte[] Encode()
    {
        using var writer = new Lib0Writer();
        writer.WriteVarUint((ulong)number);
        writer.WriteVarString(name);
        writer.WriteVarUint((ulong)Unacknowledged);
        writer.WriteVarBytes(Cursor.Span);
        return writer.ToArray();
    }

    public static RoomRecord Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new Lib0Reader(payload);
        return new RoomRecord(ReadInt32(ref reader), reader.ReadVarString())
        {
            Unacknowledged = ReadInt32(ref reader),
            Cursor = reader.ReadVarBytes().ToArray(),
        };
    }

    internal static int ReadInt32(ref Lib0Reader reader)
    {
        var start = reader.Position;
        var value = reader.ReadVarUint32();
        if (value > int.MaxValue)
        {
            reader.Throw($"expected a number below 2^31, found {value}", start);
        }

        return (int)value;
    }
}
