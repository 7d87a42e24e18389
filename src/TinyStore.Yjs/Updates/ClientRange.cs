using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>One deleted range of one client, as delete sets are gathered from bytes.</summary>
internal readonly record struct ClientRange(ulong Client, uint Clock, uint Length)
{
    public ulong End => (ulong)Clock + Length;

    /// <summary>Adds all ranges of the delete set at a position as they stand.</summary>
    public static int ReadAll(ReadOnlySpan<byte> bytes, int position, List<ClientRange> into)
    {
        var reader = new YDeleteSetReader(bytes, position);
        while (reader.NextClient())
        {
            into.EnsureCapacity(into.Count + reader.RangesLeft);
            while (reader.NextRange())
            {
                into.Add(new ClientRange(reader.Client, reader.Clock, reader.Length));
            }
        }

        return reader.Position;
    }

    /// <summary>Sorts by descending client and ascending clock, and joins what touches or overlaps.</summary>
    public static void Normalize(List<ClientRange> ranges)
    {
        if (!IsNormal(ranges))
        {
            ranges.Sort(static (a, b) => a.Client != b.Client ? b.Client.CompareTo(a.Client) : a.Clock.CompareTo(b.Clock));
            var last = 0;
            for (var i = 1; i < ranges.Count; i++)
            {
                var (left, right) = (ranges[last], ranges[i]);
                if (left.Client == right.Client && left.End >= right.Clock)
                {
                    ranges[last] = left with { Length = (uint)(Math.Max(left.End, right.End) - left.Clock) };
                }
                else
                {
                    ranges[++last] = right;
                }
            }

            ranges.RemoveRange(last + 1, ranges.Count - last - 1);
        }
    }

    /// <summary>Writes ranges, whose clients are in descending order, as a delete set in format V1.</summary>
    public static void WriteAll(List<ClientRange> ranges, Lib0Writer writer)
    {
        var clients = 0u;
        for (var i = 0; i < ranges.Count; i = EndOfClient(ranges, i))
        {
            clients++;
        }

        writer.WriteVarUint(clients);
        for (var i = 0; i < ranges.Count;)
        {
            var end = EndOfClient(ranges, i);
            writer.WriteVarUint(ranges[i].Client);
            writer.WriteVarUint((uint)(end - i));
            for (; i < end; i++)
            {
                writer.WriteVarUint(ranges[i].Clock);
                writer.WriteVarUint(ranges[i].Length);
            }
        }
    }

    public static int EndOfClient(List<ClientRange> ranges, int start)
    {
        var client = ranges[start].Client;
        var end = start + 1;
        while (end < ranges.Count && ranges[end].Client == client)
        {
            end++;
        }

        return end;
    }

    /// <summary>Whether clients descend and, of each client, no range begins before the end of the one before.</summary>
    public static bool IsAscending(List<ClientRange> ranges)
    {
        for (var i = 1; i < ranges.Count; i++)
        {
            var (left, right) = (ranges[i - 1], ranges[i]);
            if (left.Client < right.Client || (left.Client == right.Client && left.End > right.Clock))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNormal(List<ClientRange> ranges)
    {
        for (var i = 1; i < ranges.Count; i++)
        {
            var (left, right) = (ranges[i - 1], ranges[i]);
            if (left.Client < right.Client || (left.Client == right.Client && left.End >= right.Clock))
            {
                return false;
            }
        }

        return true;
    }
}
