using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Rooms;

/// <summary>A row with its frame, made once for all who receive it.</summary>
internal sealed class RoomRow
{
    public RoomRow(in LogRow row)
    {
        Row = row;
        Frame = OutgoingFrame.RelayUpdate(row.Cursor, UpdateKind.Update, row.Update);
    }

    public LogRow Row { get; }

    public OutgoingFrame Frame { get; }

    public long Sequence => Row.Cursor.Sequence;
}
