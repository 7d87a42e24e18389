using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Updates in which a client comes twice: no Yjs writes them, but no rule forbids them either.</summary>
internal static class UpdateOrder
{
    /// <summary>The same update with each client once.</summary>
    public static Lib0Writer Restore(ReadOnlySpan<byte> update, YContentFormat format)
    {
        var writer = new Lib0Writer(update.Length);
        UpdateMerger.Merge([update.ToArray(), YUpdate.Empty.ToArray()], writer, format);
        return writer;
    }
}
