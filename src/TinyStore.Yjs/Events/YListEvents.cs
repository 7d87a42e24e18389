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
    private IReadOnlyCollection<string>? _keysChanged;

    internal YTextEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }

    /// <summary>The attributes of the whole text that were touched.</summary>
    public IReadOnlyCollection<string> KeysChanged => _keysChanged ??= ReadKeysChanged();
}

/// <summary>An XML fragment or element changed: its children or its attributes.</summary>
public sealed class YXmlEvent : YEvent
{
    private IReadOnlyCollection<string>? _attributesChanged;

    internal YXmlEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }

    /// <summary>The attributes that were touched.</summary>
    public IReadOnlyCollection<string> AttributesChanged => _attributesChanged ??= ReadKeysChanged();
}
