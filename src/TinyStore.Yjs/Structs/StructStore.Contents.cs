using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Structs;

// Contents: from an update's bytes into an entry's 8 bytes, and out again as lib0 values.
internal sealed partial class StructStore
{
    /// <summary>Stores the content of a struct that was read from an update, from one of its elements on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void StoreContent(ReadOnlySpan<byte> update, in YStruct item, uint offset, YContentFormat format, ref Draft draft)
    {
        var content = item.ContentBytes(update);
        var length = item.Length - offset;
        switch (item.Kind)
        {
            case YContentKind.Any:
                draft.Kind = EntryKind.Any;
                draft.Value = StoreValues(ref draft.Kind, offset == 0 ? content : content[SkipValues(content, offset, EntryKind.Any)..], length);
                break;
            case YContentKind.Type:
                draft.Kind = EntryKind.Type;
                draft.TypeKind = (YTypeKind)item.TypeRef;
                draft.TypeName = YTypeRef.HasName(item.TypeRef) ? Keys.Intern(content) : 0;
                break;
            case YContentKind.Deleted:
                draft.Kind = EntryKind.Deleted;
                draft.Value = Entry.LongValue(0, length);
                break;
            case YContentKind.String:
                draft.Kind = EntryKind.String;
                draft.Value = Entry.LongValue(StoreString(content, offset), length);
                break;
            case YContentKind.Json:
                draft.Kind = EntryKind.Json;
                draft.Value = StoreValues(ref draft.Kind, offset == 0 ? content : content[SkipValues(content, offset, EntryKind.Json)..], length);
                break;
            default:
                draft.Kind = item.Kind switch
                {
                    YContentKind.Binary => EntryKind.Binary,
                    YContentKind.Embed => EntryKind.Embed,
                    YContentKind.Format => EntryKind.Format,
                    YContentKind.Doc => EntryKind.Doc,
                    _ => throw new InvalidOperationException($"A struct of kind {item.Kind} is no item."),
                };
                draft.Value = Entry.LongValue(Contents.Add(content), item.Kind is YContentKind.Embed or YContentKind.Format && format == YContentFormat.Any ? 1u : 0);
                break;
        }
    }

    /// <summary>Writes the values of an Any content, inline or not, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteAnyValues(Lib0Writer writer, in Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Any:
                writer.WriteBytes(Contents[entry.Address]);
                break;
            case EntryKind.Undefined:
                writer.WriteByte(Lib0Tag.Undefined);
                break;
            case EntryKind.Null:
                writer.WriteByte(Lib0Tag.Null);
                break;
            case EntryKind.False:
                writer.WriteByte(Lib0Tag.False);
                break;
            case EntryKind.True:
                writer.WriteByte(Lib0Tag.True);
                break;
            case EntryKind.Integer:
                writer.WriteByte(Lib0Tag.Integer);
                writer.WriteVarInt(entry.Value == Entry.NegativeZero ? 0 : (ulong)Math.Abs(entry.Value), entry.Value < 0);
                break;
            case EntryKind.Float32:
                writer.WriteByte(Lib0Tag.Float32);
                Span<byte> bits = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(bits, (int)entry.Value);
                writer.WriteBytes(bits);
                break;
            case EntryKind.Float64:
                writer.WriteByte(Lib0Tag.Float64);
                writer.WriteBigInt64(entry.Value);
                break;
            case EntryKind.BigInt:
                writer.WriteByte(Lib0Tag.BigInt);
                writer.WriteBigInt64(entry.Value);
                break;
            default:
                throw new InvalidOperationException($"A struct of kind {entry.Kind} holds no values.");
        }
    }

    /// <summary>Stores a value that somebody sets.</summary>
    public long StoreValue(in YValue value, out EntryKind kind)
    {
        if (value.TryGetBinary(out var binary))
        {
            kind = EntryKind.Binary;
            return Entry.LongValue(Contents.Add(binary.Span), 0);
        }

        _scratch.Clear();
        value.WriteAny(_scratch);
        kind = EntryKind.Any;
        return StoreValues(ref kind, _scratch.Written, 1);
    }

    /// <summary>Values as an entry holds them: a single small one inline, others in the content store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long StoreValues(ref EntryKind kind, ReadOnlySpan<byte> values, uint length)
    {
        if (length == 1 && kind == EntryKind.Any)
        {
            var reader = new Lib0Reader(values);
            switch (reader.ReadByte())
            {
                case Lib0Tag.Integer:
                    kind = EntryKind.Integer;
                    var magnitude = (long)reader.ReadVarInt(out var negative);
                    return !negative ? magnitude : magnitude == 0 ? Entry.NegativeZero : -magnitude;
                case Lib0Tag.True:
                    kind = EntryKind.True;
                    return 0;
                case Lib0Tag.False:
                    kind = EntryKind.False;
                    return 0;
                case Lib0Tag.Null:
                    kind = EntryKind.Null;
                    return 0;
                case Lib0Tag.Undefined:
                    kind = EntryKind.Undefined;
                    return 0;
                case Lib0Tag.Float32:
                    kind = EntryKind.Float32;
                    return BinaryPrimitives.ReadInt32BigEndian(reader.ReadBytes(4)); // bits, so that no NaN changes
                case Lib0Tag.Float64:
                    kind = EntryKind.Float64;
                    return reader.ReadBigInt64();
                case Lib0Tag.BigInt:
                    kind = EntryKind.BigInt;
                    return reader.ReadBigInt64();
            }
        }

        return Entry.LongValue(Contents.Add(values), length);
    }

    private uint StoreString(ReadOnlySpan<byte> text, uint offset)
    {
        if (offset == 0)
        {
            return Contents.Add(text);
        }

        var start = Utf8Text.OffsetOfUnit(text, offset, out var insidePair);
        return insidePair ? Contents.Add(ReplacementCharacter, text[start..]) : Contents.Add(text[start..]);
    }
}
