using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Lib0;

/// <summary>The tag bytes of lib0's self-describing "any" values.</summary>
internal static class Lib0Tag
{
    public const byte Binary = 116;
    public const byte Array = 117;
    public const byte Object = 118;
    public const byte String = 119;
    public const byte True = 120;
    public const byte False = 121;
    public const byte BigInt = 122;
    public const byte Float64 = 123;
    public const byte Float32 = 124;
    public const byte Integer = 125;
    public const byte Null = 126;
    public const byte Undefined = 127;
}

/// <summary>Moves a reader over one "any" value.</summary>
internal static class Lib0Any
{
    /// <summary>Checks one value with everything in it: tags, bounds, counts, UTF-8 and depth.</summary>
    public static void Validate(ref Lib0Reader reader) => Skip(ref reader, validate: true, DecoderLimits.MaxDepth);

    /// <summary>Moves over one value of bytes that <see cref="Validate"/> has passed before.</summary>
    public static void Skip(ref Lib0Reader reader) => Skip(ref reader, validate: false, DecoderLimits.MaxDepth);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Skip(ref Lib0Reader reader, bool validate, int depthLeft)
    {
        var tag = reader.ReadByte();
        switch (tag)
        {
            case Lib0Tag.Integer:
                reader.ReadVarInt(out _);
                break;
            case Lib0Tag.String:
                reader.ReadVarUtf8(validate);
                break;
            case Lib0Tag.Undefined or Lib0Tag.Null or Lib0Tag.True or Lib0Tag.False:
                break;
            case Lib0Tag.Float64 or Lib0Tag.BigInt:
                reader.ReadBytes(8);
                break;
            case Lib0Tag.Float32:
                reader.ReadBytes(4);
                break;
            case Lib0Tag.Binary:
                reader.ReadVarBytes();
                break;
            case Lib0Tag.Array or Lib0Tag.Object:
                SkipContainer(ref reader, tag == Lib0Tag.Object, validate, depthLeft);
                break;
            default:
                reader.Throw($"{tag} is no tag of a value (116 to 127 are)", reader.Position - 1);
                break;
        }
    }

    private static void SkipContainer(ref Lib0Reader reader, bool isObject, bool validate, int depthLeft)
    {
        if (depthLeft == 0)
        {
            reader.Throw($"a value nests deeper than {DecoderLimits.MaxDepth} levels (DecoderLimits.MaxDepth)", reader.Position - 1);
        }

        for (var left = reader.ReadCount(isObject ? 2 : 1); left > 0; left--)
        {
            if (isObject)
            {
                reader.ReadVarUtf8(validate);
            }

            Skip(ref reader, validate, depthLeft - 1);
        }
    }
}
