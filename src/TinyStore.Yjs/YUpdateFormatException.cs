namespace TinyStore.Yjs;

/// <summary>
/// The one exception that decoding bytes of the Yjs formats throws: the bytes are malformed, cut off, or beyond a
/// stated limit. Nothing was changed by the call that threw it.
/// </summary>
public sealed class YUpdateFormatException : FormatException
{
    /// <summary>Creates the exception for a place in the bytes.</summary>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="offset">The offset in bytes from the start of the decoded bytes.</param>
    public YUpdateFormatException(string message, int offset)
        : base($"{message} (at byte {offset})") => Offset = offset;

    /// <summary>The offset in bytes from the start of the decoded bytes at which decoding stopped.</summary>
    public int Offset { get; }
}
