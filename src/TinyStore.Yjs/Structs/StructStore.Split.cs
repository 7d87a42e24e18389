using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Structs;

// Cutting items in two, and finding them at exact clocks.
internal sealed partial class StructStore
{
    private static ReadOnlySpan<byte> ReplacementCharacter => "\uFFFD"u8;

    /// <summary>The item that begins at a clock; one that contains it is split. Collected structs are never split.</summary>
    public int ItemStartingAt(int client, uint clock)
    {
        var handle = Clients.HandleAt(client, clock);
        ref var entry = ref Entries[handle];
        return entry.Clock < clock && !entry.IsGC ? Split(handle, clock - entry.Clock) : handle;
    }

    /// <summary>The item that ends with a clock; one that contains it is split. Collected structs are never split.</summary>
    public int ItemEndingAt(int client, uint clock)
    {
        var handle = Clients.HandleAt(client, clock);
        ref var entry = ref Entries[handle];
        if (entry.LastClock != clock && !entry.IsGC)
        {
            Split(handle, clock - entry.Clock + 1);
        }

        return handle;
    }

    /// <summary>Cuts an item: the given handle keeps the first elements, the returned one gets the rest.</summary>
    public int Split(int handle, uint diff)
    {
        ref var left = ref Entries[handle];
        var clock = left.Clock + diff;
        var position = Clients.Position(left.Client, left.Clock);
        var key = left.IsMapItem ? KeyOf(handle) : 0;
        var rightKind = left.Kind;
        var rightValue = SplitContent(ref left, diff, ref rightKind);
        var entry = new Entry(left.Client, clock, rightKind, rightValue)
        {
            Left = handle,
            Right = left.IsTail ? 0 : left.Right,
            Parent = left.Parent,
            Key = key,
            IsMapItem = left.IsMapItem,
            Origin = OriginKind.Left,
            HasRightOrigin = left.HasRightOrigin,
            IsDeleted = left.IsDeleted,
            Keep = left.Keep,
        };
        if (left.HasRightOrigin)
        {
            var row = Rows[left.Key];
            row.Key = key;
            entry.Key = Rows.Add(row);
        }

        var right = Entries.Add(entry);
        left = ref Entries[handle];
        Clients.InsertAfter(left.Client, position, right, clock);
        Current.MergeCandidates.Add((left.Client, clock));
        if (left.IsTail)
        {
            SetTail(left.Parent, key, FindKey(left.Parent, key), right);
        }
        else
        {
            left.Right = right;
            if (entry.Right != 0)
            {
                Entries[entry.Right].Left = right;
            }
        }

        return right;
    }

    private long SplitContent(ref Entry left, uint diff, ref EntryKind rightKind)
    {
        var rightLength = left.Length - diff;
        switch (left.Kind)
        {
            case EntryKind.Deleted:
                left.Value = Entry.LongValue(0, diff);
                return Entry.LongValue(0, rightLength);
            case EntryKind.String:
                return SplitString(ref left, diff, rightLength);
            case EntryKind.Json:
            case EntryKind.Any:
                return SplitValues(ref left, diff, rightLength, ref rightKind);
            default:
                throw new InvalidOperationException($"A struct of kind {left.Kind} cannot be split.");
        }
    }

    private long SplitString(ref Entry left, uint diff, uint rightLength)
    {
        var address = left.Address;
        var text = Contents[address];
        var offset = diff <= rightLength
            ? Utf8Text.OffsetOfUnit(text, diff, out var insidePair)
            : Utf8Text.OffsetOfUnitFromEnd(text, rightLength, out insidePair);

        // Half a surrogate pair cannot be written: each half becomes a replacement character.
        var end = insidePair ? offset - 4 : offset;
        var half = insidePair ? ReplacementCharacter : [];
        uint right;
        if (offset <= text.Length / 2)
        {
            left.Value = Entry.LongValue(Contents.Add(text[..end], half), diff);
            right = Contents.RemoveFront(address, offset, half);
        }
        else
        {
            right = Contents.Add(half, text[offset..]);
            left.Value = Entry.LongValue(Contents.Truncate(address, end, half), diff);
        }

        return Entry.LongValue(right, rightLength);
    }

    private long SplitValues(ref Entry left, uint diff, uint rightLength, ref EntryKind rightKind)
    {
        var address = left.Address;
        var values = Contents[address];
        var offset = SkipValues(values, diff, left.Kind);
        var leftKind = left.Kind;
        if (rightLength > 1 && offset <= values.Length / 2)
        {
            var value = StoreValues(ref leftKind, values[..offset], diff);
            left.SetContent(leftKind, value);
            return Entry.LongValue(Contents.RemoveFront(address, offset), rightLength);
        }

        var rightValue = StoreValues(ref rightKind, values[offset..], rightLength);
        if (diff > 1)
        {
            left.Value = Entry.LongValue(Contents.Truncate(address, offset), diff);
            return rightValue;
        }

        var leftValue = StoreValues(ref leftKind, Contents[address][..offset], diff);
        left.SetContent(leftKind, leftValue);
        Contents.Free(address);
        return rightValue;
    }

    /// <summary>Where the values behind the first so many begin.</summary>
    private static int SkipValues(ReadOnlySpan<byte> values, uint count, EntryKind kind)
    {
        var reader = new Lib0Reader(values);
        for (; count > 0; count--)
        {
            if (kind == EntryKind.Json)
            {
                reader.ReadVarBytes();
            }
            else
            {
                Lib0Any.Skip(ref reader);
            }
        }

        return reader.Position;
    }
}
