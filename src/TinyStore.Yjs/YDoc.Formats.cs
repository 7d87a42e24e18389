using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs;

// After a remote change of a formatted text some formats say nothing any more: what they began is deleted, or another
// format follows before any content. Yjs deletes those in a transaction of its own, and so do we: peers that did not would
// show the same text with other bytes.
public sealed partial class YDoc
{
    private void TidyFormats(YTransaction changed)
    {
        if (!changed.NeedsTidying)
        {
            return;
        }

        var whole = FindReformatted(changed);
        var transaction = Begin(null, out var isOutermost);
        try
        {
            foreach (var client in changed.State.Deleted.ClientsInOrder())
            {
                foreach (var range in changed.State.Deleted.OfClient(client))
                {
                    TidyAround(range, whole);
                }
            }

            whole.ForEach(TidyBeginning);
        }
        finally
        {
            End(transaction, isOutermost);
        }
    }

    /// <summary>The types into which a transaction put formats, in order.</summary>
    private List<int> FindReformatted(YTransaction changed)
    {
        var types = new List<int>();
        foreach (var (client, before) in changed.State.Touched)
        {
            for (var clock = before; clock < Store.Clients[client].Next;)
            {
                ref var entry = ref Store.Entries[Store.Clients.HandleAt(client, clock)];
                clock = entry.EndClock;
                if (entry.Kind == EntryKind.Format && !entry.IsDeleted && !types.Contains(entry.Parent))
                {
                    types.Add(entry.Parent);
                }
            }
        }

        return types;
    }

    private void TidyAround(in DeletedRange range, List<int> whole)
    {
        for (var clock = range.Clock; clock < range.End;)
        {
            var item = Store.Clients.HandleAt(range.Client, clock);
            clock = Store.Entries[item].EndClock;
            TidyAround(item, whole);
        }
    }

    /// <summary>In the gap around a deleted item, of several formats of one name only the last counts.</summary>
    private void TidyAround(int item, List<int> whole)
    {
        ref var deleted = ref Store.Entries[item];
        if (deleted.IsGC || !Store.Types[deleted.Parent].Has(TypeFlags.HasFormats) || whole.Contains(deleted.Parent))
        {
            return;
        }

        if (deleted.Kind == EntryKind.Format)
        {
            whole.Add(deleted.Parent);
            return;
        }

        while (Store.RightOf(item) is var right and not 0 && IsInGap(right))
        {
            item = right;
        }

        HashSet<string>? names = null;
        for (; item != 0 && IsInGap(item); item = Store.Entries[item].Left)
        {
            if (IsLiveFormat(item) && !(names ??= []).Add(ReadFormat(item).Key))
            {
                Store.Delete(item);
            }
        }
    }

    /// <summary>
    /// In the gap at the beginning of a text, deletes formats that a later one of the gap replaces or that end what nothing
    /// began. (Yjs walks on through the text, but its search for the next gap ends at the content that it begins at.)
    /// </summary>
    private void TidyBeginning(int type)
    {
        var start = Store.Types[type].Start;
        var last = new Dictionary<string, int>();
        var end = start;
        for (; end != 0 && IsInGap(end); end = Store.RightOf(end))
        {
            if (IsLiveFormat(end))
            {
                last[ReadFormat(end).Key] = end;
            }
        }

        for (var item = end != 0 ? start : 0; item != end; item = Store.RightOf(item))
        {
            if (IsLiveFormat(item) && ReadFormat(item) is var (key, value) && (last[key] != item || value.Kind == YValueKind.Null))
            {
                Store.Delete(item);
            }
        }
    }

    private bool IsLiveFormat(int item)
    {
        ref var entry = ref Store.Entries[item];
        return entry.Kind == EntryKind.Format && !entry.IsDeleted;
    }

    private bool IsInGap(int item)
    {
        ref var entry = ref Store.Entries[item];
        return entry.IsDeleted || !entry.IsCountable;
    }
}
