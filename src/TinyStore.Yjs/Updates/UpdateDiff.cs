using System.Runtime.InteropServices;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>What an update holds beyond a state vector.</summary>
internal static class UpdateDiff
{
    public static void Write(ReadOnlySpan<byte> update, YStateVector known, Lib0Writer output, YContentFormat format = YContentFormat.Json)
    {
        var outline = new YUpdateOutline();
        outline.Scan(update, format);
        if (outline.HasRepeatedClients())
        {
            using var ordered = UpdateOrder.Restore(update, format);
            Write(ordered.Written, known, output, format);
            return;
        }

        using var writer = new UpdateWriter();
        foreach (ref readonly var group in outline.Groups)
        {
            WriteGroup(update, in group, known.GetClock(group.Client), writer, format);
        }

        writer.Finish(output);
        WriteDeletes(update, outline.DeleteSetStart, output);
    }

    /// <summary>From the first struct, hole aside, that reaches beyond the known clock, everything is written.</summary>
    private static void WriteGroup(ReadOnlySpan<byte> update, in YClientGroup group, uint knownClock, UpdateWriter writer, YContentFormat format)
    {
        if (group.EndClock <= knownClock)
        {
            return;
        }

        var reader = new YStructReader(update, in group, format);
        var writing = false;
        while (reader.NextStruct())
        {
            ref readonly var s = ref reader.Current;
            if (writing)
            {
                writer.Write(update, in s);
            }
            else if (s.Kind != YContentKind.Skip && s.EndClock > knownClock)
            {
                writer.Write(update, in s, knownClock > s.Clock ? knownClock - s.Clock : 0);
                writing = true;
            }
        }
    }

    /// <summary>The delete set as it stands, apart from the order of its clients.</summary>
    private static void WriteDeletes(ReadOnlySpan<byte> update, int start, Lib0Writer output)
    {
        var ranges = new List<ClientRange>();
        ClientRange.ReadAll(update, start, ranges);
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i - 1].Client < ranges[i].Client)
            {
                var ordered = CollectionsMarshal.AsSpan(ranges).ToArray().OrderByDescending(r => r.Client); // stable
                ranges = [.. ordered];
                break;
            }
        }

        ClientRange.WriteAll(ranges, output);
    }
}
