using System.Text.Json;

namespace TinyStore.Oracle;

/// <summary>Bytes as the protocol writes them.</summary>
internal static class Base64
{
    public static byte[] Read(JsonElement value, string what)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
        var bytes = new byte[(text?.Length ?? 0) / 4 * 3];
        // .NET ignores white space in base64; the protocol knows none.
        return text is not null && !text.AsSpan().ContainsAny(" \t\r\n") && Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : throw new OracleRequestException($"The field {what} must be base64.");
    }
}
