namespace TinyStore.Sync;

/// <summary>
/// Why a relay refused a room, a frame or an update. 400 to 499 are permanent (the same request will be refused again),
/// 500 to 599 transient (it may be repeated later). A later relay may send codes that are not listed here.
/// </summary>
/// <remarks>The numbers of <c>docs/relay-protocol.md</c>.</remarks>
public enum SyncErrorCode
{
    /// <summary>Not an error.</summary>
    None = 0,

    /// <summary>Bytes that cannot be read.</summary>
    Malformed = 400,

    /// <summary>No access to the room, or not from this network address.</summary>
    Forbidden = 403,

    /// <summary>The access is read: updates are refused.</summary>
    ReadOnly = 405,

    /// <summary>The channel number is in use on this connection.</summary>
    ChannelInUse = 409,

    /// <summary>A message, update or room name beyond its limit.</summary>
    TooLarge = 413,

    /// <summary>The room name is empty or not allowed.</summary>
    BadRoom = 414,

    /// <summary>The relay does not speak the client's version of the protocol.</summary>
    Version = 426,

    /// <summary>A fault in the relay.</summary>
    Internal = 500,

    /// <summary>The log cannot be written at the moment.</summary>
    Unavailable = 503,

    /// <summary>The relay is stopping.</summary>
    Draining = 504,

    /// <summary>The room's log is damaged and left untouched until it is repaired.</summary>
    Quarantined = 507,

    /// <summary>Too many rooms on one connection, or too many bytes in flight.</summary>
    Busy = 508,

    /// <summary>The channel is not joined (any more).</summary>
    NotJoined = 520,
}

/// <summary>A refusal with its reason.</summary>
/// <param name="Code">The class of the refusal.</param>
/// <param name="Reason">A sentence for people.</param>
public readonly record struct SyncFailure(SyncErrorCode Code, string Reason)
{
    /// <summary>True when repeating the request cannot help: codes 400 to 499.</summary>
    public bool IsPermanent => (int)Code is >= 400 and <= 499;

    /// <inheritdoc/>
    public override string ToString() => $"{(int)Code} {Code}: {Reason}";
}
