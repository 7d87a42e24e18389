namespace TinyStore.Yjs;

/// <summary>The kinds of values.</summary>
public enum YValueKind : byte
{
    /// <summary>No value.</summary>
    Undefined,
    /// <summary>Null.</summary>
    Null,
    /// <summary>True or false.</summary>
    Boolean,
    /// <summary>A JavaScript number.</summary>
    Number,
    /// <summary>A 64-bit integer.</summary>
    BigInt,
    /// <summary>Text.</summary>
    String,
    /// <summary>Bytes.</summary>
    Binary,
    /// <summary>An object.</summary>
    Object,
    /// <summary>An array.</summary>
    Array,
    /// <summary>A shared type.</summary>
    Type,
    /// <summary>A subdocument.</summary>
    Doc,
}

/// <summary>A value.</summary>
public readonly struct YValue : IEquatable<YValue>
{
    /// <summary>The kind.</summary>
    public YValueKind Kind => throw Unbuilt.Yet;
    /// <summary>Undefined.</summary>
    public static YValue Undefined => default;
    /// <inheritdoc/>
    public bool Equals(YValue other) => throw Unbuilt.Yet;
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is YValue other && Equals(other);
    /// <inheritdoc/>
    public override int GetHashCode() => 0;
    /// <summary>Equality.</summary>
    public static bool operator ==(YValue left, YValue right) => left.Equals(right);
    /// <summary>Inequality.</summary>
    public static bool operator !=(YValue left, YValue right) => !left.Equals(right);
}
