using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.StoreScripts;

/// <summary>
/// Random scripts of store calls, run by the real TinyBase and by our store: every listener call with its arguments, every
/// returned value, in the same order.
/// </summary>
public sealed class StoreScriptTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Scripts = 1_000;

    [Fact]
    public async Task Scripts_OfStoreCalls_GiveTheTranscriptOfTinyBase()
    {
        var theirs = await node.GetAsync();
        await using var ours = Oracles.StartDotNet();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var script = 0; script < Scripts * RandomRuns.Times; script++)
        {
            var steps = new ScriptGenerator(seed + script, tally).Script();
            var answers = await Task.WhenAll(SendAsync(theirs, steps), SendAsync(ours, steps));
            var differences = JsonDiff.Compare(WithJsonRead(answers[0]), WithJsonRead(answers[1]));
            Assert.True(differences.Count == 0, $"""
                Seed {seed + script}: {string.Join(Environment.NewLine, differences)}
                {steps.ToJsonString()}
                TinyBase: {answers[0]?.ToJsonString()}
                ours:     {answers[1]?.ToJsonString()}
                """);
            Count(answers[0]!, tally);
        }

        Assert.Equal(0, await ours.StopAsync());
        tally.AssertMet("transactions rolled back", "nested transactions", "listeners with wildcards", "events", "values returned", "invalid cells heard", "schemas set", "sorted row ids", "listeners that write", "listeners that threw");
    }

    private static Task<JsonNode?> SendAsync(JsonLineProcess oracle, JsonArray steps) =>
        oracle.CallAsync("store.script", new() { ["steps"] = steps.DeepClone() });

    // JavaScript writes ids that look like integers, as addRow makes them, first.
    private static JsonNode WithJsonRead(JsonNode? transcript)
    {
        var read = transcript!.DeepClone();
        foreach (var entry in read.AsArray())
        {
            if (entry!["ret"] is JsonValue value && value.TryGetValue<string>(out var text) && (text.StartsWith('{') || text.StartsWith("[{", StringComparison.Ordinal)))
            {
                entry["ret"] = JsonNode.Parse(text);
            }
        }

        return read;
    }

    private static void Count(JsonNode transcript, Tally tally)
    {
        foreach (var entry in transcript.AsArray())
        {
            var name = (string?)entry!["ev"];
            tally.Add("listeners that threw", entry["threw"] is null ? 0 : 1);
            tally.Add(name is null ? "values returned" : "events");
            tally.Add("invalid cells heard", name?.StartsWith("InvalidCell", StringComparison.Ordinal) == true ? 1 : 0);
        }
    }
}
