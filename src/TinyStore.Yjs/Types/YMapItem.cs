namespace TinyStore.Yjs;

/// <summary>
/// One write to a map key, live or deleted. It is a view into the document, valid until the transaction in which it was
/// obtained (or the next one) has been cleaned up; later use throws <see cref="InvalidOperationException"/>.
/// </summary>
public readonly struct YMapItem
{
    /// <summary>The id of its first element.</summary>
    public YItemId Id => throw Unbuilt.Yet;

    /// <summary>The id of its last element; later writes to the key have it as their origin.</summary>
    public YItemId LastId => throw Unbuilt.Yet;

    /// <summary>The id that was the last of the key when this was written, or <see langword="null"/>.</summary>
    public YItemId? Origin => throw Unbuilt.Yet;

    /// <summary>The key.</summary>
    public string Key => throw Unbuilt.Yet;

    /// <summary>The type whose key it is, as a map; it may be deleted.</summary>
    public YMap Parent => throw Unbuilt.Yet;

    /// <summary>Whether it was deleted or overwritten.</summary>
    public bool IsDeleted => throw Unbuilt.Yet;

    /// <summary>Whether its value is a shared map.</summary>
    public bool IsMap => throw Unbuilt.Yet;

    /// <summary>The value; <see cref="YValue.Undefined"/> once it was collected.</summary>
    public YValue Value => throw Unbuilt.Yet;

    /// <summary>The item before it in the key's history.</summary>
    public bool TryGetPrevious(out YMapItem item) => throw Unbuilt.Yet;
}
