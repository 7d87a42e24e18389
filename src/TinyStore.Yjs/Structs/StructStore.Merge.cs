using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs.Structs;

// Joining neighbours again, and the passes at the end of a transaction that do it. Which structs get joined decides the bytes
// of an update, so the passes visit what Yjs visits.
internal sealed partial class StructStore
{
    private readonly Lib0Writer _scratch = new();

    /// <summary>Collects what a transaction deleted.</summary>
    public void CollectDeleted(DeletedRanges deleted)
    {
        var ranges = deleted.Ranges;
        for (var i = ranges.Length - 1; i >= 0; i--)
        {
            var range = ranges[i];
            var position = Clients.Position(range.Client, range.Clock);
            do
            {
                var handle = Clients.Handle(range.Client, position);
                ref var entry = ref Entries[handle];
                if (entry.Clock >= range.End)
                {
                    break;
                }

                if (entry.IsDeleted && !entry.Keep && entry.Kind is not (EntryKind.GC or EntryKind.Deleted))
                {
                    Collect(handle);
                }
            }
            while (Clients.MoveNext(range.Client, ref position));
        }
    }

    /// <summary>Joins what a transaction deleted with its neighbours.</summary>
    public void MergeDeleted(DeletedRanges deleted)
    {
        var ranges = deleted.Ranges;
        for (var i = ranges.Length - 1; i >= 0; i--)
        {
            var range = ranges[i];
            var position = Clients.Position(range.Client, range.End - 1);
            Clients.MoveNext(range.Client, ref position);
            MergeLeftwards(range.Client, position, range.Clock);
        }
    }

    /// <summary>Joins what a transaction added.</summary>
    public void MergeAdded(List<TouchedClient> touched)
    {
        foreach (var (client, before) in touched)
        {
            var first = Clients.Position(client, before);
            var firstClock = Entries[Clients.Handle(client, first)].Clock;
            MergeLeftwards(client, Clients.LastPosition(client), firstClock);
        }
    }

    /// <summary>Joins what was split, where it still can be.</summary>
    public void MergeSplit(List<(int Client, uint Clock)> candidates)
    {
        for (var i = candidates.Count - 1; i >= 0; i--)
        {
            var (client, clock) = candidates[i];
            var position = Clients.Position(client, clock);
            var next = position;
            if (Clients.MoveNext(client, ref next))
            {
                if (MergeLefts(client, ref next) > 1)
                {
                    continue;
                }

                position = Clients.Position(client, clock);
            }

            MergeLefts(client, ref position);
        }
    }

    /// <summary>From a position to the left as long as structs begin at or behind a clock.</summary>
    private void MergeLeftwards(int client, ClockPosition position, uint firstClock)
    {
        do
        {
            if (!MoveToMergeable(client, ref position, firstClock))
            {
                return;
            }

            if (Entries[Clients.Handle(client, position)] is { Origin: not OriginKind.None } or { IsGC: true })
            {
                MergeLefts(client, ref position);
            }
        }
        while (Clients.MovePrevious(client, ref position));
    }

    /// <summary>
    /// Passes structs that cannot be joined with the one before them, up to the first of the run: of a table hardly any can.
    /// False when one begins before the clock.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool MoveToMergeable(int client, ref ClockPosition position, uint firstClock)
    {
        for (var handle = Clients.Handle(client, position); ; handle--, position.Offset--)
        {
            ref var entry = ref Entries[handle];
            if (entry.Clock < firstClock)
            {
                return false;
            }

            if (position.Offset == 0 || entry.IsGC || (entry.Origin != OriginKind.None && entry.Left == handle - 1))
            {
                return true;
            }
        }
    }

    /// <summary>Joins a struct with as many on its left as possible; the position goes to what became of them.</summary>
    /// <remarks>
    /// Contents are joined from the left, where each one is appended to what is there already, then links from the right, where
    /// taking a handle out moves nothing. The other way round, a text of n structs would be copied n times.
    /// </remarks>
    private int MergeLefts(int client, ref ClockPosition position)
    {
        var merged = 0;
        var first = position;
        for (var right = Clients.Handle(client, position); ;)
        {
            var before = first;
            if (!Clients.MovePrevious(client, ref before) || Clients.Handle(client, before) is var left && !CanMerge(left, right))
            {
                break;
            }

            (first, right) = (before, left);
            merged++;
        }

        if (merged == 0)
        {
            return 0;
        }

        var whole = Clients.Handle(client, first);
        for (var i = 0; i < merged; i++)
        {
            Clients.MoveNext(client, ref first);
            MergeContent(ref Entries[whole], ref Entries[Clients.Handle(client, first)]);
        }

        for (var i = 0; i < merged; i++)
        {
            var right = Clients.Handle(client, position);
            Clients.RemoveAndMovePrevious(client, ref position);
            MergeLinks(Clients.Handle(client, position), right);
        }

        return merged;
    }

    /// <summary>Whether two structs that follow one another in their client's clocks can be one.</summary>
    private bool CanMerge(int leftHandle, int rightHandle)
    {
        ref var left = ref Entries[leftHandle];
        ref var right = ref Entries[rightHandle];
        if (left.IsDeleted != right.IsDeleted || left.IsGC != right.IsGC)
        {
            return false;
        }

        return right.IsGC
            || (right.Origin != OriginKind.None && right.Left == leftHandle && SameKind(left.Kind, right.Kind) && SameOrigins(leftHandle, rightHandle));
    }

    /// <summary>Takes the right one, whose content went to the left, out of its list or chain. Its handle dies.</summary>
    private void MergeLinks(int leftHandle, int rightHandle)
    {
        ref var left = ref Entries[leftHandle];
        ref var right = ref Entries[rightHandle];
        if (!right.IsGC)
        {
            left.Keep |= right.Keep;
            if (right.IsTail)
            {
                MoveTail(right.Parent, FindKey(right.Parent, KeyOf(rightHandle)), leftHandle);
            }
            else
            {
                left.Right = right.Right;
                if (right.Right != 0)
                {
                    Entries[right.Right].Left = leftHandle;
                }
            }

            if (right.HasRow)
            {
                Rows.Free(right.Key);
            }
        }

        Entries.Free(rightHandle);
    }

    private static bool SameKind(EntryKind left, EntryKind right) => right switch
    {
        EntryKind.Deleted or EntryKind.String or EntryKind.Json => left == right,
        EntryKind.Any or >= EntryKind.Undefined => left is EntryKind.Any or >= EntryKind.Undefined,
        _ => false,
    };

    /// <summary>Whether the right one was made directly behind the left one, and both before the same item.</summary>
    private bool SameOrigins(int leftHandle, int rightHandle)
    {
        TryGetOrigin(rightHandle, out var client, out var clock);
        ref var left = ref Entries[leftHandle];
        if (client != left.Client || clock != left.LastClock)
        {
            return false;
        }

        ref var right = ref Entries[rightHandle];
        if (left.HasRightOrigin != right.HasRightOrigin)
        {
            return false;
        }

        if (!left.HasRightOrigin)
        {
            return true;
        }

        ref var leftRow = ref Rows[left.Key];
        ref var rightRow = ref Rows[right.Key];
        return leftRow.RightClient == rightRow.RightClient && leftRow.RightClock == rightRow.RightClock;
    }

    private void MergeContent(ref Entry left, ref Entry right)
    {
        var length = left.Length + right.Length;
        switch (left.Kind)
        {
            case EntryKind.Deleted or EntryKind.GC:
                left.Value = Entry.LongValue(0, length);
                return;
            case EntryKind.String or EntryKind.Json:
                left.Value = Entry.LongValue(Contents.Append(left.Address, Contents[right.Address]), length);
                Contents.Free(right.Address);
                return;
        }

        _scratch.Clear();
        WriteAnyValues(_scratch, right);
        if (left.Kind == EntryKind.Any)
        {
            left.Value = Entry.LongValue(Contents.Append(left.Address, _scratch.Written), length);
        }
        else
        {
            using var both = new Lib0Writer(64);
            WriteAnyValues(both, left);
            left.SetContent(EntryKind.Any, Entry.LongValue(Contents.Add(both.Written, _scratch.Written), length));
        }

        if (right.Kind == EntryKind.Any)
        {
            Contents.Free(right.Address);
        }
    }
}
