namespace TinyStore.Yjs;

/// <summary>
/// A shared type of a document. An instance is a light handle: there can be several of one type, and they are equal.
/// A handle whose type was deleted shows it as empty.
/// </summary>
public abstract class YType : IEquatable<YType>, IYSharedType
{
    private protected YType()
    {
    }

    /// <summary>The document.</summary>
    public YDoc Doc => throw Unbuilt.Yet;

    /// <summary>What it is.</summary>
    public YTypeKind Kind => throw Unbuilt.Yet;

    /// <summary>Whether it was deleted, by itself or with a container around it.</summary>
    public bool IsDeleted => throw Unbuilt.Yet;

    /// <summary>Whether it is a root of the document.</summary>
    public bool IsRoot => throw Unbuilt.Yet;

    /// <summary>The name of a root, else <see langword="null"/>.</summary>
    public string? RootName => throw Unbuilt.Yet;

    /// <summary>The id of the item that holds it; <see langword="null"/> for a root, and once it was collected.</summary>
    public YItemId? Id => throw Unbuilt.Yet;

    /// <summary>The type around it; <see langword="null"/> for a root, and once it was collected.</summary>
    public YType? Parent => throw Unbuilt.Yet;

    /// <summary>The key under which its parent holds it; <see langword="null"/> for a root and in a list.</summary>
    public string? ParentKey => throw Unbuilt.Yet;

    /// <summary>
    /// Calls the observer once for each transaction that changed this type or a type below it, with the events ordered outer
    /// types first.
    /// </summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveDeep(Action<IReadOnlyList<YEvent>> observer) => throw Unbuilt.Yet;

    /// <summary>The content as JSON text. What JSON lacks is written as an object with one key that begins with <c>$</c>.</summary>
    public abstract string ToJson();

    void IYSharedType.AppendJson(System.Text.StringBuilder output) => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public bool Equals(YType? other) => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as YType);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => throw Unbuilt.Yet;

    /// <summary>Whether both are the same type of the same document.</summary>
    public static bool operator ==(YType? left, YType? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they are different types.</summary>
    public static bool operator !=(YType? left, YType? right) => !(left == right);
}
