namespace TinyStore.Relay;

/// <summary>The log could not do something now and may be able to later: disk full, file locked, input or output failed. Nothing was written.</summary>
public class UpdateLogException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, and why.</param>
    /// <param name="innerException">The engine's own exception.</param>
    public UpdateLogException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The log is damaged: it is left as it is, and what is damaged is not served, until somebody repairs it.</summary>
public sealed class UpdateLogCorruptException : UpdateLogException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is damaged.</param>
    /// <param name="room">The room, or null when it is the whole log.</param>
    /// <param name="innerException">The engine's own exception.</param>
    public UpdateLogCorruptException(string message, string? room = null, Exception? innerException = null)
        : base(message, innerException) => Room = room;

    /// <summary>The damaged room, or null when it is the whole log.</summary>
    public string? Room { get; }
}
