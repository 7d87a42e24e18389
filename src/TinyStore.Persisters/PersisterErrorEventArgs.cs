namespace TinyStore.Persisters;

/// <summary>During what a persister met an error.</summary>
public enum PersisterOperation
{
    /// <summary>Loading. The store keeps what it had; the next load tries again.</summary>
    Load,

    /// <summary>Saving. The store's changes stay unsaved and are part of the next save.</summary>
    Save,

    /// <summary>Starting or stopping to hear of changes where the content is persisted.</summary>
    Subscribe,

    /// <summary>Reading persisted content that is not what a store can hold. It was left as it is, and the rest was loaded.</summary>
    Content,

    /// <summary>Calling a handler of the app, which threw.</summary>
    Handler,
}

/// <summary>An error that a persister met. It goes on working.</summary>
public sealed class PersisterErrorEventArgs : EventArgs
{
    /// <summary>Describes an error.</summary>
    public PersisterErrorEventArgs(PersisterOperation operation, Exception exception, string? path = null)
    {
        Operation = operation;
        Exception = exception;
        Path = path;
    }

    /// <summary>During what it happened.</summary>
    public PersisterOperation Operation { get; }

    /// <summary>What happened.</summary>
    public Exception Exception { get; }

    /// <summary>Where in the persisted content, if it is about a place there.</summary>
    public string? Path { get; }
}
