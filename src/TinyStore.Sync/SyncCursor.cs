namespace TinyStore.Sync;

/// <summary>
/// How far a peer is in a room's log: the number and the random id of the last row it holds. The id tells a log that lost
/// its tail, and has grown past the number again, from the one that the peer knew.
/// </summary>
/// <param name="Sequence">The row's number; 0 = before the first row.</param>
/// <param name="RowId">The row's id; 0 with sequence 0.</param>
public readonly record struct SyncCursor(long Sequence, ulong RowId)
{
    /// <summary>Before the first row.</summary>
    public static SyncCursor Start => default;
}
