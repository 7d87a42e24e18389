using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TinyStore.Yjs.Lib0;

/// <summary>JSON text as JavaScript's JSON.parse accepts it and JSON.stringify writes it, with a bounded depth.</summary>
internal static class JsonText
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = DecoderLimits.MaxDepth };

    public static bool TryValidate(ReadOnlySpan<byte> utf8, [NotNullWhen(false)] out string? error)
    {
        error = null;
        // Format values are nearly always one of these.
        if (utf8.SequenceEqual("null"u8) || utf8.SequenceEqual("true"u8) || utf8.SequenceEqual("{}"u8))
        {
            return true;
        }

        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            error = reader.CurrentDepth >= DecoderLimits.MaxDepth - 1 ? $"{e.Message} (DecoderLimits.MaxDepth)" : e.Message;
        }

        return error is null;
    }

    /// <summary>Writes what JSON text stands for as a lib0 value.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static void WriteAny(ReadOnlySpan<byte> utf8, Lib0Writer writer)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        reader.Read();
        WriteAny(ref reader, writer);
        reader.Read(); // nothing may follow
    }

    /// <summary>Writes a lib0 value as a varString of JSON text.</summary>
    public static void WriteJson(ReadOnlySpan<byte> any, Lib0Writer writer)
    {
        var value = new Lib0Reader(any);
        var json = new StringBuilder();
        AppendAny(json, ref value);
        writer.WriteVarString(json.ToString()); // in one piece: a chunk may end inside a surrogate pair
    }

    /// <summary>Appends text in quotes, escaped as JSON.stringify does: only what must be, and unpaired surrogates.</summary>
    public static void AppendString(StringBuilder output, ReadOnlySpan<char> text)
    {
        output.Append('"');
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ' ' && c is not ('"' or '\\') && !char.IsSurrogate(c))
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            output.Append(text[plain..i]);
            AppendEscaped(output, c);
            plain = i + 1;
        }

        output.Append(text[plain..]).Append('"');
    }

    /// <summary>
    /// Appends a lib0 value as JSON.stringify writes it: properties without a value are left out, other things that JSON lacks
    /// become null, bytes an object of numbers. (A bigint, which JSON.stringify refuses, becomes a number.)
    /// </summary>
    public static void AppendAny(StringBuilder output, ref Lib0Reader reader)
    {
        var start = reader.Position;
        switch (reader.ReadByte())
        {
            case Lib0Tag.Array:
                output.Append('[');
                for (int count = reader.ReadCount(), i = 0; i < count; i++)
                {
                    output.Append(i == 0 ? "" : ",");
                    AppendAny(output, ref reader);
                }

                output.Append(']');
                break;
            case Lib0Tag.Object:
                AppendProperties(output, ref reader);
                break;
            case Lib0Tag.Binary:
                var bytes = reader.ReadVarBytes();
                output.Append('{');
                for (var i = 0; i < bytes.Length; i++)
                {
                    output.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}\"{i}\":{bytes[i]}");
                }

                output.Append('}');
                break;
            case Lib0Tag.Undefined:
                output.Append("null");
                break;
            default:
                reader.Position = start;
                AppendScalar(output, YValue.ReadAny(ref reader));
                break;
        }
    }

    private static void AppendProperties(StringBuilder output, ref Lib0Reader reader)
    {
        output.Append('{');
        var separator = "";
        for (var left = reader.ReadCount(2); left > 0; left--)
        {
            var key = reader.ReadVarString();
            var start = reader.Position;
            if (reader.ReadByte() == Lib0Tag.Undefined)
            {
                continue;
            }

            reader.Position = start;
            output.Append(separator);
            AppendString(output, key);
            output.Append(':');
            AppendAny(output, ref reader);
            separator = ",";
        }

        output.Append('}');
    }

    private static void AppendScalar(StringBuilder output, YValue value)
    {
        if (value.TryGetDouble(out var number))
        {
            if (double.IsFinite(number))
            {
                JsNumber.Append(output, number);
            }
            else
            {
                output.Append("null");
            }
        }
        else if (value.TryGetBigInt(out var integer))
        {
            output.Append(integer);
        }
        else
        {
            value.AppendJson(output);
        }
    }

    private static void AppendEscaped(StringBuilder output, char c)
    {
        output.Append('\\');
        switch (c)
        {
            case '"' or '\\':
                output.Append(c);
                break;
            case '\b':
                output.Append('b');
                break;
            case '\f':
                output.Append('f');
                break;
            case '\n':
                output.Append('n');
                break;
            case '\r':
                output.Append('r');
                break;
            case '\t':
                output.Append('t');
                break;
            default:
                output.Append(CultureInfo.InvariantCulture, $"u{(int)c:x4}");
                break;
        }
    }

    private static void WriteAny(ref Utf8JsonReader reader, Lib0Writer writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var builder = new AnyObjectBuilder(writer);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    builder.Key(Unescape(in reader));
                    reader.Read();
                    WriteAny(ref reader, writer);
                }

                builder.End();
                break;
            case JsonTokenType.StartArray:
                writer.WriteByte(Lib0Tag.Array);
                var start = writer.Length;
                uint count = 0;
                for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
                {
                    WriteAny(ref reader, writer);
                }

                writer.InsertVarUint(start, count);
                break;
            case JsonTokenType.String:
                writer.WriteByte(Lib0Tag.String);
                writer.WriteVarString(Unescape(in reader));
                break;
            case JsonTokenType.Number:
                YValue.WriteNumber(writer, double.Parse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteByte(reader.TokenType switch
                {
                    JsonTokenType.True => Lib0Tag.True,
                    JsonTokenType.False => Lib0Tag.False,
                    _ => Lib0Tag.Null,
                });
                break;
        }
    }

    /// <summary>The text of a string or property name. Unpaired surrogates, which JavaScript may write as escapes, stay unpaired.</summary>
    private static string Unescape(in Utf8JsonReader reader)
    {
        var raw = Encoding.UTF8.GetString(reader.ValueSpan);
        if (!reader.ValueIsEscaped)
        {
            return raw;
        }

        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            var escape = raw[++i];
            if (escape == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
                continue;
            }

            text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
        }

        return text.ToString();
    }
}
