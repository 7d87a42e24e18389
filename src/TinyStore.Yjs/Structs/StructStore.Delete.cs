namespace TinyStore.Yjs.Structs;

// Deleting, and collecting what was deleted.
internal sealed partial class StructStore
{
    private readonly Stack<int> _toDelete = new();
    private readonly Stack<int> _toCollect = new();
    private readonly List<int> _tails = [];

    /// <summary>Deletes an item, and if it holds a type everything in it. The content stays readable until it is collected.</summary>
    public void Delete(int handle)
    {
        if (!MarkDeleted(handle))
        {
            return;
        }

        // A stack of our own: hostile updates nest deeper than the thread's.
        while (_toDelete.TryPop(out var type))
        {
            for (var item = Types[type].Start; item != 0; item = Entries[item].Right)
            {
                DeleteChild(item);
            }

            var cursor = 0;
            while (NextTail(type, ref cursor) is var tail and not 0)
            {
                DeleteChild(tail);
            }

            Current.Changed.Remove(type);
        }
    }

    /// <summary>
    /// Drops the content of a deleted item. Everything below a dead type loses its place too, and becomes a stretch of
    /// collected clocks; the item itself keeps its place, because items elsewhere may refer to it.
    /// </summary>
    public void Collect(int handle)
    {
        DropContent(handle);
        ref var entry = ref Entries[handle];
        entry.SetContent(EntryKind.Deleted, Entry.LongValue(0, entry.Length));
        while (_toCollect.TryPop(out var type))
        {
            CollectChildren(type);
        }
    }

    private void DeleteChild(int handle)
    {
        ref var entry = ref Entries[handle];
        if (!entry.IsDeleted)
        {
            MarkDeleted(handle);
        }
        else if (entry.Clock < ClockBefore(entry.Client))
        {
            // It is not in this transaction's delete set, but its neighbours now are deleted too.
            Current.MergeCandidates.Add((entry.Client, entry.Clock));
        }
    }

    private bool MarkDeleted(int handle)
    {
        ref var entry = ref Entries[handle];
        if (entry.IsDeleted)
        {
            return false;
        }

        entry.IsDeleted = true;
        var parent = entry.Parent;
        var key = 0;
        if (entry.IsMapItem)
        {
            key = KeyOf(handle);
            if (entry.IsTail)
            {
                Types[parent].LiveKeys--;
            }
        }
        else if (entry.IsCountable)
        {
            Types[parent].Length -= entry.Length;
        }

        Current.Deleted.Add(entry.Client, entry.Clock, entry.Length);
        NoteChange(parent, key);
        if (entry.Kind == EntryKind.Type)
        {
            _toDelete.Push((int)entry.Value);
        }

        return true;
    }

    private void CollectChildren(int type)
    {
        for (var item = Types[type].Start; item != 0;)
        {
            var next = Entries[item].Right;
            ToGC(item);
            item = next;
        }

        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            var index = _mapIndexes[record.Map]!;
            for (var ordinal = 0; ordinal < index.Count; ordinal++)
            {
                ToGCLeftwards(index[ordinal]);
            }
        }
        else
        {
            var tail = record.Map;
            for (var left = record.RingLength; left > 0; left--)
            {
                tail = Entries[tail].Right;
                _tails.Add(tail);
            }

            _tails.ForEach(ToGCLeftwards);
            _tails.Clear();
        }

        FreeType(type);
    }

    private void ToGCLeftwards(int handle)
    {
        while (handle != 0)
        {
            var left = Entries[handle].Left;
            ToGC(handle);
            handle = left;
        }
    }

    private void ToGC(int handle)
    {
        DropContent(handle);
        ref var entry = ref Entries[handle];
        if (entry.HasRow)
        {
            Rows.Free(entry.Key);
        }

        entry.SetGC();
    }

    private void DropContent(int handle)
    {
        ref var entry = ref Entries[handle];
        if (entry.HasContent)
        {
            Contents.Free(entry.Address);
        }
        else if (entry.Kind == EntryKind.Type)
        {
            _toCollect.Push((int)entry.Value);
        }
    }
}
