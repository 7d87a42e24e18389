namespace TinyStore.Yjs;

// Shared types as values: what a document shows for an entry that holds one.
public readonly partial struct YValue
{
    internal YValue(YType type)
        : this(YValueKind.Type, type)
    {
    }

    /// <summary>The shared type, or <see langword="null"/> when the value is none.</summary>
    public YType? AsType => _kind == YValueKind.Type ? (YType)_data! : null;

    /// <summary>The shared map, or <see langword="null"/> when the value is none.</summary>
    public YMap? AsMap => _kind == YValueKind.Type ? _data as YMap : null;
}
