using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyStore.TestKit;

/// <summary>Says where two JSON values differ. The order of keys carries no meaning; numbers are compared as doubles.</summary>
public static class JsonDiff
{
    /// <summary>One line for each difference, at most <paramref name="limit"/>; empty when equal.</summary>
    public static IReadOnlyList<string> Compare(JsonNode? expected, JsonNode? actual, int limit = 20)
    {
        var differences = new List<string>();
        Compare(expected, actual, "", differences, limit);
        return differences;
    }

    /// <summary>Whether they are equal.</summary>
    public static bool AreEqual(JsonNode? expected, JsonNode? actual) => Compare(expected, actual, 1).Count == 0;

    private static void Compare(JsonNode? expected, JsonNode? actual, string path, List<string> differences, int limit)
    {
        if (differences.Count >= limit)
        {
            return;
        }

        switch (expected, actual)
        {
            case (JsonObject a, JsonObject b):
                foreach (var key in a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key)).Order(StringComparer.Ordinal))
                {
                    var inner = $"{path}/{key}";
                    if (!b.ContainsKey(key))
                    {
                        differences.Add($"{inner}: missing, expected {Short(a[key])}");
                    }
                    else if (!a.ContainsKey(key))
                    {
                        differences.Add($"{inner}: not expected, is {Short(b[key])}");
                    }
                    else
                    {
                        Compare(a[key], b[key], inner, differences, limit);
                    }
                }

                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                {
                    Compare(a[i], b[i], $"{path}/{i}", differences, limit);
                }

                break;
            default:
                if (!AreEqualScalars(expected, actual))
                {
                    differences.Add($"{(path.Length == 0 ? "/" : path)}: expected {Short(expected)}, is {Short(actual)}");
                }

                break;
        }
    }

    private static bool AreEqualScalars(JsonNode? expected, JsonNode? actual)
    {
        if (expected?.GetValueKind() == JsonValueKind.Number && actual?.GetValueKind() == JsonValueKind.Number)
        {
            return Number(expected).Equals(Number(actual));
        }

        try
        {
            return JsonNode.DeepEquals(expected, actual);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which .NET does not take as text.
            return Raw(expected) == Raw(actual);
        }
    }

    private static string Raw(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<JsonElement>(out var element) ? element.GetRawText() : node?.ToJsonString() ?? "null";

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Short(JsonNode? node)
    {
        var text = node is JsonValue ? Raw(node) : node?.ToJsonString() ?? "null";
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
