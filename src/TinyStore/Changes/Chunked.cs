namespace TinyStore;

/// <summary>A growing list of structs that is used again and again: it never copies more than its first chunk, stays off
/// the large object heap, and gives back what a large transaction took.</summary>
internal sealed class Chunked<T> where T : struct
{
    private const int Bits = 9;
    private const int ChunkSize = 1 << Bits;
    private const int KeptChunks = 1;

    private T[][] _chunks = [new T[8]];

    public int Count { get; private set; }

    /// <summary>The element at an index; the reference is good until the next <see cref="Add"/>.</summary>
    public ref T this[int index] => ref _chunks[index >> Bits][index & (ChunkSize - 1)];

    public int Add(in T item)
    {
        var index = Count;
        var chunk = index >> Bits;
        var at = index & (ChunkSize - 1);
        if (chunk == _chunks.Length)
        {
            Array.Resize(ref _chunks, chunk * 2);
        }
        ref var items = ref _chunks[chunk];
        if (items is null)
        {
            items = new T[ChunkSize];
        }
        else if (at == items.Length)
        {
            Array.Resize(ref items, at * 2);
        }
        items[at] = item;
        Count++;
        return index;
    }

    public void Clear()
    {
        if (Count > KeptChunks * ChunkSize)
        {
            Array.Resize(ref _chunks, KeptChunks);
            Count = KeptChunks * ChunkSize;
        }
        for (var i = 0; i < Count; i += ChunkSize)
        {
            Array.Clear(_chunks[i >> Bits], 0, Math.Min(ChunkSize, Count - i));
        }
        Count = 0;
    }

    public Chunked<T> Clone()
    {
        var clone = new Chunked<T> { _chunks = new T[_chunks.Length][], Count = Count };
        for (var i = 0; i < _chunks.Length; i++)
        {
            clone._chunks[i] = i << Bits < Math.Max(Count, 1) ? [.. _chunks[i]] : null!;
        }
        return clone;
    }
}
