using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Format V2: each part goes to its column.</summary>
internal readonly struct StructEncoderV2(UpdateV2Columns columns) : IStructEncoder
{
    public Lib0Writer Values => columns.Rest;

    public void WriteGroupCount(uint groups) => columns.Rest.WriteVarUint(groups);

    public void BeginGroup(uint structs, ulong client, uint clock)
    {
        columns.Rest.WriteVarUint(structs);
        columns.Clients.Write(client);
        columns.Rest.WriteVarUint(clock);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInfo(byte info) => columns.Infos.Write(info);

    public void WriteOrigin(ulong client, uint clock)
    {
        columns.Clients.Write(client);
        columns.LeftClocks.Write(clock);
    }

    public void WriteRightOrigin(ulong client, uint clock)
    {
        columns.Clients.Write(client);
        columns.RightClocks.Write(clock);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteParentItem(ulong client, uint clock)
    {
        columns.ParentInfos.Write(0);
        columns.Clients.Write(client);
        columns.LeftClocks.Write(clock);
    }

    public void WriteParentRoot(ReadOnlySpan<byte> name)
    {
        columns.ParentInfos.Write(1);
        columns.Strings.Write(name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteString(ReadOnlySpan<byte> utf8) => columns.Strings.Write(utf8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLength(uint length) => columns.Lengths.Write(length);

    public void WriteTexts(ReadOnlySpan<byte> texts, uint count)
    {
        var reader = new Lib0Reader(texts);
        for (; count > 0; count--)
        {
            columns.Strings.Write(reader.ReadVarBytes());
        }
    }

    public void WriteTypeRef(byte type) => columns.TypeRefs.Write(type);

    public void WriteName(ReadOnlySpan<byte> utf8) => columns.WriteName(utf8);

    public void WriteValue(ReadOnlySpan<byte> value, bool isAny)
    {
        if (isAny)
        {
            columns.Rest.WriteBytes(value);
        }
        else
        {
            JsonText.WriteAny(value, columns.Rest);
        }
    }
}
