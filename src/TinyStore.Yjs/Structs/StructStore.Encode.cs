using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Structs;

// Structs in either format. Clients are written highest id first, everywhere.
internal sealed partial class StructStore
{
    /// <summary>Writes the structs that a peer lacks: <c>#clients, per client: #structs, client, clock, structs…</c></summary>
    public void WriteStructs<T>(in T encoder, YStateVector? known)
        where T : struct, IStructEncoder
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

        encoder.WriteGroupCount((uint)count);
        foreach (var client in clients.AsSpan(0, count))
        {
            WriteStructs(encoder, client, KnownClock(known, client));
        }
    }

    /// <summary>Writes one client's structs from a clock on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteStructs<T>(in T encoder, int client, uint clock)
        where T : struct, IStructEncoder
    {
        var position = Clients.Position(client, clock);
        encoder.BeginGroup((uint)Clients.CountFrom(client, position), Clients[client].Id, clock);
        var offset = clock - Entries[Clients.Handle(client, position)].Clock;
        do
        {
            var handle = Clients.Handle(client, position);
            var end = handle + Clients.RunLength(client, position);
            for (; handle < end; handle++)
            {
                WriteStruct(encoder, handle, offset);
                offset = 0;
            }
        }
        while (Clients.MoveToNextRun(client, ref position));
    }

    private uint KnownClock(YStateVector? known, int client) =>
        known is not null && known.TryGet(Clients[client].Id, out var clock) ? clock : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteStruct<T>(in T encoder, int handle, uint offset)
        where T : struct, IStructEncoder
    {
        ref var entry = ref Entries[handle];
        if (entry.IsGC)
        {
            encoder.WriteInfo((byte)YContentKind.GC);
            encoder.WriteLength(entry.Length - offset);
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
        encoder.WriteInfo((byte)info);
        if (hasOrigin)
        {
            encoder.WriteOrigin(Clients[originClient].Id, originClock);
        }

        if (hasRightOrigin)
        {
            encoder.WriteRightOrigin(Clients[rightClient].Id, rightClock);
        }

        if (!hasOrigin && !hasRightOrigin)
        {
            WriteParent(encoder, handle, entry);
        }

        if (entry.Kind > EntryKind.Type)
        {
            encoder.WriteLength(1);
            WriteAnyValues(encoder.Values, entry);
        }
        else
        {
            WriteContent(encoder, entry, offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteParent<T>(in T encoder, int handle, in Entry entry)
        where T : struct, IStructEncoder
    {
        ref var type = ref Types[entry.Parent];
        if (type.Item == 0)
        {
            encoder.WriteParentRoot(Keys.Utf8(type.Name));
        }
        else
        {
            ref var item = ref Entries[type.Item];
            encoder.WriteParentItem(Clients[item.Client].Id, item.Clock);
        }

        if (entry.IsMapItem)
        {
            encoder.WriteString(Keys.Utf8(KeyOf(handle)));
        }
    }

    private void WriteContent<T>(in T encoder, in Entry entry, uint offset)
        where T : struct, IStructEncoder
    {
        switch (entry.Kind)
        {
            case EntryKind.Deleted:
                encoder.WriteLength(entry.Length - offset);
                break;
            case EntryKind.String:
                encoder.WriteString(offset == 0 ? Contents[entry.Address] : TextFrom(Contents[entry.Address], offset));
                break;
            case EntryKind.Json or EntryKind.Any:
                encoder.WriteLength(entry.Length - offset);
                var values = Contents[entry.Address];
                values = offset == 0 ? values : values[SkipValues(values, offset, entry.Kind)..];
                if (entry.Kind == EntryKind.Any)
                {
                    encoder.Values.WriteBytes(values);
                }
                else
                {
                    encoder.WriteTexts(values, entry.Length - offset);
                }

                break;
            case EntryKind.Binary:
                encoder.Values.WriteVarBytes(Contents[entry.Address]);
                break;
            case EntryKind.Embed:
                encoder.WriteValue(Contents[entry.Address], entry.HoldsAny);
                break;
            case EntryKind.Format:
                var pair = new Lib0Reader(Contents[entry.Address]);
                encoder.WriteName(pair.ReadVarBytes());
                encoder.WriteValue(entry.HoldsAny ? pair.Rest : pair.ReadVarBytes(), entry.HoldsAny);
                break;
            case EntryKind.Doc:
                var doc = new Lib0Reader(Contents[entry.Address]);
                encoder.WriteString(doc.ReadVarBytes());
                encoder.Values.WriteBytes(doc.Rest);
                break;
            default:
                ref var type = ref Types[(int)entry.Value];
                encoder.WriteTypeRef((byte)type.Kind);
                if (YTypeRef.HasName((byte)type.Kind))
                {
                    encoder.WriteName(Keys.Utf8(type.Name));
                }

                break;
        }
    }

    /// <summary>A text from one of its UTF-16 units on. Half a surrogate pair becomes what JavaScript's encoder writes for it.</summary>
    private ReadOnlySpan<byte> TextFrom(ReadOnlySpan<byte> text, uint offset)
    {
        text = text[Utf8Text.OffsetOfUnit(text, offset, out var insidePair)..];
        if (!insidePair)
        {
            return text;
        }

        _scratch.Clear();
        _scratch.WriteBytes(ReplacementCharacter);
        _scratch.WriteBytes(text);
        return _scratch.Written;
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
