namespace TinyStore.Yjs.Structs;

// Lists as users see them: the countable elements that are not deleted.
internal sealed partial class StructStore
{
    /// <summary>The first visible item from a handle on, 0 at the end.</summary>
    public int NextVisible(int handle)
    {
        while (handle != 0)
        {
            ref var entry = ref Entries[handle];
            if (!entry.IsDeleted && entry.IsCountable)
            {
                return handle;
            }

            handle = entry.Right;
        }

        return 0;
    }

    /// <summary>The item that holds a visible element, and which of the item's elements it is.</summary>
    public int FindElement(int type, uint index, out uint offset)
    {
        for (var item = NextVisible(Types[type].Start); item != 0; item = NextVisible(Entries[item].Right))
        {
            var length = Entries[item].Length;
            if (index < length)
            {
                offset = index;
                return item;
            }

            index -= length;
        }

        offset = 0;
        return 0;
    }
}
