using System.Text.Json;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>What the real yjs made of updates, recorded in interop/fixtures/yjs-updates.json by the script beside it.</summary>
public class YjsRecordingTests
{
    private static readonly JsonElement Recording = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "yjs-updates.json"))).RootElement;

    public static IEnumerable<TheoryDataRow<string, int>> Cases(string op, int version) => Recording.GetProperty("cases").EnumerateArray()
        .Select((entry, index) => (entry, index))
        .Where(c => c.entry.GetProperty("op").GetString() == op && c.entry.GetProperty("v").GetInt32() == version)
        .Select(c => new TheoryDataRow<string, int>(c.entry.GetProperty("name").GetString()!, c.index));

    [Fact]
    public void Recording_IsOfTheVersionWeConformTo() => Assert.Equal("yjs 13.6.33", Recording.GetProperty("madeWith").GetString());

    [Theory]
    [MemberData(nameof(Cases), "merge", 1)]
    public void Merge_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdate.Merge(Inputs(entry)));

    [Theory]
    [MemberData(nameof(Cases), "diff", 1)]
    public void Diff_WritesTheBytesOfYjs(string name, int index) =>
        AssertOutput(name, index, entry => YUpdate.Diff(Inputs(entry)[0].Span, entry.GetProperty("sv").GetBytesFromBase64()));

    [Theory]
    [MemberData(nameof(Cases), "sv", 1)]
    public void EncodeStateVector_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdate.EncodeStateVector(Inputs(entry)[0].Span));

    [Theory]
    [MemberData(nameof(Cases), "merge", 2)]
    public void MergeV2_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdateV2.Merge(Inputs(entry)));

    [Theory]
    [MemberData(nameof(Cases), "diff", 2)]
    public void DiffV2_WritesTheBytesOfYjs(string name, int index) =>
        AssertOutput(name, index, entry => YUpdateV2.Diff(Inputs(entry)[0].Span, entry.GetProperty("sv").GetBytesFromBase64()));

    [Theory]
    [MemberData(nameof(Cases), "sv", 2)]
    public void EncodeStateVectorV2_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdateV2.EncodeStateVector(Inputs(entry)[0].Span));

    [Theory]
    [MemberData(nameof(Cases), "convert", 1)]
    public void ConvertV1ToV2_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdate.ConvertV1ToV2(Inputs(entry)[0].Span));

    [Theory]
    [MemberData(nameof(Cases), "convert", 2)]
    public void ConvertV2ToV1_WritesTheBytesOfYjs(string name, int index) => AssertOutput(name, index, entry => YUpdate.ConvertV2ToV1(Inputs(entry)[0].Span));

    [Theory]
    [MemberData(nameof(Cases), "snapshot", 1)]
    public void Snapshot_RoundTrips(string name, int index) => AssertOutput(name, index, entry => YSnapshot.Decode(Inputs(entry)[0].Span).Encode());

    private static ReadOnlyMemory<byte>[] Inputs(JsonElement entry) =>
        entry.GetProperty("in").EnumerateArray().Select(update => (ReadOnlyMemory<byte>)update.GetBytesFromBase64()).ToArray();

    private static void AssertOutput(string name, int index, Func<JsonElement, byte[]> work)
    {
        var entry = Recording.GetProperty("cases")[index];
        Assert.Equal(name, entry.GetProperty("name").GetString());
        Assert.Equal(Hex.Text(entry.GetProperty("out").GetBytesFromBase64()), Hex.Text(work(entry)));
    }
}
