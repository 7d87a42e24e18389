using TinyStore.Yjs;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Crdt.Files.Records;

/// <summary>What the records of a file up to some place add up to, the document's content aside.</summary>
internal sealed class RecordContents
{
    /// <summary>The client ids under which this device has written.</summary>
    public HashSet<ulong> Clients { get; } = [];

    /// <summary>The rooms by number.</summary>
    public SortedDictionary<int, RoomRecord> Rooms { get; } = [];

    /// <summary>How many updates there are; a merged state counts as one.</summary>
    public int UpdateCount { get; private set; }

    /// <summary>The length of the last merged state.</summary>
    public long StateBytes { get; set; }

    /// <summary>Takes in the next record.</summary>
    /// <returns>The update it brings for the document; empty when it brings none.</returns>
    /// <exception cref="YUpdateFormatException">The payload is malformed.</exception>
    /// <exception cref="NotSupportedException">The kind is unknown.</exception>
    public ReadOnlySpan<byte> Add(RecordKind kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case RecordKind.Update:
                var reader = new Lib0Reader(payload);
                CountUpdate(RoomRecord.ReadInt32(ref reader));
                return payload[reader.Position..];
            case RecordKind.State:
                UpdateCount++;
                StateBytes = payload.Length;
                return payload;
            case RecordKind.Clients:
                AddClients(payload);
                return default;
            case RecordKind.Room:
                var room = RoomRecord.Decode(payload);
                Rooms[room.Number] = room;
                return default;
            default:
                throw new NotSupportedException($"a record of kind {(int)kind} was written by a later version of this library");
        }
    }

    /// <summary>Counts an update that a room brought (0 = none did): the other rooms may lack it.</summary>
    public void CountUpdate(int source)
    {
        UpdateCount++;
        foreach (var room in Rooms.Values)
        {
            if (room.Number != source)
            {
                room.Unacknowledged++;
            }
        }
    }

    /// <summary>The room of that name, made if it is new: it may lack everything.</summary>
    public RoomRecord GetRoom(string name)
    {
        var last = 0;
        foreach (var room in Rooms.Values)
        {
            if (room.Name == name)
            {
                return room;
            }

            last = room.Number;
        }

        return Rooms[last + 1] = new RoomRecord(last + 1, name) { Unacknowledged = UpdateCount };
    }

    /// <summary>Forgets how far the rooms are: after a loss, only their state vectors can tell.</summary>
    public void ForgetRooms()
    {
        foreach (var room in Rooms.Values)
        {
            room.Cursor = default;
            room.Unacknowledged = Math.Max(room.Unacknowledged, 1);
        }
    }

    public static byte[] EncodeClients(IReadOnlyCollection<ulong> clients)
    {
        using var writer = new Lib0Writer();
        writer.WriteVarUint((ulong)clients.Count);
        foreach (var client in clients)
        {
            writer.WriteVarUint(client);
        }

        return writer.ToArray();
    }

    private void AddClients(ReadOnlySpan<byte> payload)
    {
        var reader = new Lib0Reader(payload);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            Clients.Add(reader.ReadVarUint());
        }
    }
}
