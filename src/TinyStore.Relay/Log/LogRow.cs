namespace TinyStore.Relay;

/// <summary>An update to be written.</summary>
/// <param name="Room">The room.</param>
/// <param name="Session">The client object that made it; with <paramref name="Batch"/> its name in the room.</param>
/// <param name="Batch">The client's number for it, 1 or above.</param>
/// <param name="Update">The bytes as they were received.</param>
public readonly record struct LogAppend(string Room, UInt128 Session, long Batch, ReadOnlyMemory<byte> Update);

/// <summary>Where an update is in the log.</summary>
/// <param name="Row">Its row.</param>
/// <param name="IsNew">False when it had been written before.</param>
public readonly record struct LogAppendResult(SyncCursor Row, bool IsNew);

/// <summary>A row of a room's log.</summary>
/// <param name="Cursor">Its number (1, 2, 3 …) and random id.</param>
/// <param name="Session">The client object that made it.</param>
/// <param name="Batch">The client's number for it.</param>
/// <param name="Update">The bytes as they were received.</param>
public readonly record struct LogRow(SyncCursor Cursor, UInt128 Session, long Batch, ReadOnlyMemory<byte> Update);
