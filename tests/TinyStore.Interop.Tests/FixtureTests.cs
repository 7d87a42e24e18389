using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Recorded documents of every content kind (<c>interop/fixtures/yjs</c>, made by <c>interop/js/make-fixtures.mjs</c>): ours must
/// have the bytes and the content that yjs had. Needs no Node.
/// </summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Fixtures, "yjs");

    [Fact]
    public void Fixtures_AreThere() => Assert.True(Names.Count >= 19, $"There are {Names.Count} recorded documents.");

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_OfTheSameUpdates_IsTheOneOfYjs(string name)
    {
        var fixture = Read(name);
        using var doc = NewDoc(fixture);
        foreach (var update in fixture["updates"]!.AsArray())
        {
            doc.ApplyUpdate(Bytes(update));
        }

        Assert.Equal((bool)fixture["pending"]!, doc.HasPending);
        Convergence.AssertEqualBytes(Bytes(fixture["state"]), doc.EncodeStateAsUpdate(), "state");
        Convergence.AssertEqualBytes(Bytes(fixture["stateVector"]), doc.EncodeStateVector(), "state vector");
        Convergence.AssertEqualBytes(Bytes(fixture["snapshot"]), doc.EncodeSnapshot(), "snapshot");
        AssertContent(fixture, doc);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_LoadedAndEncoded_KeepsContentAndClocks(string name)
    {
        var fixture = Read(name);
        using var doc = NewDoc(fixture);
        doc.ApplyUpdate(Bytes(fixture["state"]));
        AssertContent(fixture, doc);

        using var again = NewDoc(fixture);
        again.ApplyUpdate(doc.EncodeStateAsUpdate());
        AssertContent(fixture, again);
        Convergence.AssertEqualBytes(doc.EncodeStateVector(), again.EncodeStateVector(), "state vector");
        Convergence.AssertEqualBytes(doc.EncodeStateAsUpdate(), again.EncodeStateAsUpdate(), "state, once more");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merge_OfAllUpdates_HasTheirEffect(string name)
    {
        var fixture = Read(name);
        using var doc = NewDoc(fixture);
        doc.ApplyUpdate(YUpdate.Merge([.. fixture["updates"]!.AsArray().Select(update => (ReadOnlyMemory<byte>)Bytes(update))]));
        Assert.Equal((bool)fixture["pending"]!, doc.HasPending);
        AssertContent(fixture, doc);
    }

    private static void AssertContent(JsonNode fixture, YDoc doc)
    {
        foreach (var root in fixture["roots"]!.AsArray())
        {
            var name = (string)root!["root"]!;
            Convergence.AssertEqual(($"yjs, {name}", root["json"]), ($"ours, {name}", Roots.Json(doc, name, (string)root["type"]!)));
        }
    }

    private static YDoc NewDoc(JsonNode fixture) => new(new YDocOptions { Gc = (bool)fixture["gc"]! });

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")))!;

    private static byte[] Bytes(JsonNode? base64) => Convert.FromBase64String((string)base64!);
}
