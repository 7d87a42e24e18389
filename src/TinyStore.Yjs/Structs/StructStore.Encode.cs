using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Transactions;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Structs;

// Structs as V1 bytes. Clients are written highest id first, everywhere.
internal sealed partial class StructStore
{
    /// <summary>Writes the structs that a peer lacks: <c>#clients, per client: #structs, client, clock, structs…</c></summary>
    public void WriteStructs(Lib0Writer writer, YStateVector? known, YContentFormat format = YContentFormat.Json)
    {
        var clients = Clients.InWriteOrder();
        var count = 0;
        foreach (var client in clients)
        {
            if (Clients[client].Next > KnownClock(known, client))
            {
                clients[count++] = client;
            }
        }

        writer.WriteVarUint((uint)count);
        foreach (var client in clients.AsSpan(0, count))
        {
            WriteStructs(writer, client, KnownClock(known, client), format);
        }
    }

    /// <summary>Writes one client's structs from a clock on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteStructs(Lib0Writer writer, int client, uint clock, YContentFormat format)
    {
        var position = Clients.Position(client, clock);
        writer.WriteVarUint((uint)Clients.CountFrom(client, position));
        writer.WriteVarUint(Clients[client].Id);
        writer.WriteVarUint(clock);
        var handle = Clients.Handle(client, position);
        WriteStruct(writer, handle, clock - Entries[handle].Clock, format);
        while (Clients.MoveNext(client, ref position))
        {
            WriteStruct(writer, Clients.Handle(client, position), 0, format);
        }
    }

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

    private uint KnownClock(YStateVector? known, int client) =>
        known is not null && known.TryGet(Clients[client].Id, out var clock) ? clock : 0;

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
            ref var entry = ref Entries[Clients.Handle(client, position)];
            if (!entry.IsDeleted)
            {
                if (length > 0)
                {
                    writer.WriteVarUint(start);
                    writer.WriteVarUint(length);
                    count++;
                    length = 0;
                }

                continue;
            }

            if (length == 0)
            {
                start = entry.Clock;
            }

            length += entry.Length;
        }
        while (Clients.MoveNext(client, ref position));

        if (length > 0)
        {
            writer.WriteVarUint(start);
            writer.WriteVarUint(length);
            count++;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteStruct(Lib0Writer writer, int handle, uint offset, YContentFormat format)
    {
        ref var entry = ref Entries[handle];
        if (entry.IsGC)
        {
            writer.WriteByte((byte)YContentKind.GC);
            writer.WriteVarUint(entry.Length - offset);
            return;
        }

        var hasOrigin = TryGetOrigin(handle, out var originClient, out var originClock);
        if (offset > 0)
        {
            hasOrigin = true;
            originClient = entry.Client;
            originClock = entry.Clock + offset - 1;
        }

        var hasRightOrigin = TryGetRightOrigin(handle, out var rightClient, out var rightClock);
        var info = (byte)ContentKindOf(entry.Kind)
            | (hasOrigin ? YStruct.HasOriginFlag : 0)
            | (hasRightOrigin ? YStruct.HasRightOriginFlag : 0)
            | (entry.IsMapItem ? YStruct.HasKeyFlag : 0);
        writer.WriteByte((byte)info);
        if (hasOrigin)
        {
            writer.WriteVarUint(Clients[originClient].Id);
            writer.WriteVarUint(originClock);
        }

        if (hasRightOrigin)
        {
            writer.WriteVarUint(Clients[rightClient].Id);
            writer.WriteVarUint(rightClock);
        }

        if (!hasOrigin && !hasRightOrigin)
        {
            WriteParent(writer, handle, entry);
        }

        WriteContent(writer, entry, offset, format);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteParent(Lib0Writer writer, int handle, in Entry entry)
    {
        ref var type = ref Types[entry.Parent];
        if (type.Item == 0)
        {
            writer.WriteByte(1);
            writer.WriteVarBytes(Keys.Utf8(type.Name));
        }
        else
        {
            ref var item = ref Entries[type.Item];
            writer.WriteByte(0);
            writer.WriteVarUint(Clients[item.Client].Id);
            writer.WriteVarUint(item.Clock);
        }

        if (entry.IsMapItem)
        {
            writer.WriteVarBytes(Keys.Utf8(KeyOf(handle)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteContent(Lib0Writer writer, in Entry entry, uint offset, YContentFormat format)
    {
        switch (entry.Kind)
        {
            case EntryKind.Deleted:
                writer.WriteVarUint(entry.Length - offset);
                break;
            case EntryKind.String:
                WriteString(writer, Contents[entry.Address], offset);
                break;
            case EntryKind.Json or EntryKind.Any:
                writer.WriteVarUint(entry.Length - offset);
                var values = Contents[entry.Address];
                writer.WriteBytes(offset == 0 ? values : values[SkipValues(values, offset, entry.Kind)..]);
                break;
            case EntryKind.Binary:
                writer.WriteVarBytes(Contents[entry.Address]);
                break;
            case EntryKind.Embed:
                WriteValue(writer, Contents[entry.Address], entry.HoldsAny, format);
                break;
            case EntryKind.Format:
                var pair = new Lib0Reader(Contents[entry.Address]);
                writer.WriteVarBytes(pair.ReadVarBytes());
                WriteValue(writer, entry.HoldsAny ? pair.Rest : pair.ReadVarBytes(), entry.HoldsAny, format);
                break;
            case EntryKind.Doc:
                writer.WriteBytes(Contents[entry.Address]);
                break;
            case EntryKind.Type:
                ref var type = ref Types[(int)entry.Value];
                writer.WriteByte((byte)type.Kind);
                if (YTypeRef.HasName((byte)type.Kind))
                {
                    writer.WriteVarBytes(Keys.Utf8(type.Name));
                }

                break;
            default:
                writer.WriteByte(1);
                WriteAnyValues(writer, entry);
                break;
        }
    }

    /// <summary>The value of an Embed or a Format, as it is held where the format allows.</summary>
    private static void WriteValue(Lib0Writer writer, ReadOnlySpan<byte> value, bool isAny, YContentFormat format)
    {
        switch (isAny, format)
        {
            case (true, YContentFormat.Any):
                writer.WriteBytes(value);
                break;
            case (true, _):
                JsonText.WriteJson(value, writer);
                break;
            case (false, YContentFormat.Any):
                JsonText.WriteAny(value, writer);
                break;
            default:
                writer.WriteVarBytes(value);
                break;
        }
    }

    private static void WriteString(Lib0Writer writer, ReadOnlySpan<byte> text, uint offset)
    {
        var insidePair = false;
        if (offset > 0)
        {
            text = text[Utf8Text.OffsetOfUnit(text, offset, out insidePair)..];
        }

        writer.WriteVarUint((uint)(text.Length + (insidePair ? ReplacementCharacter.Length : 0)));
        if (insidePair)
        {
            writer.WriteBytes(ReplacementCharacter); // a lone surrogate as JavaScript's encoder writes it
        }

        writer.WriteBytes(text);
    }

    private static YContentKind ContentKindOf(EntryKind kind) => kind switch
    {
        EntryKind.GC => YContentKind.GC,
        EntryKind.Deleted => YContentKind.Deleted,
        EntryKind.Json => YContentKind.Json,
        EntryKind.String => YContentKind.String,
        EntryKind.Binary => YContentKind.Binary,
        EntryKind.Embed => YContentKind.Embed,
        EntryKind.Format => YContentKind.Format,
        EntryKind.Doc => YContentKind.Doc,
        EntryKind.Type => YContentKind.Type,
        _ => YContentKind.Any,
    };
}
