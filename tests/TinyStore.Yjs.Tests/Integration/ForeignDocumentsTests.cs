using System.Text.Json;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>
/// Documents that yjs 14 and ywasm wrote, recorded in interop/fixtures/foreign-documents.json by the script beside it: read in
/// both formats and written again with the bytes that yjs 13 has after the same input.
/// </summary>
public class ForeignDocumentsTests
{
    private static readonly JsonElement Recording = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "foreign-documents.json"))).RootElement;

    public static TheoryData<string, bool> Documents
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var document in Recording.GetProperty("documents").EnumerateArray())
            {
                data.Add(Name(document), false);
                data.Add(Name(document), true);
            }

            return data;
        }
    }

    [Fact]
    public void Recording_IsOfTheVersionsThatCount()
    {
        var versions = Recording.GetProperty("versions");
        Assert.Equal(["14.0.0-rc.7", "0.18.3", "13.6.33"], new[] { "@y/y", "ywasm", "yjs" }.Select(name => versions.GetProperty(name).GetString()));
        Assert.Equal(2, Recording.GetProperty("documents").EnumerateArray().Count(document => document.TryGetProperty("missing", out _)));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_IsReadAndWrittenAsYjs13Does(string name, bool isV2)
    {
        var document = Find(name);
        var expected = document.GetProperty(isV2 ? "yjs13V2" : "yjs13");
        var doc = Read(document, isV2);
        Assert.Equal(expected.GetProperty("pending").GetBoolean(), doc.HasPending);
        Assert.Equal(expected.GetProperty("state").GetString(), Hex.Text(doc.EncodeStateAsUpdate()));
        Assert.Equal(expected.GetProperty("stateV2").GetString(), Hex.Text(doc.EncodeStateAsUpdateV2()));
        Assert.Equal(expected.GetProperty("stateVector").GetString(), Hex.Text(doc.EncodeStateVector()));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_ShowsItsContent_OnceNothingIsMissing(string name, bool isV2)
    {
        var document = Find(name);
        var doc = Read(document, isV2);
        if (!document.TryGetProperty("missing", out var missing))
        {
            JsonContent.AssertEqual(document.GetProperty("content").GetRawText(), Json(doc.GetMap("m")));
            return;
        }

        // What yjs 14 shows around a hole waits here, as it does in yjs 13, until the hole is filled.
        Assert.True(doc.HasPending);
        doc.ApplyUpdate(Hex.Bytes(missing.GetString()!));
        Assert.False(doc.HasPending);
        JsonContent.AssertEqual("""{"a":1,"b":2,"c":3}""", doc.GetMap("m").ToJson());
    }

    // T16: a client that begins with a hole makes yjs 13 park all of it.
    [Theory]
    [MemberData(nameof(Documents))]
    public void NoClientIsEverWrittenWithAHoleFirst(string name, bool isV2)
    {
        var doc = Read(Find(name), isV2);
        var other = new YDoc();
        other.GetMap("m").Set("b", 1);
        doc.ApplyUpdate(other.EncodeStateAsUpdate());
        foreach (var update in new[] { doc.EncodeStateAsUpdate(), YUpdate.ConvertV2ToV1(doc.EncodeStateAsUpdateV2()), YUpdate.Merge([doc.EncodeStateAsUpdate(), other.EncodeStateAsUpdate()]) })
        {
            var outline = new YUpdateOutline();
            outline.Scan(update);
            foreach (var group in outline.Groups)
            {
                var reader = new YStructReader(update, group);
                Assert.True(reader.NextStruct());
                Assert.NotEqual(YContentKind.Skip, reader.Current.Kind);
            }
        }
    }

    /// <summary>A map as JSON, in which the types of yjs 14, which yjs 13 takes for fragments, are shown as the maps they are.</summary>
    private static string Json(YMap map) => "{" + string.Join(",", map.Select(entry =>
        JsonSerializer.Serialize(entry.Key) + ":" + (entry.Value.AsType is YXmlFragment fragment ? Json(fragment.AsMap()) : entry.Value.AsType?.ToJson() ?? entry.Value.ToJson()))) + "}";

    private static string Name(JsonElement document) => $"{document.GetProperty("library").GetString()}: {document.GetProperty("name").GetString()}";

    private static JsonElement Find(string name) => Recording.GetProperty("documents").EnumerateArray().Single(document => Name(document) == name);

    private static YDoc Read(JsonElement document, bool isV2)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        if (isV2)
        {
            doc.ApplyUpdateV2(Hex.Bytes(document.GetProperty("stateV2").GetString()!));
        }
        else
        {
            doc.ApplyUpdate(Hex.Bytes(document.GetProperty("state").GetString()!));
        }

        return doc;
    }
}
