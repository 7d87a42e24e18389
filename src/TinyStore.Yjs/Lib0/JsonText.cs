using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace TinyStore.Yjs.Lib0;

/// <summary>JSON text as JavaScript's JSON.parse accepts it, with a bounded depth.</summary>
internal static class JsonText
{
    public static readonly JsonReaderOptions Options = new() { MaxDepth = DecoderLimits.MaxDepth };

    public static bool TryValidate(ReadOnlySpan<byte> utf8, [NotNullWhen(false)] out string? error)
    {
        // Format values are nearly always one of these.
        if (utf8.SequenceEqual("null"u8) || utf8.SequenceEqual("true"u8) || utf8.SequenceEqual("{}"u8))
        {
            error = null;
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            while (reader.Read())
            {
            }

            error = null;
            return true;
        }
        catch (JsonException e)
        {
            error = e.Message;
            return false;
        }
    }
}
