using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyStore.Yjs;

// Values from System.Text.Json.
public sealed partial class YMap
{
    /// <summary>Writes JSON as one value (<see cref="YValue.FromJsonNode"/>): it is replaced as a whole, where a nested map merges by keys.</summary>
    /// <exception cref="ArgumentException">The node cannot be written as JSON, or nests deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    /// <exception cref="InvalidOperationException">The map was deleted.</exception>
    public void SetJson(string key, JsonNode? value) => Set(key, YValue.FromJsonNode(value));

    /// <summary>Writes JSON as one value (<see cref="YValue.FromJsonElement"/>): it is replaced as a whole, where a nested map merges by keys.</summary>
    /// <exception cref="ArgumentException">The element is undefined, or nests deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    /// <exception cref="InvalidOperationException">The map was deleted.</exception>
    public void SetJson(string key, JsonElement value) => Set(key, YValue.FromJsonElement(value));
}
