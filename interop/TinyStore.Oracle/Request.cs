using System.Text.Json;

namespace TinyStore.Oracle;

/// <summary>The fields of one request. A field that is null counts as one that is not there.</summary>
internal readonly struct Request
{
    private const double MaxSafeInteger = 9007199254740991;
    private readonly JsonElement _json;

    public Request(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new OracleRequestException("A request is a JSON object.");
        }

        _json = json;
    }

    /// <summary>The id as the JSON text that it came in.</summary>
    public string Id => _json.TryGetProperty("id", out var id) ? id.GetRawText() : "null";

    public string Op => TryGet("op", out var op) && op.ValueKind == JsonValueKind.String ? op.GetString()! : "";

    public bool TryGet(string field, out JsonElement value) =>
        _json.TryGetProperty(field, out value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    public string String(string field) => OptionalString(field) ?? throw new OracleRequestException($"The field {field} is missing.");

    public string? OptionalString(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new OracleRequestException($"The field {field} must be a string.");
    }

    public byte[] Bytes(string field) => OptionalBytes(field) ?? throw new OracleRequestException($"The field {field} is missing.");

    public byte[]? OptionalBytes(string field) => TryGet(field, out var value) ? Base64.Read(value, field) : null;

    public bool Boolean(string field, bool otherwise)
    {
        if (!TryGet(field, out var value))
        {
            return otherwise;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new OracleRequestException($"The field {field} must be true or false.");
    }

    /// <summary>An integer from 0 to 2^53-1.</summary>
    public ulong? OptionalInteger(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= MaxSafeInteger and var number && Math.Floor(number) == number
            ? (ulong)number
            : throw new OracleRequestException($"The field {field} must be an integer from 0 to 2^53 - 1.");
    }

    /// <summary>The update format: 1 where the request does not say.</summary>
    public int Version(string field = "v") => OptionalInteger(field) switch
    {
        null or 1 => 1,
        2 => 2,
        _ => throw new OracleRequestException($"The field {field} must be 1 or 2."),
    };

    public JsonElement Array(string field) =>
        TryGet(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? value
            : throw new OracleRequestException($"The field {field} must be an array.");
}

/// <summary>A request asks for something that does not exist or cannot be.</summary>
internal sealed class OracleRequestException : Exception
{
    public OracleRequestException(string message)
        : base(message)
    {
    }
}
