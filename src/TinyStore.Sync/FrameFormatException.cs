namespace TinyStore.Sync;

/// <summary>
/// The one exception that reading frames throws: the bytes are malformed, cut off or beyond a limit. Nothing was changed by
/// the call that threw it.
/// </summary>
public sealed class FrameFormatException : FormatException
{
    /// <summary>Creates the exception for a place in the bytes.</summary>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="offset">The offset in bytes at which reading stopped.</param>
    /// <param name="code">The code to answer the sender with.</param>
    public FrameFormatException(string message, int offset, SyncErrorCode code = SyncErrorCode.Malformed)
        : base($"{message} (at byte {offset})")
    {
        Offset = offset;
        Code = code;
    }

    /// <summary>The offset in bytes at which reading stopped.</summary>
    public int Offset { get; }

    /// <summary><see cref="SyncErrorCode.Malformed"/>, or <see cref="SyncErrorCode.TooLarge"/> for what is beyond a limit.</summary>
    public SyncErrorCode Code { get; }
}
