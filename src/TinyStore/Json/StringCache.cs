using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TinyStore;

/// <summary>Gives one instance for equal short strings that come close after one another, as ids and words in a table do.</summary>
/// <param name="size">How many strings it keeps, a power of 2.</param>
internal sealed class StringCache(int size)
{
    private const int MaxLength = 32;

    private string?[]? _recent;

    /// <summary>The string or property name that the reader stands on.</summary>
    public string Read(ref Utf8JsonReader reader)
    {
        var bytes = reader.ValueSpan;
        char[]? rented = null;
        var chars = bytes.Length <= 256
            ? stackalloc char[256]
            : rented = Pooled.Rent<char>(bytes.Length);
        var length = Encoding.UTF8.GetChars(bytes, chars);
        if (reader.ValueIsEscaped)
        {
            length = Unescape(chars[..length]);
        }
        var text = Get(chars[..length]);
        if (rented is not null)
        {
            Pooled.Return(rented);
        }
        return text;
    }

    private string Get(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
        {
            return new string(text);
        }
        _recent ??= new string?[size];
        ref var recent = ref _recent[string.GetHashCode(text) & (size - 1)];
        return recent is not null && text.SequenceEqual(recent) ? recent : recent = new string(text);
    }

    // In place: an escape is never shorter than what it stands for. The reader has checked the syntax.
    private static int Unescape(Span<char> text)
    {
        var to = 0;
        for (var from = 0; from < text.Length; from++)
        {
            var c = text[from];
            if (c == '\\')
            {
                c = text[++from] switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => (char)ushort.Parse(text.Slice(from + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                    var other => other,
                };
                if (text[from] == 'u')
                {
                    from += 4;
                }
            }
            text[to++] = c;
        }
        return to;
    }
}
