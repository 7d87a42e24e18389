using System.Globalization;
using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>
/// The properties of a JSON object in the order in which JavaScript enumerates them: array indexes first, by number, then the
/// others as they came; of equal names the last value at the first one's place. The order of ids in a store follows from it.
/// </summary>
internal static class JavaScriptObject
{
    public static IEnumerable<KeyValuePair<string, JsonElement>> Properties(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var properties = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        return properties
            .OrderBy(property => ArrayIndex(property.Key) ?? uint.MaxValue);
    }

    private static uint? ArrayIndex(string name) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index != uint.MaxValue &&
        index.ToString(CultureInfo.InvariantCulture) == name
            ? index
            : null;
}
