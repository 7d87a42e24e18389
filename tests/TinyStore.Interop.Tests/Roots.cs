using System.Text.Json.Nodes;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>Root types by the names that the oracle protocol has for them.</summary>
internal static class Roots
{
    /// <summary>The roots that <c>doc.random</c> edits.</summary>
    public static readonly (string Root, string Type)[] OfRandomEdits = [("m", "map"), ("l", "array"), ("t", "text"), ("x", "xml")];

    public static JsonNode? Json(YDoc doc, string root, string type) => Get(doc, root, type).ToJsonNode();

    public static YType Get(YDoc doc, string root, string type) => type switch
    {
        "map" => doc.GetMap(root),
        "array" => doc.GetArray(root),
        "text" => doc.GetText(root),
        _ => doc.GetXmlFragment(root),
    };
}
