using System.Globalization;
using System.Text.Json;
using TinyStore.Yjs;

namespace TinyStore.Oracle.Documents;

/// <summary>Values of documents as the protocol writes them: JSON, and objects of one key for what JSON lacks.</summary>
internal static class DocValues
{
    /// <summary>Whether it is <c>{"$new": …}</c>.</summary>
    public static bool IsNewType(JsonElement value, out string? kind)
    {
        var isNew = SpecialKey(value) == "$new";
        kind = isNew ? value.GetProperty("$new").ToString() : null;
        return isNew;
    }

    public static YValue Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => YValue.Undefined,
        JsonValueKind.Null => YValue.Null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => JsonStrings.Read(value),
        JsonValueKind.Array => YValue.FromArray([.. value.EnumerateArray().Select(Read)]),
        _ => ReadObject(value),
    };

    private static YValue ReadObject(JsonElement value) => SpecialKey(value) switch
    {
        "$bytes" => YValue.FromBinary(Base64.Read(value.GetProperty("$bytes"), "$bytes")),
        "$undefined" => YValue.Undefined,
        "$bigint" => YValue.FromBigInt(BigInt(value.GetProperty("$bigint"))),
        "$" => Special(value.GetProperty("$")),
        "$new" => throw new OracleRequestException("A new type can only be a value of its own, not a part of one."),
        _ => YValue.FromObject(value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Read(property.Value)))),
    };

    private static string? SpecialKey(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string? only = null;
        foreach (var property in value.EnumerateObject())
        {
            if (only is not null && only != property.Name)
            {
                return null;
            }

            only = property.Name;
        }

        return only;
    }

    private static long BigInt(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new OracleRequestException($"$bigint must be the decimal digits of an integer of 64 bits: {value.GetRawText()}.");

    private static YValue Special(JsonElement value) => (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
    {
        "undefined" => YValue.Undefined,
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        "-0" => -0.0,
        _ => throw new OracleRequestException($"There is no special value {value.GetRawText()}."),
    };
}
