using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs.Structs;

// Delete sets and state vectors as V1 bytes. Clients are written highest id first, everywhere.
internal sealed partial class StructStore
{
    /// <summary>Writes the delete set of the whole document.</summary>
    public void WriteDeleteSet(Lib0Writer writer)
    {
        using var body = new Lib0Writer();
        using var ranges = new Lib0Writer();
        var clientCount = 0u;
        foreach (var client in Clients.InWriteOrder())
        {
            ranges.Clear();
            var count = WriteDeletedRanges(ranges, client);
            if (count > 0)
            {
                clientCount++;
                body.WriteVarUint(Clients[client].Id);
                body.WriteVarUint(count);
                body.WriteBytes(ranges.Written);
            }
        }

        writer.WriteVarUint(clientCount);
        writer.WriteBytes(body.Written);
    }

    /// <summary>Writes the delete set of a transaction, which is sorted and joined.</summary>
    public void WriteDeleteSet(Lib0Writer writer, DeletedRanges deleted)
    {
        var ranges = deleted.Ranges;
        if (ranges.Length == 0 || ranges[0].Client == ranges[^1].Client)
        {
            writer.WriteVarUint(ranges.Length == 0 ? 0u : 1u);
            WriteRanges(writer, ranges);
            return;
        }

        var clients = new List<(ulong Id, int Client)>();
        foreach (var range in ranges)
        {
            if (clients.Count == 0 || clients[^1].Client != range.Client)
            {
                clients.Add((Clients[range.Client].Id, range.Client));
            }
        }

        clients.Sort(static (a, b) => b.Id.CompareTo(a.Id));
        writer.WriteVarUint((uint)clients.Count);
        foreach (var (_, client) in clients)
        {
            WriteRanges(writer, deleted.OfClient(client));
        }
    }

    public void WriteStateVector(Lib0Writer writer)
    {
        var clients = Clients.InWriteOrder();
        writer.WriteVarUint((uint)clients.Length);
        foreach (var client in clients)
        {
            writer.WriteVarUint(Clients[client].Id);
            writer.WriteVarUint(Clients[client].Next);
        }
    }

    private void WriteRanges(Lib0Writer writer, ReadOnlySpan<DeletedRange> ranges)
    {
        if (ranges.Length == 0)
        {
            return;
        }

        writer.WriteVarUint(Clients[ranges[0].Client].Id);
        writer.WriteVarUint((uint)ranges.Length);
        foreach (var range in ranges)
        {
            writer.WriteVarUint(range.Clock);
            writer.WriteVarUint(range.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private uint WriteDeletedRanges(Lib0Writer writer, int client)
    {
        var position = default(ClockPosition);
        uint count = 0;
        uint start = 0;
        uint length = 0;
        do
        {
            var handle = Clients.Handle(client, position);
            for (var left = Clients.RunLength(client, position); left > 0; left--)
            {
                ref var entry = ref Entries[handle++];
                if (entry.IsDeleted)
                {
                    start = length == 0 ? entry.Clock : start;
                    length += entry.Length;
                }
                else if (length > 0)
                {
                    writer.WriteVarUint(start);
                    writer.WriteVarUint(length);
                    count++;
                    length = 0;
                }
            }
        }
        while (Clients.MoveToNextRun(client, ref position));

        if (length > 0)
        {
            writer.WriteVarUint(start);
            writer.WriteVarUint(length);
            count++;
        }

        return count;
    }
}
