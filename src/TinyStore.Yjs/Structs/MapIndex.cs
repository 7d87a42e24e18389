using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// The keys of one large map: the last item of each key in the order in which the keys came, and a hash table over them.
/// Keys are never removed: a deleted entry stays, because later writes refer to it.
/// </summary>
internal sealed class MapIndex
{
    private static readonly uint Multiplier = (uint)Random.Shared.Next() | 1;

    private readonly IntArray _tails = new(32);
    private LongArray _slots = new(64); // key id in the upper half, ordinal + 1 in the lower: most searches stay in one cache line
    private int _shift = 32 - 6;

    public int Count { get; private set; }

    public long Bytes => (_tails.Length * 4L) + (_slots.Length * 8L);

    /// <summary>The handle of the last item of the key that came as number <paramref name="ordinal"/>.</summary>
    public ref int this[int ordinal]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _tails[ordinal];
    }

    /// <summary>The ordinal of a key, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(int key)
    {
        var mask = _slots.Length - 1;
        for (var slot = SlotOf(key); ; slot = (slot + 1) & mask)
        {
            var entry = _slots[slot];
            if (entry == 0 || (int)(entry >> 32) == key)
            {
                return (int)entry - 1;
            }
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int key, int tail)
    {
        if (Count == _tails.Length)
        {
            _tails.Grow();
        }

        _tails[Count++] = tail;
        if (Count * 4L > _slots.Length * 3L)
        {
            Rehash();
        }

        Place(((long)key << 32) | (uint)Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rehash()
    {
        if (_slots.Length == 1 << 30)
        {
            throw new InvalidOperationException("A map is full: it holds 800 million keys.");
        }

        var old = _slots;
        _slots = new LongArray(old.Length * 2);
        _shift--;
        for (var i = 0; i < old.Length; i++)
        {
            if (old[i] != 0)
            {
                Place(old[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Place(long entry)
    {
        var mask = _slots.Length - 1;
        var slot = SlotOf((int)(entry >> 32));
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = entry;
    }

    private int SlotOf(int key) => (int)(((uint)key * Multiplier) >> _shift);
}
