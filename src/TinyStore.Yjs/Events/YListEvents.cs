namespace TinyStore.Yjs;

/// <summary>A list changed.</summary>
public sealed class YArrayEvent : YEvent
{
    internal YArrayEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }
}

/// <summary>A text changed: its characters, its formats or its attributes.</summary>
public sealed class YTextEvent : YEvent
{
    internal YTextEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }
}

/// <summary>An XML fragment or element changed: its children or its attributes.</summary>
public sealed class YXmlEvent : YEvent
{
    internal YXmlEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }

    /// <summary>The attributes that were touched: <see cref="YEvent.KeysChanged"/> by the name that Yjs has for XML.</summary>
    public IReadOnlyCollection<string> AttributesChanged => KeysChanged;
}
