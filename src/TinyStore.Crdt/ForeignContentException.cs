namespace TinyStore.Crdt;

/// <summary>A document holds something under a persister's root that no store can hold. It was left as it is.</summary>
public sealed class ForeignContentException : Exception
{
    /// <summary>Says where and what.</summary>
    public ForeignContentException(string path, string what)
        : base($"The document holds {what} at {path}, which is not content of a store. It was left as it is.") =>
        Path = path;

    /// <summary>Where: the root name, the containers and the ids, separated by slashes.</summary>
    public string Path { get; }
}
