using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyStore.Yjs;

// The value as System.Text.Json has it. Nothing here reflects.
public readonly partial struct YValue
{
    /// <summary>
    /// A copy of the value as a JSON node; null for <see cref="Null"/>. What JSON cannot hold is written as in
    /// <see cref="ToJson"/>, and of equal keys the last counts.
    /// </summary>
    public JsonNode? ToJsonNode() => NodeFromText(ToJson());

    /// <summary>
    /// A value from a JSON node: null becomes <see cref="Null"/>. The objects that <see cref="ToJson"/> writes for what JSON
    /// cannot hold have no special meaning here: they become objects.
    /// </summary>
    /// <exception cref="ArgumentException">The node cannot be written as JSON, or nests deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    public static YValue FromJsonNode(JsonNode? node)
    {
        if (node is null)
        {
            return Null;
        }

        using var buffer = new MemoryStream();
        try
        {
            using (var writer = new Utf8JsonWriter(buffer))
            {
                node.WriteTo(writer);
            }

            return FromJsonUtf8(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new ArgumentException($"The JSON node cannot be a value: {e.Message}", nameof(node), e);
        }
    }

    /// <summary>A value from a JSON element, with the rules of <see cref="FromJsonNode"/>.</summary>
    /// <exception cref="ArgumentException">The element is undefined, or nests deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    public static YValue FromJsonElement(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            throw new ArgumentException("The JSON element is undefined: it was never read from a document.", nameof(element));
        }

        try
        {
            return FromJsonUtf8(JsonMarshal.GetRawUtf8Value(element));
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The JSON element cannot be a value: {e.Message}", nameof(element), e);
        }
    }

    internal static JsonNode? NodeFromText(string json)
    {
        // Numbers that come from text can be read as any .NET type that holds them.
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = int.MaxValue });
        return NodeFrom(document.RootElement);
    }

    private static JsonNode? NodeFrom(JsonElement element)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                var array = new JsonArray();
                foreach (var item in element.EnumerateArray())
                {
                    array.Add(NodeFrom(item));
                }

                return array;
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    result[property.Name] = NodeFrom(property.Value);
                }

                return result;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
