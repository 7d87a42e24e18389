namespace TinyStore.Yjs.Updates;

/// <summary>
/// Which source of a merge goes on: the one whose next struct has the highest client, then the lowest clock. Only the
/// foremost source moves between two questions.
/// </summary>
/// <remarks>
/// Equal places are where peers hold the same clocks in different states. Yjs sorts its list of sources before every step, by
/// a stable sort, so of equal sources the one that moved last goes first, then the order of the list counts. But where one
/// holds a collected stretch and the other an item, its comparison answers "before" both ways round, and the result is
/// whatever the engine's sort makes of that. So that the same bytes come out here:
/// <list type="bullet">
/// <item>up to 63 sources are kept in a list and sorted each time as V8 sorts such lists: the first run is found, reversed if
/// it descends, and the rest is put in by binary insertion;</item>
/// <item>more are kept in a heap, where such pairs count as equal; the merged content is equivalent.</item>
/// </list>
/// </remarks>
internal sealed class MergeOrder
{
    private const int LongestSortedList = 63;

    private readonly Place[] _places;
    private readonly int[] _order;
    private int _turn;
    private bool _isHeap;

    /// <summary>An order of sources 0 to <paramref name="count"/> - 1; <see cref="Add"/> them before the first question.</summary>
    public MergeOrder(int count)
    {
        _places = new Place[count];
        _order = new int[count];
        _isHeap = count > LongestSortedList;
    }

    public int Count { get; private set; }

    /// <summary>The source that goes on.</summary>
    public int First => _order[0];

    /// <summary>Adds the next source in the order of the list.</summary>
    public void Add(int source, in YStruct next)
    {
        _places[source] = new Place(in next, source);
        _order[Count++] = source;
    }

    /// <summary>Puts the sources in order after all were added.</summary>
    public void Start()
    {
        if (_isHeap)
        {
            for (var i = (Count / 2) - 1; i >= 0; i--)
            {
                SiftDown(i);
            }
        }
        else
        {
            Sort();
        }
    }

    /// <summary>The foremost source has moved on to another struct.</summary>
    public void MoveFirst(in YStruct next)
    {
        _places[_order[0]] = new Place(in next, --_turn);
        Restore();
    }

    /// <summary>The foremost source has no more structs.</summary>
    public void RemoveFirst()
    {
        Count--;
        if (_isHeap)
        {
            _order[0] = _order[Count];
        }
        else
        {
            _order.AsSpan(1, Count).CopyTo(_order);
        }

        Restore();
    }

    private void Restore()
    {
        if (_isHeap && Count <= LongestSortedList)
        {
            _isHeap = false;
            _order.AsSpan(0, Count).Sort((a, b) => Compare(a, b) is var order and not 0 ? order : _places[a].Turn.CompareTo(_places[b].Turn));
        }

        if (_isHeap)
        {
            SiftDown(0);
        }
        else
        {
            Sort();
        }
    }

    private void Sort()
    {
        if (Count < 2)
        {
            return;
        }

        var run = 2;
        var descending = IsBefore(_order[1], _order[0]);
        while (run < Count && IsBefore(_order[run], _order[run - 1]) == descending)
        {
            run++;
        }

        if (descending)
        {
            _order.AsSpan(0, run).Reverse();
        }

        for (; run < Count; run++)
        {
            var source = _order[run];
            var (low, high) = (0, run);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (IsBefore(source, _order[middle]))
                {
                    high = middle;
                }
                else
                {
                    low = middle + 1;
                }
            }

            _order.AsSpan(low, run - low).CopyTo(_order.AsSpan(low + 1));
            _order[low] = source;
        }
    }

    private bool IsBefore(int a, int b)
    {
        var order = Compare(a, b);
        return order < 0 || (order == 0 && _places[a].IsCollected != _places[b].IsCollected);
    }

    private int Compare(int a, int b)
    {
        ref readonly var left = ref _places[a];
        ref readonly var right = ref _places[b];
        return left.Client != right.Client ? right.Client.CompareTo(left.Client) : left.Clock.CompareTo(right.Clock);
    }

    private void SiftDown(int parent)
    {
        while (true)
        {
            var child = (2 * parent) + 1;
            if (child >= Count)
            {
                return;
            }

            if (child + 1 < Count && ComesFirst(_order[child + 1], _order[child]))
            {
                child++;
            }

            if (!ComesFirst(_order[child], _order[parent]))
            {
                return;
            }

            (_order[child], _order[parent]) = (_order[parent], _order[child]);
            parent = child;
        }
    }

    private bool ComesFirst(int a, int b) => Compare(a, b) is var order && (order < 0 || (order == 0 && _places[a].Turn < _places[b].Turn));

    private readonly struct Place(in YStruct next, int turn)
    {
        public readonly ulong Client = next.Client;
        public readonly uint Clock = next.Clock;
        public readonly bool IsCollected = next.Kind == YContentKind.GC;
        public readonly int Turn = turn;
    }
}
