using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Deep observers of every root see the events that yjs raises for the same updates: the same ones in the same order, with the
/// same paths, and the same keys, actions and old values in the same order.
/// </summary>
public sealed class EventTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Documents = 60;

    [Fact]
    public async Task Events_OfRandomDocuments_AreThoseOfYjs()
    {
        var oracle = await node.GetAsync();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var document = 0; document < Documents * RandomRuns.Times; document++)
        {
            await RunAsync(oracle, seed + document, tally);
        }

        tally.AssertMet("calls", "calls with several events", "paths through maps", "paths through lists", "add", "update", "delete", "old values that are shared types", "keys without a change", "several keys");
    }

    private static async Task RunAsync(JsonLineProcess oracle, int seed, Tally tally)
    {
        var random = new Random(seed);
        var gc = random.Next(3) != 0;
        var writers = new List<JavaScriptDoc>();
        for (var i = 0; i < 3; i++)
        {
            writers.Add(await JavaScriptDoc.CreateAsync(oracle, (ulong)random.NextInt64(1, 1L << 32), gc));
        }

        var theirs = await JavaScriptDoc.CreateAsync(oracle, gc: gc);
        using var ours = new YDoc(new YDocOptions { Gc = gc });
        await theirs.CallAsync("doc.events");
        var calls = new JsonArray();
        foreach (var (root, type) in Roots.OfRandomEdits)
        {
            Roots.Get(ours, root, type).ObserveDeep(events => calls.Add(new JsonArray([.. events.Select(e => EventOut(root, e, tally))])));
        }

        for (var round = 0; round < 8; round++)
        {
            var from = writers[random.Next(writers.Count)];
            var to = writers[random.Next(writers.Count)];
            await from.EditAtRandomAsync(random.Next(), random.Next(1, 3));
            await to.ApplyAsync(await from.EncodeAsync(await to.StateVectorAsync()));
            // Some rounds arrive together, in one transaction.
            if (random.Next(3) != 0)
            {
                await theirs.ApplyAsync(await to.EncodeAsync(ours.EncodeStateVector()));
                ours.ApplyUpdate(await to.EncodeAsync(ours.EncodeStateVector()));
            }

            Convergence.AssertEqualBytes(await theirs.EncodeAsync(), ours.EncodeStateAsUpdate(), $"seed {seed}, round {round}, state");
            var expected = await theirs.CallAsync("doc.events");
            Assert.True(JsonNode.DeepEquals(expected, calls), $"Seed {seed}, round {round}:{Environment.NewLine}yjs  {expected!.ToJsonString()}{Environment.NewLine}ours {calls.ToJsonString()}");
            tally.Add("calls", calls.Count);
            tally.Add("calls with several events", calls.Count(call => call!.AsArray().Count > 1));
            calls.Clear();
        }

        foreach (var doc in writers.Append(theirs))
        {
            await doc.FreeAsync();
        }
    }

    private static JsonObject EventOut(string root, YEvent e, Tally tally)
    {
        var path = new JsonArray();
        foreach (var step in e.Path)
        {
            path.Add(step.Key is { } key ? JsonValue.Create(key) : JsonValue.Create(step.Index));
            tally.Add(step.Key is null ? "paths through lists" : "paths through maps");
        }

        var keys = new JsonArray();
        foreach (var (key, change) in e.Keys)
        {
            var action = change.Action.ToString().ToLowerInvariant();
            keys.Add(new JsonArray(key, action, change.OldValue.ToJsonNode()));
            tally.Add(action);
            tally.Add("old values that are shared types", change.OldValue.Kind == YValueKind.Type ? 1 : 0);
        }

        tally.Add("several keys", e.Keys.Count > 1 ? 1 : 0);
        tally.Add("keys without a change", e.KeysChanged.Count > e.Keys.Count ? 1 : 0);
        return new JsonObject
        {
            ["root"] = root,
            ["path"] = path,
            ["list"] = e.IsListChanged,
            ["touched"] = new JsonArray([.. e.KeysChanged.Select(key => JsonValue.Create(key))]),
            ["keys"] = keys,
        };
    }
}
