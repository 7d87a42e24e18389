namespace TinyStore.Crdt.Files.Records;

/// <summary>A record that waits to be written.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Bytes">Its payload; of an update, what follows the room.</param>
/// <param name="Room">Of an update: the room that brought it, 0 = none.</param>
internal readonly record struct RecordEntry(RecordKind Kind, ReadOnlyMemory<byte> Bytes, int Room = 0)
{
    public void WriteTo(RecordWriter writer, bool flushedBefore)
    {
        Span<byte> room = stackalloc byte[5];
        writer.Write(Kind, flushedBefore, Kind == RecordKind.Update ? room[..EncodeRoom(room)] : default, Bytes.Span);
    }

    private int EncodeRoom(Span<byte> destination)
    {
        var length = 0;
        var rest = (uint)Room;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[length++] = (byte)(rest | 0x80);
        }

        destination[length++] = (byte)rest;
        return length;
    }
}
