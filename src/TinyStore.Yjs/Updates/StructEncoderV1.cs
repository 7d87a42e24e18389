using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Format V1: one part behind the other.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="format">How values of Embed and Format are written.</param>
internal readonly struct StructEncoderV1(Lib0Writer writer, YContentFormat format) : IStructEncoder
{
    public Lib0Writer Values => writer;

    public void WriteGroupCount(uint groups) => writer.WriteVarUint(groups);

    public void BeginGroup(uint structs, ulong client, uint clock)
    {
        writer.WriteVarUint(structs);
        writer.WriteVarUint(client);
        writer.WriteVarUint(clock);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInfo(byte info) => writer.WriteByte(info);

    public void WriteOrigin(ulong client, uint clock) => WriteId(client, clock);

    public void WriteRightOrigin(ulong client, uint clock) => WriteId(client, clock);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteParentItem(ulong client, uint clock)
    {
        writer.WriteByte(0);
        WriteId(client, clock);
    }

    public void WriteParentRoot(ReadOnlySpan<byte> name)
    {
        writer.WriteByte(1);
        writer.WriteVarBytes(name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteString(ReadOnlySpan<byte> utf8) => writer.WriteVarBytes(utf8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLength(uint length) => writer.WriteVarUint(length);

    public void WriteTexts(ReadOnlySpan<byte> texts, uint count) => writer.WriteBytes(texts);

    public void WriteTypeRef(byte type) => writer.WriteByte(type);

    public void WriteName(ReadOnlySpan<byte> utf8) => writer.WriteVarBytes(utf8);

    public void WriteValue(ReadOnlySpan<byte> value, bool isAny)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteId(ulong client, uint clock)
    {
        writer.WriteVarUint(client);
        writer.WriteVarUint(clock);
    }
}
