using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Delete sets as format V2 writes them: a range by its distance from the end of the one before, and by one less than its
/// length. <c>#clients, (client, #ranges, (distance, length - 1)…)…</c>
/// </summary>
internal static class DeleteSetV2
{
    /// <summary>Writes a delete set of format V1.</summary>
    public static void Write(ReadOnlySpan<byte> v1, int position, Lib0Writer output)
    {
        var ranges = new List<ClientRange>();
        ClientRange.ReadAll(v1, position, ranges);
        ranges.RemoveAll(static range => range.Length == 0);
        if (!ClientRange.IsAscending(ranges))
        {
            ClientRange.Normalize(ranges); // the format has no way to go back
        }

        var count = output.Length;
        uint clients = 0;
        for (var i = 0; i < ranges.Count; clients++)
        {
            var end = ClientRange.EndOfClient(ranges, i);
            output.WriteVarUint(ranges[i].Client);
            output.WriteVarUint((uint)(end - i));
            ulong clock = 0;
            for (; i < end; i++)
            {
                output.WriteVarUint(ranges[i].Clock - clock);
                output.WriteVarUint(ranges[i].Length - 1);
                clock = ranges[i].End;
            }
        }

        output.InsertVarUint(count, clients);
    }

    /// <summary>Reads a delete set and writes it in format V1.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static void WriteV1(ref Lib0Reader reader, Lib0Writer output)
    {
        var clients = reader.ReadCount(minBytes: 2);
        output.WriteVarUint((uint)clients);
        for (; clients > 0; clients--)
        {
            output.WriteVarUint(reader.ReadVarUint());
            var ranges = reader.ReadCount(minBytes: 2);
            output.WriteVarUint((uint)ranges);
            ulong clock = 0;
            for (; ranges > 0; ranges--)
            {
                var start = reader.Position;
                clock += reader.ReadVarUint();
                var length = reader.ReadVarUint() + 1;
                if (clock + length > DecoderLimits.MaxClock)
                {
                    reader.Throw($"a deleted range ends above the largest clock {DecoderLimits.MaxClock} (DecoderLimits.MaxClock)", start);
                }

                output.WriteVarUint(clock);
                output.WriteVarUint(length);
                clock += length;
            }
        }
    }
}
