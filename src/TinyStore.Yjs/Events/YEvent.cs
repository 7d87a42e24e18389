namespace TinyStore.Yjs;

/// <summary>What a transaction changed in one type. Read it while the observer runs; afterwards what was not read before throws <see cref="InvalidOperationException"/>.</summary>
public abstract class YEvent
{
    private protected YEvent()
    {
    }

    /// <summary>The type that changed.</summary>
    public YType Target => throw Unbuilt.Yet;

    /// <summary>The type whose observer is being called.</summary>
    public YType CurrentTarget => throw Unbuilt.Yet;

    /// <summary>The transaction.</summary>
    public YTransaction Transaction => throw Unbuilt.Yet;

    /// <summary>The keys and indexes that lead from <see cref="CurrentTarget"/> to <see cref="Target"/>.</summary>
    public IReadOnlyList<YPathStep> Path => throw Unbuilt.Yet;

    /// <summary>Whether the transaction deleted the item.</summary>
    public bool Deletes(YItemId id) => throw Unbuilt.Yet;

    /// <summary>Whether the transaction added the item.</summary>
    public bool Adds(YItemId id) => throw Unbuilt.Yet;
}

/// <summary>A map changed.</summary>
public sealed class YMapEvent : YEvent
{
    internal YMapEvent()
    {
    }

    /// <summary>The keys whose value is another one than before the transaction.</summary>
    public IReadOnlyDictionary<string, YKeyChange> Keys => throw Unbuilt.Yet;

    /// <summary>Every key that was touched.</summary>
    public IReadOnlyCollection<string> KeysChanged => throw Unbuilt.Yet;
}

/// <summary>A list changed.</summary>
public sealed class YArrayEvent : YEvent
{
    internal YArrayEvent()
    {
    }
}

/// <summary>A text changed.</summary>
public sealed class YTextEvent : YEvent
{
    internal YTextEvent()
    {
    }
}

/// <summary>An XML fragment or element changed.</summary>
public sealed class YXmlEvent : YEvent
{
    internal YXmlEvent()
    {
    }
}
