namespace TinyStore.Sync;

/// <summary>Where a <see cref="SyncSession"/> is.</summary>
public enum SyncSessionState
{
    /// <summary>No channel is open.</summary>
    Offline,

    /// <summary>The relay was asked for the room.</summary>
    Joining,

    /// <summary>The relay let the session in; both sides send what the other lacks.</summary>
    Syncing,

    /// <summary>Both sides had everything; edits flow as they are made.</summary>
    Synced,

    /// <summary>Something was refused for good; see <see cref="SyncSession.Refusal"/>.</summary>
    Refused,
}

/// <summary>What a session asks of its owner after a delay.</summary>
public enum SyncRetryKind
{
    /// <summary>Call <see cref="SyncSession.Open"/> with a channel number that was not used before.</summary>
    Join,

    /// <summary>Call <see cref="SyncSession.SendUnacknowledged"/>.</summary>
    Send,
}

/// <summary>A session's wish to try something again.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Delay">After how long; null = after a back-off that the owner chooses.</param>
/// <param name="Cause">Why, when something went wrong.</param>
public readonly record struct SyncRetry(SyncRetryKind Kind, TimeSpan? Delay, SyncFailure Cause);
