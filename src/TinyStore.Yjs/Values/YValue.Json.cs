using System.Globalization;
using System.Text;
using System.Text.Json;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

// The value as JSON.
public readonly partial struct YValue
{
    /// <summary>
    /// The value as JSON text without spaces, numbers as JavaScript prints them. What JSON cannot hold is written as an object
    /// of one key: <c>{"$undefined":true}</c>, <c>{"$bigint":"1"}</c>, <c>{"$bytes":"base64"}</c>, and <c>{"$":"NaN"}</c>
    /// (also <c>Infinity</c>, <c>-Infinity</c>, <c>-0</c>).
    /// </summary>
    public string ToJson()
    {
        var output = new StringBuilder();
        AppendJson(output);
        return output.ToString();
    }

    /// <summary>Appends what <see cref="ToJson"/> returns.</summary>
    public void AppendJson(StringBuilder output)
    {
        ArgumentNullException.ThrowIfNull(output);
        switch (_kind)
        {
            case YValueKind.Undefined:
                output.Append("{\"$undefined\":true}");
                break;
            case YValueKind.Null:
                output.Append("null");
                break;
            case YValueKind.Boolean:
                output.Append(_bits != 0 ? "true" : "false");
                break;
            case YValueKind.Number:
                AppendNumber(output, BitConverter.Int64BitsToDouble(_bits));
                break;
            case YValueKind.BigInt:
                output.Append(CultureInfo.InvariantCulture, $"{{\"$bigint\":\"{_bits}\"}}");
                break;
            case YValueKind.String:
                JsonText.AppendString(output, (string)_data!);
                break;
            case YValueKind.Binary:
                output.Append("{\"$bytes\":\"").Append(Convert.ToBase64String(Bytes)).Append("\"}");
                break;
            case YValueKind.Type:
                ((IYSharedType)_data!).AppendJson(output);
                break;
            case YValueKind.Doc:
                output.Append("{}");
                break;
            default:
                var reader = new Lib0Reader(Bytes);
                AppendAnyJson(output, ref reader);
                break;
        }
    }

    /// <summary>A value from JSON text: an object, an array or a scalar.</summary>
    /// <exception cref="FormatException">The text is no JSON, or nests deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    public static YValue FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return FromJson(json.AsSpan());
    }

    /// <inheritdoc cref="FromJson(string)"/>
    public static YValue FromJson(ReadOnlySpan<char> json)
    {
        using var utf8 = new Lib0Writer(Encoding.UTF8.GetMaxByteCount(Math.Min(json.Length, 1 << 20)));
        utf8.WriteUtf8(json);
        return FromJsonUtf8(utf8.Written);
    }

    /// <inheritdoc cref="FromJson(string)"/>
    public static YValue FromJsonUtf8(ReadOnlySpan<byte> json)
    {
        using var writer = new Lib0Writer();
        try
        {
            JsonText.WriteAny(json, writer);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text is no JSON: {e.Message}", e);
        }

        var reader = new Lib0Reader(writer.Written);
        return ReadAny(ref reader);
    }

    /// <summary>Appends one "any" value as <see cref="ToJson"/> would.</summary>
    internal static void AppendAnyJson(StringBuilder output, ref Lib0Reader reader)
    {
        var start = reader.Position;
        switch (reader.ReadByte())
        {
            case Lib0Tag.Array:
                output.Append('[');
                for (int count = reader.ReadCount(), i = 0; i < count; i++)
                {
                    output.Append(i == 0 ? "" : ",");
                    AppendAnyJson(output, ref reader);
                }

                output.Append(']');
                break;
            case Lib0Tag.Object:
                output.Append('{');
                for (int count = reader.ReadCount(2), i = 0; i < count; i++)
                {
                    output.Append(i == 0 ? "" : ",");
                    JsonText.AppendString(output, reader.ReadVarString());
                    output.Append(':');
                    AppendAnyJson(output, ref reader);
                }

                output.Append('}');
                break;
            default:
                reader.Position = start;
                ReadAny(ref reader).AppendJson(output);
                break;
        }
    }

    private static void AppendNumber(StringBuilder output, double value)
    {
        if (double.IsFinite(value) && !(value == 0 && double.IsNegative(value)))
        {
            JsNumber.Append(output, value);
            return;
        }

        output.Append("{\"$\":\"");
        output.Append(value == 0 ? "-0" : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        output.Append("\"}");
    }
}
