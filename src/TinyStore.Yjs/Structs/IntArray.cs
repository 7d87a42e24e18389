using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>An array of ints in pieces below 80 KB, so that a large one stays off the large object heap. Zeroed.</summary>
internal sealed class IntArray
{
    private const int Shift = 14;
    private const int Mask = (1 << Shift) - 1;

    private int[][] _pieces;

    public IntArray(int length)
    {
        Length = length;
        _pieces = new int[(length + Mask) >> Shift][];
        for (var i = 0; i < _pieces.Length; i++)
        {
            _pieces[i] = Piece(length - (i << Shift));
        }
    }

    public int Length { get; private set; }

    public ref int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pieces[index >> Shift][index & Mask];
    }

    /// <summary>Makes it longer: by doubling while small, then by a piece at a time.</summary>
    public void Grow()
    {
        if (Length <= Mask)
        {
            Length *= 2;
            Array.Resize(ref _pieces[0], Length);
            return;
        }

        var count = Length >> Shift;
        Array.Resize(ref _pieces, count + 1);
        _pieces[count] = Piece(Mask + 1);
        Length += Mask + 1;
    }

    private static int[] Piece(int length) => length > Mask ? Chunk.Zeroed<int>(Mask + 1) : new int[length];
}
