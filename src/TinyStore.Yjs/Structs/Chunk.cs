using System.Runtime;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// The arrays that slabs and tables are made of: they live as long as the document, and stay below 80 KB, off the large object
/// heap.
/// </summary>
internal static class Chunk
{
    /// <summary>
    /// Where collections run beside the program (the default of a console, but not of a server), the youngest generation has a
    /// few MB, so it is collected many times while a document loads, and what is not pinned is copied from one generation to
    /// the next. Otherwise it is as large as a cache: full chunks move up as they are, and their memory has been in use before,
    /// while pinned ones get new pages from the system, which took more time than anything else in loading.
    /// </summary>
    private static readonly bool IsPinned = !GCSettings.IsServerGC && GCSettings.LatencyMode != GCLatencyMode.Batch;

    public static T[] Zeroed<T>(int length)
        where T : unmanaged => GC.AllocateArray<T>(length, IsPinned);

    public static T[] Uninitialized<T>(int length)
        where T : unmanaged => GC.AllocateUninitializedArray<T>(length, IsPinned);
}
