namespace TinyStore.Sync.Frames;

/// <summary>A client asks for a room.</summary>
internal readonly record struct JoinFrame(ulong Version, UInt128 Session, string Room, SyncCursor? Cursor, bool WantsStateVector)
{
    public const ulong ProtocolVersion = 1;
}

/// <summary>The relay lets a client in.</summary>
internal readonly record struct JoinedFrame(
    ulong Version, SyncAccess Access, int MaxFrameBytes, int MaxDocumentBytes, bool Resumed, long HeadSequence);

/// <summary>An update on its way to the relay.</summary>
internal readonly record struct ClientUpdateFrame(long Batch, UpdateKind Kind, ReadOnlyMemory<byte> Update);

/// <summary>An update from the relay: after applying it, everything up to the cursor is there.</summary>
internal readonly record struct RelayUpdateFrame(SyncCursor Cursor, UpdateKind Kind, ReadOnlyMemory<byte> Update);

/// <summary>A batch is durable; the cursor of its row, or <see cref="SyncCursor.Start"/> when it brought nothing new.</summary>
internal readonly record struct AckFrame(long Batch, SyncCursor Row);

/// <summary>A batch was refused.</summary>
internal readonly record struct NackFrame(long Batch, ErrorFrame Error);

/// <summary>A channel was refused or closed.</summary>
internal readonly record struct ErrorFrame(SyncFailure Failure, int RetryAfterMilliseconds);

/// <summary>A part of a frame that does not fit a message.</summary>
internal readonly record struct ChunkFrame(ulong Transfer, ulong Index, ulong Count, ReadOnlyMemory<byte> Part);
