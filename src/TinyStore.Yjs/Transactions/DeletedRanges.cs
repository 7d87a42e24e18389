using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Transactions;

/// <summary>A stretch of deleted clocks of one client (by its index).</summary>
internal struct DeletedRange
{
    public int Client;
    public uint Clock;
    public uint Length;

    /// <summary>Counts up in the order in which ranges were added; of joined ones the lowest.</summary>
    public int Order;

    public readonly uint End => Clock + Length;
}

/// <summary>The delete set of one transaction: filled in any order, then sorted by client and clock and joined.</summary>
internal sealed class DeletedRanges
{
    private const int KeptCapacity = 1024;

    private DeletedRange[] _ranges = new DeletedRange[4];
    private bool _isSorted;

    public int Count { get; private set; }

    public ReadOnlySpan<DeletedRange> Ranges => _ranges.AsSpan(0, Count);

    public void Add(int client, uint clock, uint length)
    {
        _isSorted = false;
        if (Count > 0)
        {
            ref var last = ref _ranges[Count - 1];
            if (last.Client == client && last.End == clock)
            {
                last.Length += length;
                return;
            }
        }

        if (Count == _ranges.Length)
        {
            Array.Resize(ref _ranges, Count * 2);
        }

        _ranges[Count] = new DeletedRange { Client = client, Clock = clock, Length = length, Order = Count };
        Count++;
    }

    public void SortAndJoin()
    {
        if (Count < 2 || _isSorted)
        {
            return;
        }

        var ranges = _ranges.AsSpan(0, Count);
        ranges.Sort(static (a, b) => a.Client != b.Client ? a.Client.CompareTo(b.Client) : a.Clock.CompareTo(b.Clock));
        var last = 0;
        for (var i = 1; i < ranges.Length; i++)
        {
            ref var left = ref ranges[last];
            if (left.Client == ranges[i].Client && left.End >= ranges[i].Clock)
            {
                left.Length = Math.Max(left.Length, ranges[i].End - left.Clock);
                left.Order = Math.Min(left.Order, ranges[i].Order);
            }
            else
            {
                ranges[++last] = ranges[i];
            }
        }

        Count = last + 1;
        _isSorted = true;
    }

    /// <summary>The ranges of one client. After <see cref="SortAndJoin"/>.</summary>
    public ReadOnlySpan<DeletedRange> OfClient(int client)
    {
        var start = LowerBound(client, 0);
        var end = start;
        while (end < Count && _ranges[end].Client == client)
        {
            end++;
        }

        return _ranges.AsSpan(start, end - start);
    }

    /// <summary>The clients in the order in which something of each was first deleted. After <see cref="SortAndJoin"/>.</summary>
    public List<int> ClientsInOrder()
    {
        var clients = new List<(int Order, int Client)>();
        foreach (var range in Ranges)
        {
            if (clients.Count > 0 && clients[^1].Client == range.Client)
            {
                clients[^1] = (Math.Min(clients[^1].Order, range.Order), range.Client);
            }
            else
            {
                clients.Add((range.Order, range.Client));
            }
        }

        clients.Sort();
        return clients.ConvertAll(static client => client.Client);
    }

    /// <summary>Whether a clock is deleted. After <see cref="SortAndJoin"/>.</summary>
    public bool Contains(int client, uint clock)
    {
        var index = LowerBound(client, clock);
        return (index < Count && _ranges[index].Client == client && _ranges[index].Clock == clock)
            || (index > 0 && _ranges[index - 1].Client == client && clock < _ranges[index - 1].End);
    }

    public void Clear()
    {
        Count = 0;
        if (_ranges.Length > KeptCapacity)
        {
            _ranges = new DeletedRange[4];
        }
    }

    /// <summary>The first range at or behind a place.</summary>
    private int LowerBound(int client, uint clock)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            ref var range = ref _ranges[middle];
            if (range.Client < client || (range.Client == client && range.Clock < clock))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
