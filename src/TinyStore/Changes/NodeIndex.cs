namespace TinyStore;

/// <summary>Buckets of a hash whose chains run through the nodes that it finds.</summary>
internal struct NodeIndex
{
    private const int Smallest = 32;
    private const int Kept = 8192;

    private int[]? _buckets;
    private int _count;

    /// <summary>The first node of a chain, or -1.</summary>
    public readonly int First(int hash) => _buckets![hash & (_buckets.Length - 1)] - 1;

    /// <summary>Counts nodes to come. True where the index grew and is empty now, so that every node has to be linked.</summary>
    public bool Add(int count = 1)
    {
        var begins = _count == 0;
        _count += count;
        if (_buckets is not null && _count <= _buckets.Length)
        {
            return begins;
        }
        var size = _buckets is null ? Smallest : _buckets.Length * 2;
        while (size < _count)
        {
            size *= 2;
        }
        _buckets = new int[size];
        return true;
    }

    /// <summary>Puts a node at the head of its chain and returns the node that comes after it.</summary>
    public readonly int Link(int hash, int node)
    {
        ref var bucket = ref _buckets![hash & (_buckets.Length - 1)];
        var after = bucket - 1;
        bucket = node + 1;
        return after;
    }

    public void Clear()
    {
        if (_count == 0)
        {
            return;
        }
        if (_buckets!.Length > Math.Min(Kept, _count * 8))
        {
            // The next small transaction must not pay for the size of a large one.
            _buckets = null;
        }
        else
        {
            Array.Clear(_buckets);
        }
        _count = 0;
    }
}
