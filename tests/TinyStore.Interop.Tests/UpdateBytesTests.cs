using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>Merge, diff and state vector of updates as bytes, against the real yjs, with every kind of content.</summary>
public sealed class UpdateBytesTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Programs = 40;

    [Fact]
    public async Task MergeDiffAndStateVector_OfRandomDocuments_AreTheBytesOfYjs()
    {
        var oracle = await node.GetAsync();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var program = 0; program < Programs * RandomRuns.Times; program++)
        {
            await RunAsync(oracle, seed + program, tally);
        }

        tally.AssertMet("merges", "merges with holes", "merges of overlapping updates", "differences", "collected structs");
    }

    private static async Task RunAsync(JsonLineProcess oracle, int seed, Tally tally)
    {
        var random = new Random(seed);
        var updates = await MakeUpdatesAsync(oracle, random, tally);
        var stateVectors = new List<byte[]>();
        for (var i = 0; i < 12; i++)
        {
            var picked = Enumerable.Range(0, random.Next(1, 7)).Select(_ => updates[random.Next(updates.Count)]).ToList();
            var merged = await SameAsync(seed, "merge", oracle.TryCallAsync("update.merge", new() { ["v"] = 1, ["updates"] = Base64(picked) }), () => YUpdate.Merge([.. picked.Select(update => (ReadOnlyMemory<byte>)update)]));
            tally.Add("merges");
            tally.Add("merges of overlapping updates", picked.Distinct().Count() < picked.Count ? 1 : 0);
            tally.Add("merges with holes", await HasHoleAsync(oracle, merged) ? 1 : 0);

            var subject = random.Next(2) == 0 ? merged : picked[0];
            stateVectors.Add(await SameAsync(seed, "sv", oracle.TryCallAsync("update.sv", new() { ["v"] = 1, ["update"] = Base64(subject) }), () => YUpdate.EncodeStateVector(subject)));

            var stateVector = stateVectors[random.Next(stateVectors.Count)];
            await SameAsync(seed, "diff", oracle.TryCallAsync("update.diff", new() { ["v"] = 1, ["update"] = Base64(merged), ["sv"] = Base64(stateVector) }), () => YUpdate.Diff(merged, stateVector));
            tally.Add("differences");

            updates.Add(merged);
        }
    }

    /// <summary>The updates of two or three documents that edit and meet now and then.</summary>
    private static async Task<List<byte[]>> MakeUpdatesAsync(JsonLineProcess oracle, Random random, Tally tally)
    {
        var updates = new List<byte[]>();
        var docs = new List<JavaScriptDoc>();
        for (var client = random.Next(2, 4); client > 0; client--)
        {
            docs.Add(await JavaScriptDoc.CreateAsync(oracle, (ulong)random.NextInt64(1, 1L << 32)));
        }

        for (var round = 0; round < 3; round++)
        {
            foreach (var doc in docs)
            {
                updates.AddRange(await doc.EditAtRandomAsync(random.Next(), random.Next(1, 4)));
            }

            var from = docs[random.Next(docs.Count)];
            await docs[random.Next(docs.Count)].ApplyAsync(await from.EncodeAsync());
        }

        foreach (var doc in docs)
        {
            updates.Add(await doc.EncodeAsync());
            tally.Add("collected structs", (await doc.StructsAsync()).Collected);
            await doc.FreeAsync();
        }

        return updates;
    }

    private static async Task<byte[]> SameAsync(int seed, string what, Task<JsonObject> theirs, Func<byte[]> ours)
    {
        var answer = await theirs;
        Assert.True(JsonLineProcess.IsOk(answer), $"Seed {seed}: yjs answered {what} with {answer["error"]}");
        var expected = Convert.FromBase64String((string)answer["result"]!);
        Convergence.AssertEqualBytes(expected, ours(), $"seed {seed}, {what}");
        return expected;
    }

    /// <summary>Whether a new document that gets only this update still waits for others.</summary>
    private static async Task<bool> HasHoleAsync(JsonLineProcess oracle, byte[] update)
    {
        var doc = await JavaScriptDoc.CreateAsync(oracle);
        var pending = await doc.ApplyAsync(update);
        await doc.FreeAsync();
        return pending;
    }

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static JsonArray Base64(IEnumerable<byte[]> updates) => [.. updates.Select(update => JsonValue.Create(Base64(update)))];
}
