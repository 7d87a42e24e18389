namespace TinyStore;

/// <summary>
/// What a transaction was given and could not keep, by the place it was meant for: a tree of ids, at whose leaves lie the
/// offending values. An id is null where the fault lay above it (an empty table has no row to blame): TinyBase's "undefined".
/// </summary>
internal sealed class InvalidNode(string? id)
{
    private Dictionary<string, InvalidNode>? _byId;
    private InvalidNode? _withoutId;

    public string? Id { get; } = id;

    /// <summary>The nodes below, in the order in which they were first needed.</summary>
    public List<InvalidNode> Children { get; } = [];

    /// <summary>The offending values of a leaf. Snapshots share it.</summary>
    public List<CellValue> Values { get; private init; } = [];

    public bool IsEmpty => Children.Count == 0;

    public InvalidNode Child(string? id)
    {
        ref var child = ref _withoutId;
        if (id is not null)
        {
            child = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_byId ??= [], id, out _);
        }
        if (child is null)
        {
            child = new InvalidNode(id);
            Children.Add(child);
        }
        return child;
    }

    public InvalidNode Snapshot()
    {
        var copy = new InvalidNode(Id) { Values = Values };
        copy.Children.AddRange(Children.ConvertAll(c => c.Snapshot()));
        return copy;
    }

    public void Clear()
    {
        Children.Clear();
        _byId = null;
        _withoutId = null;
    }
}
