using System.Buffers;

namespace TinyStore;

/// <summary>
/// Builds JSON text exactly as JavaScript's <c>JSON.stringify</c> writes it, which System.Text.Json cannot: only quotes,
/// backslashes, control characters and lone surrogates are escaped, with lower-case hexadecimal digits. Equality of
/// objects and arrays is equality of this text, so peers in both languages must write it the same.
/// </summary>
internal sealed class JsonText : IDisposable
{
    private static readonly SearchValues<char> ToEscape = SearchValues.Create(EscapedCharacters());

    private char[] _buffer;
    private int _length;

    public JsonText(int capacity = 256) => _buffer = Pooled.Rent<char>(capacity);

    public int Length => _length;

    public ReadOnlySpan<char> Written => _buffer.AsSpan(0, _length);

    public void Write(char c)
    {
        if (_length == _buffer.Length)
        {
            Grow(1);
        }
        _buffer[_length++] = c;
    }

    public void Write(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    public void WriteNumber(double value)
    {
        if (double.IsFinite(value))
        {
            _length += JsonNumber.Format(value, Reserve(JsonNumber.MaxLength));
        }
        else
        {
            Write("null");
        }
    }

    public void WriteString(ReadOnlySpan<char> text)
    {
        Write('"');
        while (text.IndexOfAny(ToEscape) is var at and >= 0)
        {
            Write(text[..at]);
            var c = text[at];
            if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                Write(text.Slice(at, 2));
                text = text[(at + 2)..];
                continue;
            }
            WriteEscape(c);
            text = text[(at + 1)..];
        }
        Write(text);
        Write('"');
    }

    /// <summary>Writes a cell as TinyBase's JSON does: objects and arrays as one string in their encoded form.</summary>
    public void WriteEncoded(CellValue value)
    {
        if (value.TryGetEncoded(out var encoded))
        {
            WriteString(encoded);
        }
        else
        {
            WriteScalar(value);
        }
    }

    /// <summary>Writes a cell that is neither an object nor an array.</summary>
    public void WriteScalar(CellValue value)
    {
        if (value.TryGetString(out var text))
        {
            WriteString(text);
        }
        else if (value.TryGetDouble(out var number))
        {
            WriteNumber(number);
        }
        else if (value.TryGetBoolean(out var boolean))
        {
            Write(boolean ? "true" : "false");
        }
        else
        {
            Write("null");
        }
    }

    /// <summary>Puts <paramref name="text"/> in the place of a part already written.</summary>
    public void Replace(int start, int length, ReadOnlySpan<char> text)
    {
        var grown = text.Length - length;
        if (grown > 0)
        {
            Reserve(grown);
        }
        _buffer.AsSpan(start + length, _length - start - length).CopyTo(_buffer.AsSpan(start + text.Length));
        text.CopyTo(_buffer.AsSpan(start));
        _length += grown;
    }

    public void Truncate(int length) => _length = length;

    public override string ToString() => new(_buffer, 0, _length);

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            Pooled.Return(_buffer);
        }
        _buffer = [];
        _length = 0;
    }

    private void WriteEscape(char c)
    {
        Write('\\');
        switch (c)
        {
            case '"' or '\\':
                Write(c);
                break;
            case '\b':
                Write('b');
                break;
            case '\f':
                Write('f');
                break;
            case '\n':
                Write('n');
                break;
            case '\r':
                Write('r');
                break;
            case '\t':
                Write('t');
                break;
            default:
                Write('u');
                ((int)c).TryFormat(Reserve(4), out _, "x4");
                _length += 4;
                break;
        }
    }

    private Span<char> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
        return _buffer.AsSpan(_length);
    }

    private void Grow(int count)
    {
        var grown = Pooled.Rent<char>(Math.Max(_buffer.Length * 2, _length + count));
        Written.CopyTo(grown);
        Pooled.Return(_buffer);
        _buffer = grown;
    }

    private static string EscapedCharacters() => string.Create(0x20 + 2 + 0x800, 0, static (span, _) =>
    {
        for (var i = 0; i < 0x20; i++)
        {
            span[i] = (char)i;
        }
        span[0x20] = '"';
        span[0x21] = '\\';
        for (var i = 0; i < 0x800; i++)
        {
            span[0x22 + i] = (char)(0xD800 + i);
        }
    });
}
