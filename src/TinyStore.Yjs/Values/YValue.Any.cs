using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

// The value as lib0 writes it.
public readonly partial struct YValue
{
    private const double LargestInteger = int.MaxValue;

    /// <summary>Writes the value as lib0's "any". A shared type or a subdocument cannot be written so.</summary>
    internal void WriteAny(Lib0Writer writer)
    {
        switch (_kind)
        {
            case YValueKind.Undefined:
                writer.WriteByte(Lib0Tag.Undefined);
                break;
            case YValueKind.Null:
                writer.WriteByte(Lib0Tag.Null);
                break;
            case YValueKind.Boolean:
                writer.WriteByte(_bits != 0 ? Lib0Tag.True : Lib0Tag.False);
                break;
            case YValueKind.Number:
                WriteNumber(writer, BitConverter.Int64BitsToDouble(_bits));
                break;
            case YValueKind.BigInt:
                writer.WriteByte(Lib0Tag.BigInt);
                writer.WriteBigInt64(_bits);
                break;
            case YValueKind.String:
                writer.WriteByte(Lib0Tag.String);
                writer.WriteVarString((string)_data!);
                break;
            case YValueKind.Binary:
                writer.WriteByte(Lib0Tag.Binary);
                writer.WriteVarBytes(Bytes);
                break;
            case YValueKind.Object or YValueKind.Array:
                writer.WriteBytes(Bytes);
                break;
            default:
                throw new InvalidOperationException($"A value of kind {_kind} lives in a document by its own struct and cannot be part of another value.");
        }
    }

    /// <summary>
    /// A whole number of at most 31 bits as an integer (-0 too), else 32 bits where they hold it exactly, else 64.
    /// </summary>
    internal static void WriteNumber(Lib0Writer writer, double value)
    {
        if (Math.Abs(value) <= LargestInteger && Math.Truncate(value) == value)
        {
            writer.WriteByte(Lib0Tag.Integer);
            writer.WriteVarInt((ulong)Math.Abs(value), double.IsNegative(value));
        }
        else if ((float)value == value)
        {
            writer.WriteByte(Lib0Tag.Float32);
            writer.WriteFloat32((float)value);
        }
        else
        {
            writer.WriteByte(Lib0Tag.Float64);
            if (double.IsNaN(value))
            {
                writer.WriteBigInt64(0x7FF8_0000_0000_0000); // JavaScript's NaN; .NET's has the sign bit
            }
            else
            {
                writer.WriteFloat64(value);
            }
        }
    }

    /// <summary>Reads one "any" value and copies what it needs.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    internal static YValue ReadAny(ref Lib0Reader reader)
    {
        var start = reader.Position;
        var tag = reader.ReadByte();
        switch (tag)
        {
            case Lib0Tag.Undefined:
                return Undefined;
            case Lib0Tag.Null:
                return Null;
            case Lib0Tag.False:
                return false;
            case Lib0Tag.True:
                return true;
            case Lib0Tag.Integer:
                var magnitude = (double)reader.ReadVarInt(out var negative);
                return negative ? -magnitude : magnitude;
            case Lib0Tag.Float32:
                return (double)reader.ReadFloat32();
            case Lib0Tag.Float64:
                return reader.ReadFloat64();
            case Lib0Tag.BigInt:
                return FromBigInt(reader.ReadBigInt64());
            case Lib0Tag.String:
                return reader.ReadVarString();
            case Lib0Tag.Binary:
                return FromBinary(reader.ReadVarBytes());
            default:
                reader.Position = start;
                Lib0Any.Validate(ref reader);
                return new YValue(tag == Lib0Tag.Object ? YValueKind.Object : YValueKind.Array, reader.Slice(start, reader.Position).ToArray());
        }
    }

    /// <summary>The kind of value that a tag announces.</summary>
    internal static YValueKind KindOf(byte tag) => tag switch
    {
        Lib0Tag.Null => YValueKind.Null,
        Lib0Tag.True or Lib0Tag.False => YValueKind.Boolean,
        Lib0Tag.Integer or Lib0Tag.Float32 or Lib0Tag.Float64 => YValueKind.Number,
        Lib0Tag.BigInt => YValueKind.BigInt,
        Lib0Tag.String => YValueKind.String,
        Lib0Tag.Binary => YValueKind.Binary,
        Lib0Tag.Object => YValueKind.Object,
        Lib0Tag.Array => YValueKind.Array,
        _ => YValueKind.Undefined,
    };

    /// <summary>Checks one "any" value and moves past it.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed, or nest deeper than <paramref name="depth"/>.</exception>
    internal static void SkipAny(ref Lib0Reader reader, int depth = DecoderLimits.MaxDepth) => Lib0Any.Skip(ref reader, validate: true, depth);

    /// <summary>A subdocument from its guid and options as an update holds them.</summary>
    internal static YValue FromDocContent(ReadOnlySpan<byte> guidAndOptions) => new(YValueKind.Doc, guidAndOptions.ToArray());
}
