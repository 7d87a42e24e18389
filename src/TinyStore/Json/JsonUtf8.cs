using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace TinyStore;

/// <summary>Turns JSON text into the UTF-8 that System.Text.Json reads, without losing lone surrogates.</summary>
internal static class JsonUtf8
{
    /// <summary>How many bytes <see cref="FromUtf16"/> needs at most.</summary>
    public static int MaxBytes(ReadOnlySpan<char> json)
    {
        var bytes = Encoding.UTF8.GetByteCount(json);
        // A lone surrogate was counted as a replacement character of three bytes, and its escape has six.
        return Ascii.IsValid(json) ? bytes : checked(bytes * 2);
    }

    public static int FromUtf16(ReadOnlySpan<char> json, Span<byte> utf8)
    {
        var total = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(json, utf8[total..], out var read, out var written, replaceInvalidSequences: false);
            total += written;
            if (status != OperationStatus.InvalidData)
            {
                return total;
            }
            // Inside a string, where alone it can be valid, the escape means the same.
            "\\u"u8.CopyTo(utf8[total..]);
            ((int)json[read]).TryFormat(utf8[(total + 2)..], out _, "x4");
            total += 6;
            json = json[(read + 1)..];
        }
    }

    /// <summary>The UTF-8 of JSON text that has no lone surrogates, because whoever wrote it escaped them.</summary>
    public static void Write(ReadOnlySpan<char> json, IBufferWriter<byte> output)
    {
        while (!json.IsEmpty)
        {
            var part = json.Length > 16384 ? json[..(char.IsHighSurrogate(json[16383]) ? 16383 : 16384)] : json;
            Utf8.FromUtf16(part, output.GetSpan(part.Length * 3), out var read, out var written);
            output.Advance(written);
            json = json[read..];
        }
    }
}
