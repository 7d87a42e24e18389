namespace TinyStore.Crdt;

/// <summary>What a <see cref="DocFile"/> was doing when something went wrong.</summary>
public enum DocFileOperation
{
    /// <summary>Writing updates. They stay in memory and are tried again.</summary>
    Write,

    /// <summary>Compacting. The file is whole and goes on growing until a later attempt succeeds.</summary>
    Compact,
}

/// <summary>Something went wrong in the background.</summary>
/// <param name="operation">What was being done.</param>
/// <param name="exception">What went wrong.</param>
public sealed class DocFileErrorEventArgs(DocFileOperation operation, Exception exception) : EventArgs
{
    /// <summary>What was being done.</summary>
    public DocFileOperation Operation { get; } = operation;

    /// <summary>What went wrong.</summary>
    public Exception Exception { get; } = exception;
}
