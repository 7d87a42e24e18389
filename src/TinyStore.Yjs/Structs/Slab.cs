using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// Many small structs in a few arrays, addressed by int. 0 is never given out, so that it can mean "none". Arrays stay below
/// 80 KB (<see cref="Chunk"/>); the first one starts small and doubles, so that a small document stays small.
/// </summary>
/// <typeparam name="T">4 to 32 bytes: a free slot holds the index of the next free one, and 2,048 slots make one array.</typeparam>
internal sealed class Slab<T>
    where T : unmanaged
{
    private const int FirstCapacity = 16;
    private const int Shift = 11;
    private const int Mask = (1 << Shift) - 1;

    private T[][] _chunks = [new T[FirstCapacity]];
    private int _end = 1;
    private int _free;

    /// <summary>How many slots are in use.</summary>
    public int Count => _end - 1 - FreeCount;

    /// <summary>How many slots were given back and wait for use.</summary>
    public int FreeCount { get; private set; }

    /// <summary>The index after the highest one ever given out.</summary>
    public int End => _end;

    /// <summary>Bytes held, used or not.</summary>
    public long Bytes => _chunks.Sum(chunk => (long)chunk.Length * Unsafe.SizeOf<T>());

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
        get => ref _chunks[index >> Shift][index & Mask];
    }

    /// <summary>A slot: a free one if there is one, else a new one at the end.</summary>
    public int Add(in T value)
    {
        var index = Add();
        this[index] = value;
        return index;
    }

    /// <summary>A slot with whatever was in it, to be filled in place: a large value is not built elsewhere and copied then.</summary>
    public int Add()
    {
        var index = _free;
        if (index == 0)
        {
            return Append();
        }

        _free = Unsafe.As<T, int>(ref this[index]);
        FreeCount--;
        return index;
    }

    /// <summary>A new slot at the end: consecutive calls give consecutive indexes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Append(in T value)
    {
        var index = Append();
        this[index] = value;
        return index;
    }

    /// <summary>A new slot at the end, with whatever is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public int Append()
    {
        var index = _end;
        var chunk = index >> Shift;
        if (chunk == _chunks.Length || (index & Mask) == _chunks[chunk].Length)
        {
            Grow(chunk);
        }

        _end++;
        return index;
    }

    public void Free(int index)
    {
        Unsafe.As<T, int>(ref this[index]) = _free;
        _free = index;
        FreeCount++;
    }

    private void Grow(int chunk)
    {
        if (_end == int.MaxValue)
        {
            throw new InvalidOperationException("The document is full: it holds 2^31 structs.");
        }

        if (chunk == 0)
        {
            Array.Resize(ref _chunks[0], Math.Min(_chunks[0].Length * 2, Mask + 1));
            return;
        }

        Array.Resize(ref _chunks, chunk + 1 > 8 ? chunk + (chunk / 8) + 1 : chunk + 1);
        for (var i = chunk; i < _chunks.Length; i++)
        {
            _chunks[i] ??= [];
        }

        _chunks[chunk] = Chunk.Uninitialized<T>(Mask + 1);
    }
}
