using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>
/// Cells and what is made of them, as the protocol writes them: JSON, with <c>{"$": "undefined"}</c>, <c>{"$": "NaN"}</c> and
/// the like for what JSON lacks.
/// </summary>
internal static class CellJson
{
    public static CellValue Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => default,
        JsonValueKind.Null => CellValue.Null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => JsonStrings.Read(value),
        _ when TryReadSpecial(value, out var special) => special,
        _ => CellValue.FromJson(value.GetRawText()),
    };

    /// <summary>Whether it is <c>{"$": "undefined"}</c>.</summary>
    public static bool IsUndefined(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined || (TryReadSpecial(value, out var special) && special.Kind == CellKind.Undefined);

    public static void Write(Utf8JsonWriter writer, CellValue? value)
    {
        if (value is not { } cell || cell.Kind == CellKind.Undefined)
        {
            WriteSpecial(writer, "undefined");
        }
        else if (cell.TryGetDouble(out var number) && (!double.IsFinite(number) || (number == 0 && double.IsNegative(number))))
        {
            WriteSpecial(writer, number == 0 ? "-0" : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
        else
        {
            writer.WriteRawValue(cell.ToJson(), skipInputValidation: true);
        }
    }

    public static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, CellValue>> cells)
    {
        writer.WriteStartObject();
        foreach (var (id, cell) in cells)
        {
            writer.WritePropertyName(id);
            Write(writer, cell);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Table table)
    {
        writer.WriteStartObject();
        foreach (var (id, row) in table)
        {
            writer.WritePropertyName(id);
            Write(writer, row);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Tables tables)
    {
        writer.WriteStartObject();
        foreach (var (id, table) in tables)
        {
            writer.WritePropertyName(id);
            Write(writer, table);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, StoreContent content)
    {
        writer.WriteStartArray();
        Write(writer, content.Tables);
        Write(writer, content.Values);
        writer.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter writer, IEnumerable<string> ids)
    {
        writer.WriteStartArray();
        foreach (var id in ids)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
    }

    public static void WriteSpecial(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("$", name);
        writer.WriteEndObject();
    }

    private static bool TryReadSpecial(JsonElement value, out CellValue special)
    {
        special = default;
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() != 1 || !value.TryGetProperty("$", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        switch (name.GetString())
        {
            case "undefined":
                return true;
            case "NaN":
                special = double.NaN;
                return true;
            case "Infinity":
                special = double.PositiveInfinity;
                return true;
            case "-Infinity":
                special = double.NegativeInfinity;
                return true;
            case "-0":
                special = -0.0;
                return true;
            default:
                throw new OracleRequestException($"There is no special value {name.GetRawText()}.");
        }
    }
}
