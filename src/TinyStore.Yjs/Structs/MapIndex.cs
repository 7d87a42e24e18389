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
    private IntArray _slots = new(64); // ordinal + 1

    public int Count { get; private set; }

    public long Bytes => (_tails.Length + _slots.Length) * 4L;

    /// <summary>The handle of the last item of the key that came as number <paramref name="ordinal"/>.</summary>
    public ref int this[int ordinal]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _tails[ordinal];
    }

    /// <summary>The ordinal of a key, or -1.</summary>
    public int Find(int key, StructStore store)
    {
        var mask = _slots.Length - 1;
        for (var slot = SlotOf(key, mask); ; slot = (slot + 1) & mask)
        {
            var ordinal = _slots[slot] - 1;
            if (ordinal < 0 || store.KeyOf(_tails[ordinal]) == key)
            {
                return ordinal;
            }
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(int key, int tail, StructStore store)
    {
        if (Count == _tails.Length)
        {
            _tails.Grow();
        }

        _tails[Count++] = tail;
        if (Count * 4L > _slots.Length * 3L)
        {
            _slots = new IntArray(_slots.Length * 2);
            for (var ordinal = 0; ordinal < Count - 1; ordinal++)
            {
                Place(store.KeyOf(_tails[ordinal]), ordinal);
            }
        }

        Place(key, Count - 1);
    }

    private void Place(int key, int ordinal)
    {
        var mask = _slots.Length - 1;
        var slot = SlotOf(key, mask);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = ordinal + 1;
    }

    /// <summary>Keys with neighbouring ids (they came one after the other) share a cache line; the lines are scattered.</summary>
    private static int SlotOf(int key, int mask)
    {
        var line = ((uint)key >> 4) * Multiplier;
        return (int)(((line ^ (line >> 15)) << 4) | ((uint)key & 15)) & mask;
    }
}
