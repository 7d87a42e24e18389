using System.Buffers;

namespace TinyStore;

/// <summary>Buffers from the shared pool, except large ones, which the pool would keep for good.</summary>
internal static class Pooled
{
    private const int Largest = 1 << 20;

    public static T[] Rent<T>(int length) => length > Largest ? GC.AllocateUninitializedArray<T>(length) : ArrayPool<T>.Shared.Rent(length);

    public static void Return<T>(T[] buffer)
    {
        if (buffer.Length <= Largest)
        {
            ArrayPool<T>.Shared.Return(buffer);
        }
    }
}
