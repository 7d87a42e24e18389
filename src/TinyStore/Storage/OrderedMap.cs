using System.Diagnostics;
using System.Numerics;

namespace TinyStore;

/// <summary>
/// A hash map from strings that keeps insertion order, with the semantics of JavaScript's Map: a removed key that comes
/// back comes last, and one that is walked by index sees what is appended meanwhile.
/// </summary>
/// <remarks>
/// Entries lie in insertion order in one array, removed ones stay as gaps, and buckets hold indexes into it:
/// <code>
/// buckets  [ 0 | 3 | 0 | 1 ]      index + 1 of the first entry of each chain; 0: none
/// entries  [ a | gap | b | c | …free ]   used = 4, count = 3
/// </code>
/// Gaps go when the array would have to grow, and when they are more than three quarters of all. Both move entries, so
/// neither happens while somebody walks (<see cref="Pin"/>).
/// </remarks>
internal sealed class OrderedMap<T>
{
    // Comparing a few keys is faster than to hash one.
    private const int WalkAtMost = 4;

    private int[] _buckets = [];
    private Entry[] _entries = [];
    private int _count;
    private int _used;
    private int _pins;

    /// <summary>The number of keys.</summary>
    public int Count => _count;

    /// <summary>One past the last index in use. Indexes below it may be gaps.</summary>
    public int End => _used;

    public static int Hash(string key) => key.GetHashCode();

    public int Find(string key)
    {
        if (_used > WalkAtMost)
        {
            return Find(key, Hash(key));
        }
        for (var i = 0; i < _used; i++)
        {
            if (_entries[i].Key == key)
            {
                return i;
            }
        }
        return -1;
    }

    public int Find(string key, int hash)
    {
        var buckets = _buckets;
        if (buckets.Length == 0)
        {
            return -1;
        }
        var entries = _entries;
        var i = buckets[hash & (buckets.Length - 1)] - 1;
        while ((uint)i < (uint)entries.Length)
        {
            ref var entry = ref entries[i];
            if (entry.Hash == hash && entry.Key == key)
            {
                return i;
            }
            i = entry.Next;
        }
        return -1;
    }

    public bool Contains(string key) => Find(key) >= 0;

    /// <summary>The key at an index, or null at a gap.</summary>
    public string? KeyAt(int index) => _entries[index].Key;

    public int HashAt(int index) => _entries[index].Hash;

    public ref T ValueAt(int index) => ref _entries[index].Value;

    /// <summary>Appends a key that the map does not have.</summary>
    public int Add(string key, int hash, T value)
    {
        Debug.Assert(Find(key, hash) < 0, "The key is there already.");
        if (_used == _entries.Length)
        {
            MakeRoom();
        }
        var index = _used++;
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[index] = new Entry { Hash = hash, Next = bucket - 1, Key = key, Value = value };
        bucket = index + 1;
        _count++;
        return index;
    }

    public void RemoveAt(int index)
    {
        ref var entry = ref _entries[index];
        ref var bucket = ref _buckets[entry.Hash & (_buckets.Length - 1)];
        if (bucket == index + 1)
        {
            bucket = entry.Next + 1;
        }
        else
        {
            var previous = bucket - 1;
            while (_entries[previous].Next != index)
            {
                previous = _entries[previous].Next;
            }
            _entries[previous].Next = entry.Next;
        }
        entry = default;
        _count--;
        if (_pins == 0)
        {
            _used -= index == _used - 1 ? 1 : 0;
            Trim();
        }
    }

    /// <summary>Until <see cref="Unpin"/>, indexes stay what they are.</summary>
    public void Pin() => _pins++;

    public void Unpin()
    {
        if (--_pins == 0)
        {
            Trim();
        }
    }

    public List<string> Keys()
    {
        var keys = new List<string>(_count);
        for (var i = 0; i < _used; i++)
        {
            if (_entries[i].Key is { } key)
            {
                keys.Add(key);
            }
        }
        return keys;
    }

    /// <summary>Removes everything, at the cost of what is there.</summary>
    public void Clear()
    {
        if (_entries.Length > 1024)
        {
            _entries = [];
            _buckets = [];
        }
        else
        {
            for (var i = 0; i < _used; i++)
            {
                _buckets[_entries[i].Hash & (_buckets.Length - 1)] = 0;
                _entries[i] = default;
            }
        }
        _count = 0;
        _used = 0;
    }

    public OrderedMap<T> Clone() => new()
    {
        _buckets = [.. _buckets],
        _entries = [.. _entries],
        _count = _count,
        _used = _used,
    };

    private void MakeRoom() =>
        Rebuild(_pins > 0 || _count >= _entries.Length / 4 * 3 ? Math.Max(4, _entries.Length * 2) : _entries.Length);

    private void Trim()
    {
        if (_count == 0)
        {
            _used = 0;
        }
        if (_used > 64 && _count < _used / 4)
        {
            Rebuild((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, _count * 2)));
        }
    }

    private void Rebuild(int capacity)
    {
        var from = _entries;
        var to = capacity == from.Length && _pins == 0 ? from : new Entry[capacity];
        var buckets = capacity == _buckets.Length ? _buckets : new int[capacity];
        Array.Clear(buckets);
        var used = 0;
        for (var i = 0; i < _used; i++)
        {
            var entry = from[i];
            if (entry.Key is null)
            {
                used += _pins > 0 ? 1 : 0;
                continue;
            }
            ref var bucket = ref buckets[entry.Hash & (capacity - 1)];
            entry.Next = bucket - 1;
            bucket = used + 1;
            to[used++] = entry;
        }
        if (ReferenceEquals(from, to))
        {
            Array.Clear(to, used, _used - used);
        }
        _entries = to;
        _buckets = buckets;
        _used = used;
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public string? Key;
        public T Value;
    }
}
