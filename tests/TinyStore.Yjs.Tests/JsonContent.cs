using System.Text.Json;

namespace TinyStore.Yjs.Tests;

/// <summary>JSON compared by content: the order of keys does not count.</summary>
internal static class JsonContent
{
    public static void AssertEqual(string expected, string actual)
    {
        using var left = JsonDocument.Parse(expected);
        using var right = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(left.RootElement, right.RootElement), $"expected {expected}\nactual   {actual}");
    }
}
