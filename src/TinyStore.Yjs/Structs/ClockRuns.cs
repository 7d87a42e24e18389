namespace TinyStore.Yjs.Structs;

/// <summary>Handles that follow one another as their clocks do.</summary>
internal struct ClockRun
{
    /// <summary>The clock of the first.</summary>
    public uint Clock;
    public int Handle;
    public int Count;
}

/// <summary>Where a struct is among the structs of its client.</summary>
internal struct ClockPosition
{
    public int Block;
    public int Run;
    public int Offset;
}

/// <summary>
/// The structs of one client in the order of their clocks, as runs of consecutive handles. Loading an update makes few runs;
/// splitting a struct breaks a run in two, merging takes a handle out of one. Runs are kept in blocks, so that a change in
/// the middle moves a bounded number of them.
/// </summary>
internal sealed class ClockRuns
{
    private const int BlockCapacity = 512;

    private ClockRun[][] _blocks;
    private int[] _counts;
    private int _blockCount = 1;

    public ClockRuns(ClockRun first)
    {
        _blocks = [new ClockRun[2]];
        _blocks[0][0] = first;
        _counts = [1];
    }

    public long Bytes => _blocks.Take(_blockCount).Sum(block => 24L + (block.Length * 12L)) + (_blocks.Length * 8) + (_counts.Length * 4) + 96;

    public ClockPosition Last
    {
        get
        {
            var block = _blockCount - 1;
            var run = _counts[block] - 1;
            return new ClockPosition { Block = block, Run = run, Offset = _blocks[block][run].Count - 1 };
        }
    }

    public int HandleAt(in ClockPosition position)
    {
        ref var run = ref _blocks[position.Block][position.Run];
        return run.Handle + position.Offset;
    }

    /// <summary>How many handles follow one another from a position on.</summary>
    public int RunLength(in ClockPosition position) => _blocks[position.Block][position.Run].Count - position.Offset;

    public bool MoveNext(ref ClockPosition position)
    {
        if (position.Offset + 1 < _blocks[position.Block][position.Run].Count)
        {
            position.Offset++;
            return true;
        }

        if (position.Run + 1 < _counts[position.Block])
        {
            position.Run++;
        }
        else if (position.Block + 1 < _blockCount)
        {
            position.Block++;
            position.Run = 0;
        }
        else
        {
            return false;
        }

        position.Offset = 0;
        return true;
    }

    public bool MovePrevious(ref ClockPosition position)
    {
        if (position.Offset > 0)
        {
            position.Offset--;
            return true;
        }

        if (position.Run > 0)
        {
            position.Run--;
        }
        else if (position.Block > 0)
        {
            position.Block--;
            position.Run = _counts[position.Block] - 1;
        }
        else
        {
            return false;
        }

        position.Offset = _blocks[position.Block][position.Run].Count - 1;
        return true;
    }

    /// <summary>How many structs there are from a position to the end.</summary>
    public int CountFrom(in ClockPosition position)
    {
        var count = -position.Offset;
        for (var block = position.Block; block < _blockCount; block++)
        {
            for (var run = block == position.Block ? position.Run : 0; run < _counts[block]; run++)
            {
                count += _blocks[block][run].Count;
            }
        }

        return count;
    }

    /// <summary>Finds the struct that contains a clock below <paramref name="end"/>, the client's next clock.</summary>
    public ClockPosition Find(uint clock, uint end, Slab<Entry> entries)
    {
        var block = _blockCount - 1;
        if (_blocks[block][0].Clock > clock)
        {
            block = FindBlock(clock);
        }

        var runs = _blocks[block];
        var low = 0;
        var high = _counts[block] - 1;
        if (runs[high].Clock <= clock)
        {
            low = high;
        }

        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (runs[middle].Clock <= clock)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        var runEnd = low + 1 < _counts[block] ? runs[low + 1].Clock : block + 1 < _blockCount ? _blocks[block + 1][0].Clock : end;
        return new ClockPosition { Block = block, Run = low, Offset = OffsetIn(runs[low], clock, runEnd, entries) };
    }

    /// <summary>The offset in a run of the entry that contains a clock: by arithmetic where every entry takes one clock.</summary>
    public static int OffsetIn(in ClockRun run, uint clock, uint runEnd, Slab<Entry> entries)
    {
        if (runEnd - run.Clock == (uint)run.Count)
        {
            return (int)(clock - run.Clock);
        }

        var low = 0;
        var high = (int)Math.Min((uint)run.Count - 1, clock - run.Clock);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (entries[run.Handle + middle].Clock <= clock)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    public void Append(int handle, uint clock)
    {
        ref var last = ref _blocks[_blockCount - 1][_counts[_blockCount - 1] - 1];
        if (last.Handle + last.Count == handle)
        {
            last.Count++;
        }
        else
        {
            InsertRun(_blockCount - 1, _counts[_blockCount - 1], new ClockRun { Clock = clock, Handle = handle, Count = 1 });
        }
    }

    /// <summary>Puts a handle behind a position.</summary>
    public void InsertAfter(ClockPosition position, int handle, uint clock, Slab<Entry> entries)
    {
        ref var run = ref _blocks[position.Block][position.Run];
        var rest = run.Count - position.Offset - 1;
        if (rest == 0 && run.Handle + run.Count == handle)
        {
            run.Count++;
            return;
        }

        run.Count -= rest;
        if (rest > 0)
        {
            var restHandle = run.Handle + position.Offset + 1;
            InsertRun(position.Block, position.Run + 1, new ClockRun { Clock = entries[restHandle].Clock, Handle = restHandle, Count = rest });
            Find(position.Block, position.Run, out position);
        }

        InsertRun(position.Block, position.Run + 1, new ClockRun { Clock = clock, Handle = handle, Count = 1 });
    }

    /// <summary>Takes a handle out, which is not the first, and goes to the one before it.</summary>
    public void RemoveAndMovePrevious(ref ClockPosition position, Slab<Entry> entries)
    {
        ref var run = ref _blocks[position.Block][position.Run];
        if (position.Offset == run.Count - 1)
        {
            run.Count--;
            if (run.Count > 0)
            {
                position.Offset--;
                return;
            }

            var emptied = position;
            MovePreviousRun(ref position);
            RemoveRun(emptied.Block, emptied.Run);
        }
        else if (position.Offset == 0)
        {
            run.Handle++;
            run.Count--;
            run.Clock = entries[run.Handle].Clock;
            MovePreviousRun(ref position);
        }
        else
        {
            var rest = run.Count - position.Offset - 1;
            var restHandle = run.Handle + position.Offset + 1;
            run.Count = position.Offset;
            position.Offset--;
            InsertRun(position.Block, position.Run + 1, new ClockRun { Clock = entries[restHandle].Clock, Handle = restHandle, Count = rest });
            Find(position.Block, position.Run, out var moved);
            position.Block = moved.Block;
            position.Run = moved.Run;
        }
    }

    private int FindBlock(uint clock)
    {
        var low = 0;
        var high = _blockCount - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_blocks[middle][0].Clock <= clock)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private void MovePreviousRun(ref ClockPosition position)
    {
        if (position.Run > 0)
        {
            position.Run--;
        }
        else
        {
            position.Block--;
            position.Run = _counts[position.Block] - 1;
        }

        position.Offset = _blocks[position.Block][position.Run].Count - 1;
    }

    /// <summary>Where a run went if inserting behind it split its block.</summary>
    private void Find(int block, int run, out ClockPosition position)
    {
        if (run >= _counts[block])
        {
            run -= _counts[block];
            block++;
        }

        position = new ClockPosition { Block = block, Run = run };
    }

    private void InsertRun(int block, int index, ClockRun run)
    {
        var count = _counts[block];
        if (count == _blocks[block].Length)
        {
            if (count < BlockCapacity)
            {
                Array.Resize(ref _blocks[block], Math.Min(count < 8 ? count * 2 : count + (count / 2), BlockCapacity));
            }
            else
            {
                SplitBlock(block, index == count ? count : count / 2);
                count = _counts[block];
                if (index > count || count == BlockCapacity)
                {
                    index -= count;
                    block++;
                    count = _counts[block];
                }
            }
        }

        var runs = _blocks[block];
        Array.Copy(runs, index, runs, index + 1, count - index);
        runs[index] = run;
        _counts[block] = count + 1;
    }

    /// <summary>Moves the runs from an index on into a new block behind this one; at the end of all that block begins empty.</summary>
    private void SplitBlock(int block, int from)
    {
        if (_blockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, _blockCount * 2);
            Array.Resize(ref _counts, _blockCount * 2);
        }

        Array.Copy(_blocks, block + 1, _blocks, block + 2, _blockCount - block - 1);
        Array.Copy(_counts, block + 1, _counts, block + 2, _blockCount - block - 1);
        _blockCount++;
        var moved = new ClockRun[BlockCapacity];
        Array.Copy(_blocks[block], from, moved, 0, _counts[block] - from);
        _blocks[block + 1] = moved;
        _counts[block + 1] = _counts[block] - from;
        _counts[block] = from;
    }

    private void RemoveRun(int block, int index)
    {
        var count = --_counts[block];
        Array.Copy(_blocks[block], index + 1, _blocks[block], index, count - index);
        if (count == 0 && _blockCount > 1)
        {
            _blockCount--;
            Array.Copy(_blocks, block + 1, _blocks, block, _blockCount - block);
            Array.Copy(_counts, block + 1, _counts, block, _blockCount - block);
            _blocks[_blockCount] = null!;
        }
    }
}
