namespace TinyStore.Sync;

/// <summary>What a peer may do in a room.</summary>
public enum SyncAccess
{
    /// <summary>Nothing: the room is refused.</summary>
    None = 0,

    /// <summary>Receive updates and awareness, send awareness.</summary>
    Read = 1,

    /// <summary>Everything.</summary>
    Write = 2,
}
