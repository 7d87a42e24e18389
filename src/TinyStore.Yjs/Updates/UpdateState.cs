using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>The state vector of an update, and whether it holds anything.</summary>
internal static class UpdateState
{
    public static void Write(ReadOnlySpan<byte> update, Lib0Writer output, YContentFormat format = YContentFormat.Json)
    {
        var outline = new YUpdateOutline();
        outline.Scan(update, format);
        if (outline.HasRepeatedClients())
        {
            using var ordered = UpdateOrder.Restore(update, format);
            Write(ordered.Written, output, format);
            return;
        }

        var start = output.Length;
        uint count = 0;
        foreach (ref readonly var group in outline.Groups)
        {
            if (EndOfFirstRun(update, in group, format) is var clock and > 0)
            {
                output.WriteVarUint(group.Client);
                output.WriteVarUint(clock);
                count++;
            }
        }

        output.InsertVarUint(start, count);
    }

    /// <summary>Whether there are neither structs, holes aside, nor deletions.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> update, YContentFormat format)
    {
        var reader = new YStructReader(update, validate: true, format);
        while (reader.Read())
        {
            if (reader.Current.Kind != YContentKind.Skip)
            {
                return false;
            }
        }

        var deletes = new YDeleteSetReader(update, reader.Position);
        while (deletes.NextClient())
        {
            while (deletes.NextRange())
            {
                if (deletes.Length > 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static uint EndOfFirstRun(ReadOnlySpan<byte> update, in YClientGroup group, YContentFormat format)
    {
        if (group.Clock != 0)
        {
            return 0;
        }

        var reader = new YStructReader(update, in group, format);
        uint end = 0;
        while (reader.NextStruct() && reader.Current.Kind != YContentKind.Skip)
        {
            end = reader.Current.EndClock;
        }

        return end;
    }
}
