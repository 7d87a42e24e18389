using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>A zeroed array of longs in pieces below 80 KB, so that a large one stays off the large object heap.</summary>
internal sealed class LongArray
{
    private const int Shift = 13;
    private const int Mask = (1 << Shift) - 1;

    private readonly long[][] _pieces;

    public LongArray(int length)
    {
        Length = length;
        _pieces = new long[(length + Mask) >> Shift][];
        for (var i = 0; i < _pieces.Length; i++)
        {
            var left = length - (i << Shift);
            _pieces[i] = left > Mask ? Chunk.Zeroed<long>(Mask + 1) : new long[left];
        }
    }

    public int Length { get; }

    public ref long this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pieces[index >> Shift][index & Mask];
    }
}
