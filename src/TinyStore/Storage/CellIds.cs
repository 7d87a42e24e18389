namespace TinyStore;

/// <summary>
/// The cell ids of one table: each has a small number for as long as a row has it, the count of those rows, and a place
/// in the order in which the ids appeared.
/// </summary>
/// <remarks>
/// A number stays taken until <see cref="Release"/> after the transaction in which the last row lost the id, because the
/// transaction's changes speak of it.
/// </remarks>
internal sealed class CellIds
{
    private int[] _buckets = new int[8];
    private Entry[] _entries = new Entry[8];
    private int _used;
    private int _free = -1;
    private int _first = -1;
    private int _last = -1;
    private List<int>? _unused;

    /// <summary>The number of ids that some row has.</summary>
    public int Count { get; private set; }

    /// <summary>The first id in order, or -1.</summary>
    public int First => _first;

    public int Next(int cell) => _entries[cell].After;

    public string Name(int cell) => _entries[cell].Id;

    /// <summary>How many rows have the cell.</summary>
    public int Rows(int cell) => _entries[cell].Rows;

    /// <summary>The number of an id, or -1. An id that no row has any more may still have one.</summary>
    public int Find(string id) => Find(id, OrderedMap<int>.Hash(id));

    /// <summary>The number of an id, which it gets now if it had none. No row has it yet.</summary>
    public int Intern(string id)
    {
        var hash = OrderedMap<int>.Hash(id);
        var cell = Find(id, hash);
        return cell >= 0 ? cell : Add(id, hash);
    }

    /// <summary>One more row has the cell.</summary>
    public void AddRow(int cell)
    {
        ref var entry = ref _entries[cell];
        if (entry.Rows++ > 0)
        {
            return;
        }
        entry.Before = _last;
        entry.After = -1;
        (_last >= 0 ? ref _entries[_last].After : ref _first) = cell;
        _last = cell;
        Count++;
    }

    /// <summary>One row less has the cell. True if it was the last.</summary>
    public bool RemoveRow(int cell)
    {
        ref var entry = ref _entries[cell];
        if (--entry.Rows > 0)
        {
            return false;
        }
        (entry.Before >= 0 ? ref _entries[entry.Before].After : ref _first) = entry.After;
        (entry.After >= 0 ? ref _entries[entry.After].Before : ref _last) = entry.Before;
        Count--;
        (_unused ??= []).Add(cell);
        return true;
    }

    /// <summary>Frees the numbers of ids that no row has any more.</summary>
    public void Release()
    {
        if (_unused is null)
        {
            return;
        }
        foreach (var cell in _unused)
        {
            ref var entry = ref _entries[cell];
            if (entry.Rows > 0 || entry.Id is null)
            {
                continue;
            }
            ref var link = ref _buckets[entry.Hash & (_buckets.Length - 1)];
            if (link == cell + 1)
            {
                link = entry.Link + 1;
            }
            else
            {
                var previous = link - 1;
                while (_entries[previous].Link != cell)
                {
                    previous = _entries[previous].Link;
                }
                _entries[previous].Link = entry.Link;
            }
            entry = new Entry { Link = _free };
            _free = cell;
        }
        _unused = null;
    }

    private int Find(string id, int hash)
    {
        var entries = _entries;
        for (var i = _buckets[hash & (_buckets.Length - 1)] - 1; (uint)i < (uint)entries.Length; i = entries[i].Link)
        {
            ref var entry = ref entries[i];
            if (entry.Hash == hash && entry.Id == id)
            {
                return i;
            }
        }
        return -1;
    }

    private int Add(string id, int hash)
    {
        if (_free < 0 && _used == _entries.Length)
        {
            Grow();
        }
        int cell;
        if (_free >= 0)
        {
            cell = _free;
            _free = _entries[cell].Link;
        }
        else
        {
            cell = _used++;
        }
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[cell] = new Entry { Id = id, Hash = hash, Link = bucket - 1, Before = -1, After = -1 };
        bucket = cell + 1;
        return cell;
    }

    // Only when every entry is taken.
    private void Grow()
    {
        Array.Resize(ref _entries, _used * 2);
        _buckets = new int[_entries.Length];
        for (var i = 0; i < _used; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (_buckets.Length - 1)];
            _entries[i].Link = bucket - 1;
            bucket = i + 1;
        }
    }

    private struct Entry
    {
        public string Id;
        public int Hash;

        // The next entry of the hash chain, or of the free list.
        public int Link;
        public int Rows;
        public int Before;
        public int After;
    }
}
