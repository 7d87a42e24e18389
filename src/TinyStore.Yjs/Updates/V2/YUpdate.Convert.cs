using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

// Between the two formats of updates.
public static partial class YUpdate
{
    /// <summary>Writes an update in format V1 as one in format V2 with the same content.</summary>
    /// <exception cref="YUpdateFormatException">The update is malformed.</exception>
    public static byte[] ConvertV1ToV2(ReadOnlySpan<byte> update)
    {
        var outline = new YUpdateOutline();
        outline.Scan(update);
        using var writer = new Lib0Writer();
        UpdateV2Writer.Write(update, outline, keepKeyFlags: false, writer);
        return writer.ToArray();
    }

    /// <summary>
    /// Writes an update in format V2 as one in format V1 with the same content. V1 holds embedded objects and formats as JSON
    /// text, so what JSON cannot hold becomes what JavaScript's JSON.stringify makes of it.
    /// </summary>
    /// <param name="update">The update in format V2.</param>
    /// <param name="maxStructs">An update with more structs is refused; lower it for bytes of strangers.</param>
    /// <exception cref="YUpdateFormatException">The update is malformed or beyond a limit.</exception>
    public static byte[] ConvertV2ToV1(ReadOnlySpan<byte> update, int maxStructs = DecoderLimits.MaxStructs)
    {
        using var writer = new Lib0Writer(Math.Max(256, update.Length));
        UpdateV2Reader.WriteV1(update, writer, YContentFormat.Json, maxStructs);
        return writer.ToArray();
    }

    /// <summary>Turns the values of Embed and Format of a V1 update that this library wrote from JSON text into lib0 values, or back.</summary>
    internal static byte[] ConvertValues(ReadOnlySpan<byte> update, YContentFormat from, YContentFormat to)
    {
        using var v2 = new Lib0Writer();
        YUpdateV2.WriteTrusted(update, from, v2);
        using var converted = new Lib0Writer(Math.Max(256, update.Length));
        UpdateV2Reader.WriteV1(v2.Written, converted, to, int.MaxValue);
        return converted.ToArray();
    }
}
