namespace TinyStore.Sync;

/// <summary>Limits of a <see cref="SyncSession"/>.</summary>
public sealed class SyncSessionOptions
{
    /// <summary>The largest update that is sent or accepted; the relay's own limit holds too when it is lower.</summary>
    /// <value>The default value is 64 MiB.</value>
    public int MaxDocumentBytes { get; set; } = 64 << 20;

    /// <summary>How many bytes of updates may be on their way without an acknowledgement; one update always may.</summary>
    /// <value>The default value is 2 MiB.</value>
    public int MaxInFlightBytes { get; set; } = 2 << 20;

    /// <summary>
    /// How many bytes of updates are kept apart while they cannot be sent. Beyond that they are dropped from the queue, not
    /// from the document: the next join computes from the state vectors what the relay lacks.
    /// </summary>
    /// <value>The default value is 8 MiB.</value>
    public int MaxQueuedBytes { get; set; } = 8 << 20;

    /// <summary>How many updates are kept apart while they cannot be sent; see <see cref="MaxQueuedBytes"/>.</summary>
    /// <value>The default value is 10,000.</value>
    public int MaxQueuedUpdates { get; set; } = 10_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDocumentBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInFlightBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxQueuedBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxQueuedUpdates);
    }
}
