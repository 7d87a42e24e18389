namespace TinyStore.Sync;

/// <summary>Sorted, disjoint, not touching ranges of clocks. Adding at the end, the common case, is constant time.</summary>
internal sealed class ClockRanges
{
    private (uint Start, uint End)[] _ranges = new (uint, uint)[1];
    private int _count;

    public int Count => _count;

    /// <summary>The first clock that is in no range.</summary>
    public uint FirstGap => _count > 0 && _ranges[0].Start == 0 ? _ranges[0].End : 0;

    public bool Contains(uint start, uint end)
    {
        var i = FirstEndingAtOrAfter(end);
        return i < _count && _ranges[i].Start <= start;
    }

    public void Add(uint start, uint end)
    {
        // [a b) [c d) [e f)  +  [start end):   first..last are those that overlap or touch it, and become one
        var first = FirstEndingAtOrAfter(start);
        var last = first;
        while (last < _count && _ranges[last].Start <= end)
        {
            start = Math.Min(start, _ranges[last].Start);
            end = Math.Max(end, _ranges[last].End);
            last++;
        }

        var removed = last - first;
        if (removed == 0)
        {
            if (_count == _ranges.Length)
            {
                Array.Resize(ref _ranges, _count * 2);
            }

            Array.Copy(_ranges, first, _ranges, first + 1, _count - first);
            _count++;
        }
        else if (removed > 1)
        {
            Array.Copy(_ranges, last, _ranges, first + 1, _count - last);
            _count -= removed - 1;
        }

        _ranges[first] = (start, end);
    }

    private int FirstEndingAtOrAfter(uint clock)
    {
        int low = 0, high = _count;
        if (high > 0 && _ranges[high - 1].End < clock)
        {
            return high;
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].End < clock)
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
