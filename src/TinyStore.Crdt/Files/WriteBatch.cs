using TinyStore.Crdt.Files.Records;

namespace TinyStore.Crdt.Files;

/// <summary>What goes to the disk with one flush, and those who wait for it. Guarded by its file's gate until it is taken.</summary>
internal sealed class WriteBatch
{
    private readonly List<RecordEntry> _entries = [];
    private readonly HashSet<RoomRecord> _rooms = [];
    private TaskCompletionSource? _saved;

    /// <summary>How many updates there are.</summary>
    public int UpdateCount { get; private set; }

    public bool IsEmpty => _entries.Count == 0 && _rooms.Count == 0;

    /// <summary>Completes or fails with the batch.</summary>
    public Task WhenSaved => (_saved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Adds an update, and the number of the room that brought it, 0 = none.</summary>
    public void AddUpdate(ReadOnlyMemory<byte> update, int room)
    {
        _entries.Add(new RecordEntry(RecordKind.Update, update, room));
        UpdateCount++;
    }

    /// <summary>Adds client ids of this device.</summary>
    public void AddClients(IReadOnlyCollection<ulong> clients) =>
        _entries.Add(new RecordEntry(RecordKind.Clients, RecordContents.EncodeClients(clients)));

    /// <summary>Adds a room, as it will be when the batch is taken: behind the updates that it is about.</summary>
    public void AddRoom(RoomRecord room) => _rooms.Add(room);

    /// <summary>The records as they are to be written.</summary>
    public IReadOnlyList<RecordEntry> ToRecords() =>
        _rooms.Count == 0 ? _entries : [.. _entries, .. _rooms.Select(static room => new RecordEntry(RecordKind.Room, room.Encode()))];

    /// <summary>This batch, which was not written, and what came after it, as a new one.</summary>
    public WriteBatch Then(WriteBatch later)
    {
        var both = new WriteBatch { UpdateCount = UpdateCount + later.UpdateCount };
        both._entries.AddRange(_entries);
        both._entries.AddRange(later._entries);
        both._rooms.UnionWith(_rooms);
        both._rooms.UnionWith(later._rooms);
        return both;
    }

    public void Succeed() => _saved?.TrySetResult();

    public void Fail(Exception exception)
    {
        if (_saved is not null && _saved.TrySetException(exception))
        {
            _ = _saved.Task.Exception; // who waited may have gone, and the error event tells it anyway
        }
    }
}
