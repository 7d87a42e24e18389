using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

// From stored structs to what users see.
public sealed partial class YDoc
{
    /// <summary>A handle of a type.</summary>
    internal YType HandleOf(int type) => Store.Types[type].Kind switch
    {
        YTypeKind.Map or YTypeKind.XmlHook => new YMap(this, type),
        YTypeKind.Text => new YText(this, type),
        YTypeKind.XmlText => new YXmlText(this, type),
        YTypeKind.XmlElement => new YXmlElement(this, type),
        YTypeKind.XmlFragment => new YXmlFragment(this, type),
        _ => new YArray(this, type),
    };

    /// <summary>The value of a map item: its last element.</summary>
    internal YValue ReadLast(int handle) => ReadElement(handle, Store.Entries[handle].Length - 1);

    /// <summary>What <see cref="ReadLast"/> returns, found without decoding more than a tag.</summary>
    internal YValueKind KindOfLast(int handle)
    {
        ref var entry = ref Store.Entries[handle];
        switch (entry.Kind)
        {
            case EntryKind.Integer or EntryKind.Float32 or EntryKind.Float64:
                return YValueKind.Number;
            case EntryKind.True or EntryKind.False:
                return YValueKind.Boolean;
            case EntryKind.Null:
                return YValueKind.Null;
            case EntryKind.BigInt:
                return YValueKind.BigInt;
            case EntryKind.String:
                return YValueKind.String;
            case EntryKind.Binary:
                return YValueKind.Binary;
            case EntryKind.Doc:
                return YValueKind.Doc;
            case EntryKind.Type:
                return YValueKind.Type;
            case EntryKind.Any:
                var values = new Lib0Reader(Store.Contents[entry.Address]);
                for (var left = entry.Length - 1; left > 0; left--)
                {
                    Lib0Any.Skip(ref values);
                }

                return YValue.KindOf(values.ReadByte());
            case EntryKind.Json or EntryKind.Embed:
                return ReadLast(handle).Kind;
            default:
                return YValueKind.Undefined;
        }
    }

    /// <summary>One element of an item; <see cref="YValue.Undefined"/> once the content was collected.</summary>
    internal YValue ReadElement(int handle, uint index)
    {
        ref var entry = ref Store.Entries[handle];
        switch (entry.Kind)
        {
            case EntryKind.Integer:
                return entry.Value == Entry.NegativeZero ? -0.0 : (double)entry.Value;
            case EntryKind.Float64:
                return BitConverter.Int64BitsToDouble(entry.Value);
            case EntryKind.Float32:
                return (double)BitConverter.Int32BitsToSingle((int)entry.Value);
            case EntryKind.True:
                return true;
            case EntryKind.False:
                return false;
            case EntryKind.Null:
                return YValue.Null;
            case EntryKind.BigInt:
                return YValue.FromBigInt(entry.Value);
            case EntryKind.Type:
                return new YValue(HandleOf((int)entry.Value));
            case EntryKind.Any:
                var values = new Lib0Reader(Store.Contents[entry.Address]);
                for (; index > 0; index--)
                {
                    Lib0Any.Skip(ref values);
                }

                return YValue.ReadAny(ref values);
            case EntryKind.Json:
                var texts = new Lib0Reader(Store.Contents[entry.Address]);
                for (; index > 0; index--)
                {
                    texts.ReadVarBytes();
                }

                return ReadJson(texts.ReadVarBytes());
            case EntryKind.String:
                return System.Text.Encoding.UTF8.GetString(Store.Contents[entry.Address]).Substring((int)index, 1);
            case EntryKind.Binary:
                return YValue.FromBinary(Store.Contents[entry.Address]);
            case EntryKind.Embed:
                return ReadHeld(entry, Store.Contents[entry.Address]);
            case EntryKind.Doc:
                return YValue.FromDocContent(Store.Contents[entry.Address]);
            default:
                return YValue.Undefined;
        }
    }

    /// <summary>The key and the value of a format.</summary>
    internal (string Key, YValue Value) ReadFormat(int handle)
    {
        ref var entry = ref Store.Entries[handle];
        var reader = new Lib0Reader(Store.Contents[entry.Address]);
        var key = reader.ReadVarString();
        return (key, ReadHeld(entry, entry.HoldsAny ? reader.Rest : reader.ReadVarBytes()));
    }

    private static YValue ReadHeld(in Entry entry, ReadOnlySpan<byte> value)
    {
        if (!entry.HoldsAny)
        {
            return ReadJson(value);
        }

        var reader = new Lib0Reader(value);
        return YValue.ReadAny(ref reader);
    }

    private static YValue ReadJson(ReadOnlySpan<byte> text) => text.SequenceEqual("undefined"u8) ? YValue.Undefined : YValue.FromJsonUtf8(text);
}
