using System.Runtime.CompilerServices;

namespace TinyStore;

/// <summary>
/// The listeners of one kind, by the ids they listen to, null being any. A call reaches the specific before the wildcard at
/// each level, from left to right, and within one path in the order of addition: t/r/c, t/r/*, t/*/c, t/*/*, */r/c, …
/// </summary>
/// <remarks>Which paths a call reaches is settled before the first listener runs. On a path, one that is removed meanwhile is
/// not called any more, and one that is added meanwhile is.</remarks>
internal sealed class ListenerTree<T>(ListenerCount total) : IListenerOwner<T>
{
    private readonly Node _root = new();

    public int Count { get; private set; }

    public StoreListener<T> Add(string?[] path, Action<T> handler, Func<string?[], IEnumerable<T>> all)
    {
        var node = _root;
        foreach (var id in path)
        {
            node = node.Ensure(id);
        }
        var listener = new StoreListener<T>(this, path, handler, all);
        (node.Leaf ??= new ListenerLeaf<T>()).Add(listener);
        Count++;
        total.Value++;
        return listener;
    }

    public void Remove(StoreListener<T> listener)
    {
        Count--;
        total.Value--;
        Remove(_root, listener, 0);
    }

    public void Call(T args)
    {
        if (Count > 0)
        {
            _root.Leaf?.Call(args);
        }
    }

    public void Call(string? id, T args)
    {
        if (Count > 0)
        {
            var leaves = default(Leaves);
            var count = 0;
            Collect(_root, [id], ref leaves, ref count);
            Call(ref leaves, count, args);
        }
    }

    public void Call(string? id1, string? id2, T args)
    {
        if (Count > 0)
        {
            var leaves = default(Leaves);
            var count = 0;
            Collect(_root, [id1, id2], ref leaves, ref count);
            Call(ref leaves, count, args);
        }
    }

    public void Call(string? id1, string? id2, string? id3, T args)
    {
        if (Count > 0)
        {
            var leaves = default(Leaves);
            var count = 0;
            Collect(_root, [id1, id2, id3], ref leaves, ref count);
            Call(ref leaves, count, args);
        }
    }

    /// <summary>Calls all, even if some throw, and then throws the first error.</summary>
    public void CallThenThrow(T args) => _root.Leaf?.CallThenThrow(args);

    private static void Call(ref Leaves leaves, int count, T args)
    {
        for (var i = 0; i < count; i++)
        {
            leaves[i].Call(args);
        }
    }

    private static void Collect(Node node, ReadOnlySpan<string?> ids, ref Leaves leaves, ref int count)
    {
        if (ids.IsEmpty)
        {
            if (node.Leaf is { } leaf)
            {
                leaves[count++] = leaf;
            }
            return;
        }
        if (ids[0] is { } id && node.ById is { } byId && byId.TryGetValue(id, out var specific))
        {
            Collect(specific, ids[1..], ref leaves, ref count);
        }
        if (node.Any is { } any)
        {
            Collect(any, ids[1..], ref leaves, ref count);
        }
    }

    // True where nothing is left at the node.
    private static bool Remove(Node node, StoreListener<T> listener, int level)
    {
        if (level == listener.Path.Length)
        {
            if (node.Leaf!.Remove(listener))
            {
                node.Leaf = null;
            }
        }
        else if (listener.Path[level] is { } id)
        {
            if (Remove(node.ById![id], listener, level + 1))
            {
                node.ById.Remove(id);
            }
        }
        else if (Remove(node.Any!, listener, level + 1))
        {
            node.Any = null;
        }
        return node.Leaf is null && node.Any is null && node.ById is null or { Count: 0 };
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? ById;
        public Node? Any;
        public ListenerLeaf<T>? Leaf;

        public Node Ensure(string? id)
        {
            if (id is null)
            {
                return Any ??= new Node();
            }
            ById ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!ById.TryGetValue(id, out var node))
            {
                ById.Add(id, node = new Node());
            }
            return node;
        }
    }

    // Three ids have eight paths.
    [InlineArray(8)]
    private struct Leaves
    {
        private ListenerLeaf<T> _first;
    }
}

/// <summary>A count shared by the trees of a store.</summary>
internal sealed class ListenerCount
{
    public int Value { get; set; }
}
