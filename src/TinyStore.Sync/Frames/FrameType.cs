namespace TinyStore.Sync.Frames;

/// <summary>The frames of <c>docs/relay-protocol.md</c>, part 1.</summary>
internal enum FrameType
{
    Join = 1,
    Joined = 2,
    Leave = 3,
    Sync = 4,
    Update = 5,
    Ack = 6,
    Nack = 7,
    Chunk = 8,
    Resync = 9,
    Error = 10,
    Awareness = 11,
}

/// <summary>The kind of a y-protocols sync message that carries an update.</summary>
internal enum UpdateKind
{
    /// <summary>SyncStep2: what the other side lacked; completes the catching-up.</summary>
    Step2 = 1,

    /// <summary>One update as it was made.</summary>
    Update = 2,
}
