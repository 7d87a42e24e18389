using System.Text.Json;
using System.Text.Unicode;

namespace TinyStore;

/// <summary>Reads JSON as JavaScript's <c>JSON.parse</c> does: of keys that repeat, the last value counts, at the first one's
/// place; lone surrogates survive; a number too large for a double is infinite.</summary>
internal static class JsonReading
{
    internal const int MaxDepth = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public delegate T Reader<T>(ref Utf8JsonReader reader, StringCache strings);

    /// <summary>Reads one JSON text with nothing after it.</summary>
    /// <exception cref="FormatException">The text is not valid JSON.</exception>
    public static T Read<T>(ReadOnlySpan<char> json, string what, Reader<T> read)
    {
        var utf8 = Pooled.Rent<byte>(JsonUtf8.MaxBytes(json));
        try
        {
            return Read(utf8.AsSpan(0, JsonUtf8.FromUtf16(json, utf8)), what, read);
        }
        finally
        {
            Pooled.Return(utf8);
        }
    }

    /// <inheritdoc cref="Read{T}(ReadOnlySpan{char}, string, Reader{T})"/>
    public static T Read<T>(ReadOnlySpan<byte> utf8Json, string what, Reader<T> read)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            throw Errors.BadJson(what, "the bytes are not UTF-8.");
        }
        var reader = new Utf8JsonReader(utf8Json, Options);
        try
        {
            reader.Read();
            var result = read(ref reader, new StringCache(utf8Json.Length > 4096 ? 1024 : 16));
            reader.Read();
            return result;
        }
        catch (JsonException e)
        {
            throw Errors.BadJson(what, e.Message);
        }
    }

    public static CellValue ReadCell(string json) => Read(json, "of a cell", static (ref r, strings) => ReadCell(ref r, strings));

    /// <summary>Whether the text is one JSON object or array, and which.</summary>
    public static bool TryGetJsonKind(ReadOnlySpan<char> json, out CellKind kind)
    {
        kind = default;
        var at = json.TrimStart(" \t\r\n");
        if (at.IsEmpty || at[0] is not ('{' or '['))
        {
            return false;
        }
        kind = at[0] == '{' ? CellKind.Object : CellKind.Array;
        try
        {
            return Read(json, "", static (ref r, _) =>
            {
                r.Skip();
                return true;
            });
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads the value that the reader stands on, and leaves the reader on its last token.</summary>
    public static CellValue ReadCell(ref Utf8JsonReader reader, StringCache strings)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return strings.Read(ref reader);
            case JsonTokenType.Number:
                return reader.GetDouble();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Null:
                return CellValue.Null;
            default:
                var kind = reader.TokenType == JsonTokenType.StartObject ? CellKind.Object : CellKind.Array;
                using (var text = new JsonText())
                {
                    text.Write(CellValue.EncodedPrefix);
                    WriteCanonical(ref reader, text, strings);
                    return CellValue.FromValidEncoded(text.ToString(), kind);
                }
        }
    }

    /// <summary>As <see cref="ReadCell(ref Utf8JsonReader, StringCache)"/>, but a string in TinyBase's encoded form is the object
    /// or array behind it. What is reserved and is neither stays a string, which no store accepts.</summary>
    public static CellValue ReadEncodedCell(ref Utf8JsonReader reader, StringCache strings)
    {
        var cell = ReadCell(ref reader, strings);
        return cell.TryGetString(out var text) && CellValue.TryFromEncoded(text, out var decoded) ? decoded : cell;
    }

    private static void WriteCanonical(ref Utf8JsonReader reader, JsonText text, StringCache strings)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteCanonicalObject(ref reader, text, strings);
                break;
            case JsonTokenType.StartArray:
                text.Write('[');
                for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
                {
                    if (!first)
                    {
                        text.Write(',');
                    }
                    WriteCanonical(ref reader, text, strings);
                }
                text.Write(']');
                break;
            default:
                text.WriteScalar(ReadCell(ref reader, strings));
                break;
        }
    }

    private static void WriteCanonicalObject(ref Utf8JsonReader reader, JsonText text, StringCache strings)
    {
        text.Write('{');
        var members = new List<(string Key, int Start, int End)>();
        Dictionary<string, int>? indexes = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = strings.Read(ref reader);
            reader.Read();
            if (Find(key) is var repeated and >= 0)
            {
                ReplaceMember(ref reader, text, strings, members, repeated);
                continue;
            }
            if (members.Count > 0)
            {
                text.Write(',');
            }
            text.WriteString(key);
            text.Write(':');
            var start = text.Length;
            WriteCanonical(ref reader, text, strings);
            members.Add((key, start, text.Length));
            indexes?.Add(key, members.Count - 1);
        }
        text.Write('}');

        int Find(string key)
        {
            if (members.Count < 16)
            {
                return members.FindIndex(m => m.Key == key);
            }
            indexes ??= members.Select((m, i) => (m.Key, i)).ToDictionary(StringComparer.Ordinal);
            return indexes.GetValueOrDefault(key, -1);
        }
    }

    private static void ReplaceMember(ref Utf8JsonReader reader, JsonText text, StringCache strings,
        List<(string Key, int Start, int End)> members, int index)
    {
        var end = text.Length;
        WriteCanonical(ref reader, text, strings);
        var value = text.Written[end..].ToString();
        text.Truncate(end);
        var (key, start, oldEnd) = members[index];
        text.Replace(start, oldEnd - start, value);
        var grown = value.Length - (oldEnd - start);
        members[index] = (key, start, oldEnd + grown);
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Start > start)
            {
                members[i] = (members[i].Key, members[i].Start + grown, members[i].End + grown);
            }
        }
    }
}
