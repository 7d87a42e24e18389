using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyStore.Yjs.Tests.Structs;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>
/// Documents of the real yjs, recorded in interop/fixtures/yjs-documents.json by the script beside it: after each update or
/// local change the bytes of state, state vector, snapshot and emitted updates and the events must be those of yjs.
/// </summary>
public class YjsDocumentRecordingTests
{
    private static readonly JsonElement Recording = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "yjs-documents.json"))).RootElement;

    public static IEnumerable<TheoryDataRow<int>> Programs => Recording.GetProperty("cases").EnumerateArray().Select((_, index) => new TheoryDataRow<int>(index));

    [Fact]
    public void Recording_IsOfTheVersionWeConformTo()
    {
        Assert.Equal("yjs 13.6.33", Recording.GetProperty("madeWith").GetString());
        var steps = Recording.GetProperty("cases").EnumerateArray().SelectMany(entry => entry.GetProperty("steps").EnumerateArray()).ToList();
        Assert.True(steps.Count(step => step.TryGetProperty("apply", out _)) > 500);
        Assert.True(steps.Count(step => step.TryGetProperty("change", out _)) > 50);
        Assert.True(steps.Count(step => step.TryGetProperty("diff", out _)) > 50);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Document_IsThatOfYjsAfterEachStep(int index)
    {
        var recorded = Recording.GetProperty("cases")[index];
        var doc = new YDoc(new YDocOptions { ClientId = ulong.Parse(recorded.GetProperty("client").GetString()!), Gc = recorded.GetProperty("gc").GetBoolean() });
        List<string> emitted = [], events = [];
        doc.ObserveUpdates(e => emitted.Add(Hex.Text(e.Update.Span)));
        foreach (var root in recorded.GetProperty("roots").EnumerateArray())
        {
            Observe(doc, root.GetString()!, events);
        }

        var number = 0;
        foreach (var step in recorded.GetProperty("steps").EnumerateArray())
        {
            var seen = Play(doc, step, emitted, events);
            Assert.True(step.GetProperty("hash").GetString() == Hash(seen), $"step {number} of program {recorded.GetProperty("program")} differs:\n{seen}");
            number++;
        }

        StoreIntegrity.Check(doc);
        var json = recorded.GetProperty("json");
        JsonContent.AssertEqual(json.GetProperty("m").GetRawText(), doc.GetMap("m").ToJson());
        JsonContent.AssertEqual(json.GetProperty("a").GetRawText(), doc.GetArray("a").ToJson());
        Assert.Equal(json.GetProperty("t").GetString(), doc.GetText("t").ToString());
        Assert.Equal(json.GetProperty("length").GetInt32(), doc.GetText("t").Length);
        Assert.Equal(json.GetProperty("x").GetString(), doc.GetXmlFragment("x").ToString());
    }

    private static string Play(YDoc doc, JsonElement step, List<string> emitted, List<string> events)
    {
        if (step.TryGetProperty("diff", out var vector))
        {
            return Hex.Text(doc.EncodeStateAsUpdate(vector.GetBytesFromBase64()));
        }

        if (step.TryGetProperty("apply", out var update))
        {
            doc.ApplyUpdate(update.GetBytesFromBase64(), "remote");
        }
        else
        {
            Change(doc.GetMap("m"), step.GetProperty("change"));
        }

        string[] state = [Hex.Text(doc.EncodeStateAsUpdate()), Hex.Text(doc.EncodeStateVector()), Hex.Text(doc.EncodeSnapshot()), doc.HasPending ? "true" : "false"];
        var seen = string.Join('\n', [.. state, .. emitted, .. events]);
        emitted.Clear();
        events.Clear();
        return seen;
    }

    private static void Change(YMap map, JsonElement change)
    {
        var key = change[1].GetString()!;
        switch (change[0].GetString())
        {
            case "set":
                map.Set(key, YValue.FromJson(change[2].GetRawText()));
                break;
            case "map":
                map.SetMap(key);
                break;
            default:
                map.Delete(key);
                break;
        }
    }

    private static void Observe(YDoc doc, string root, List<string> events)
    {
        YType type;
        switch (root)
        {
            case "m":
                type = doc.GetMap(root);
                doc.GetMap(root).Observe(e => events.Add($"{root}! {Describe(e)}"));
                break;
            case "a":
                type = doc.GetArray(root);
                doc.GetArray(root).Observe(e => events.Add($"{root}! {Describe(e)}"));
                break;
            case "t":
                type = doc.GetText(root);
                doc.GetText(root).Observe(e => events.Add($"{root}! {Describe(e)}"));
                break;
            default:
                type = doc.GetXmlFragment(root);
                doc.GetXmlFragment(root).Observe(e => events.Add($"{root}! {Describe(e)}"));
                break;
        }

        type.ObserveDeep(list => events.Add($"{root} {string.Join(" & ", list.Select(Describe))}"));
    }

    private static string Describe(YEvent e)
    {
        var path = "/" + string.Join('/', e.Path);
        var list = e.IsListChanged ? "true" : "false";
        return e switch
        {
            YMapEvent map => $"{path}|{string.Join(',', map.KeysChanged)}|{string.Join(';', map.Keys.Select(change => $"{change.Key}:{change.Value.Action.ToString().ToLowerInvariant()}:{OldValue(change.Value)}"))}",
            YTextEvent text => $"{path}|text {list} {string.Join(',', text.KeysChanged)}",
            YXmlEvent xml => $"{path}|xml {list} {string.Join(',', xml.AttributesChanged)}",
            _ => $"{path}|array",
        };
    }

    private static string OldValue(YKeyChange change) => change.Action == YKeyAction.Add ? ""
        : change.OldValue.Kind == YValueKind.Type ? "<type>"
        : change.OldValue.ToJson();

    private static string Hash(string seen) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seen)))[..16];
}
