using TinyStore.Sync;

namespace TinyStore.SignalR;

/// <summary>Where a provider is.</summary>
public enum ProviderState
{
    /// <summary>Not started, or stopped.</summary>
    Disconnected,

    /// <summary>Started, and not in the room: it connects, waits to try again, or joins.</summary>
    Connecting,

    /// <summary>In the room; both sides send what the other lacks.</summary>
    Syncing,

    /// <summary>In the room, and both sides had everything; edits flow as they are made.</summary>
    Synced,

    /// <summary>
    /// Something was refused for good (see <see cref="SignalRProvider.Refusal"/>), so nothing is tried again until the next
    /// <see cref="SignalRProvider.StartAsync"/>. The document keeps all edits.
    /// </summary>
    Refused,
}

/// <summary>A change of a provider's state.</summary>
/// <param name="Old">The state before.</param>
/// <param name="New">The state now.</param>
/// <param name="Refusal">Why, when the new state is <see cref="ProviderState.Refused"/>.</param>
public readonly record struct ProviderStateChange(ProviderState Old, ProviderState New, SyncFailure? Refusal);

/// <summary>Something that went wrong.</summary>
/// <param name="Failure">What the relay said, or the session found; null when it was an exception only.</param>
/// <param name="Exception">The exception; null when there was none.</param>
public readonly record struct ProviderError(SyncFailure? Failure, Exception? Exception)
{
    /// <summary>True when it will not be tried again.</summary>
    public bool IsPermanent => Failure is { IsPermanent: true };
}

/// <summary>The relay, or the provider itself, refused something for good.</summary>
public sealed class SyncRefusedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="room">The room.</param>
    /// <param name="failure">What was refused, and why.</param>
    public SyncRefusedException(string room, SyncFailure failure)
        : base($"Room '{room}' refused: {failure}") => Failure = failure;

    /// <summary>What was refused, and why.</summary>
    public SyncFailure Failure { get; }
}
