using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Documents that yjs edits with every kind of content (maps, lists, formatted text, embeds, XML, subdocuments, legacy JSON):
/// ours applies the same updates in the same order as a yjs document and must have its bytes.
/// </summary>
public sealed class ContentKindTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Documents = 60;

    [Fact]
    public async Task Documents_OfEveryContentKind_KeepTheBytesOfYjs()
    {
        var oracle = await node.GetAsync();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var document = 0; document < Documents * RandomRuns.Times; document++)
        {
            await RunAsync(oracle, seed + document, tally);
        }

        tally.AssertMet("programs", "updates", "updates in V2", "updates out of order", "shuffled programs", "drops", "merged deliveries", "duplicates", "pendings", "deleted structs", "collected structs", "documents that know their roots", "stretches of text with formats", "embeds");
    }

    private static async Task RunAsync(JsonLineProcess oracle, int seed, Tally tally)
    {
        var random = new Random(seed);
        var gc = random.Next(4) != 0;
        var updates = await MakeUpdatesAsync(oracle, random, gc, tally);
        var theirs = await JavaScriptDoc.CreateAsync(oracle, gc: gc);
        using var ours = new YDoc(new YDocOptions { Gc = gc });
        if (random.Next(2) == 0)
        {
            // A document that knows the types of its roots tidies formats in its texts.
            await AssertContentAsync(theirs, ours, seed);
            tally.Add("documents that know their roots");
        }

        foreach (var update in updates)
        {
            if (random.Next(2) == 0)
            {
                ours.ApplyUpdate(update);
                Assert.True(await theirs.ApplyAsync(update) == ours.HasPending, $"Seed {seed}: ours says {ours.HasPending} where yjs does not");
            }
            else
            {
                var v2 = YUpdate.ConvertV1ToV2(update);
                ours.ApplyUpdateV2(v2);
                Assert.True(await theirs.ApplyAsync(v2, 2) == ours.HasPending, $"Seed {seed}, V2: ours says {ours.HasPending} where yjs does not");
                tally.Add("updates in V2");
            }

            tally.Add("pendings", ours.HasPending ? 1 : 0);
            Convergence.AssertEqualBytes(await theirs.EncodeAsync(), ours.EncodeStateAsUpdate(), $"seed {seed}, state");
            Convergence.AssertEqualBytes(await theirs.EncodeAsync(null, 2), ours.EncodeStateAsUpdateV2(), $"seed {seed}, state in V2");
        }

        Convergence.AssertEqualBytes(await theirs.StateVectorAsync(), ours.EncodeStateVector(), $"seed {seed}, state vector");
        Convergence.AssertEqualBytes(await theirs.SnapshotAsync(), ours.EncodeSnapshot(), $"seed {seed}, snapshot");
        Convergence.AssertEqualBytes(await theirs.SnapshotAsync(2), ours.EncodeSnapshotV2(), $"seed {seed}, snapshot in V2");
        await AssertDiffsAsync(theirs, ours, updates, seed);
        await AssertContentAsync(theirs, ours, seed);
        await AssertDeltaAsync(theirs, ours, seed, tally);
        Assert.False(ours.HasPending, $"Seed {seed}: all states came, and something still waits.");
        tally.Add("programs");
        var (_, deleted, collected) = await theirs.StructsAsync();
        tally.Add("deleted structs", deleted);
        tally.Add("collected structs", collected);
        await theirs.FreeAsync();
    }

    private static async Task AssertContentAsync(JavaScriptDoc theirs, YDoc ours, int seed)
    {
        foreach (var (root, type) in Roots.OfRandomEdits)
        {
            Convergence.AssertEqual(($"seed {seed}, yjs, {root}", await theirs.JsonAsync(root, type)), ($"ours, {root}", Roots.Json(ours, root, type)));
        }
    }

    private static async Task AssertDeltaAsync(JavaScriptDoc theirs, YDoc ours, int seed, Tally tally)
    {
        var delta = ours.GetText("t").ToDelta();
        var json = JsonNode.Parse($"[{string.Join(',', delta.Select(op => op.ToJson()))}]");
        Convergence.AssertEqual(($"seed {seed}, yjs, delta", await theirs.CallAsync("doc.delta", new() { ["root"] = "t" })), ("ours, delta", json));
        tally.Add("stretches of text with formats", delta.Count(op => op.Attributes.Count > 0));
        tally.Add("embeds", delta.Count(op => op.Insert.Kind != YValueKind.String));
    }

    /// <summary>What a peer lacks that has seen a part of the updates: struct boundaries and offsets.</summary>
    private static async Task AssertDiffsAsync(JavaScriptDoc theirs, YDoc ours, List<byte[]> updates, int seed)
    {
        using var behind = new YDoc();
        foreach (var update in updates.Take(updates.Count / 2))
        {
            behind.ApplyUpdate(update);
        }

        var stateVector = behind.EncodeStateVector();
        Convergence.AssertEqualBytes(await theirs.EncodeAsync(stateVector), ours.EncodeStateAsUpdate(stateVector), $"seed {seed}, difference");
        Convergence.AssertEqualBytes(await theirs.EncodeAsync(stateVector, 2), ours.EncodeStateAsUpdateV2(stateVector), $"seed {seed}, difference in V2");
    }

    /// <summary>The updates of documents that edit and meet now and then, as they are delivered, and then the documents' states.</summary>
    private static async Task<List<byte[]>> MakeUpdatesAsync(JsonLineProcess oracle, Random random, bool gc, Tally tally)
    {
        var updates = new List<byte[]>();
        var docs = new List<JavaScriptDoc>();
        for (var client = random.Next(1, 6); client > 0; client--)
        {
            docs.Add(await JavaScriptDoc.CreateAsync(oracle, (ulong)random.NextInt64(1, 1L << 32), gc));
        }

        for (var round = 0; round < 4; round++)
        {
            foreach (var doc in docs)
            {
                updates.AddRange(await doc.EditAtRandomAsync(random.Next(), random.Next(1, 4)));
            }

            var from = docs[random.Next(docs.Count)];
            var to = docs[random.Next(docs.Count)];
            await to.ApplyAsync(await from.EncodeAsync(await to.StateVectorAsync()));
        }

        tally.Add("updates", updates.Count);
        var deliveries = Deliveries(updates, random, tally);
        foreach (var doc in docs)
        {
            deliveries.Add(await doc.EncodeAsync());
            await doc.FreeAsync();
        }

        return deliveries;
    }

    /// <summary>In nearly the order in which they were made or in any, some dropped, some twice, some merged into one.</summary>
    private static List<byte[]> Deliveries(List<byte[]> updates, Random random, Tally tally)
    {
        var order = updates.Where(_ => random.Next(8) != 0).ToArray();
        tally.Add("drops", updates.Count - order.Length);
        if (random.Next(4) == 0)
        {
            random.Shuffle(order);
            tally.Add("shuffled programs");
        }

        var deliveries = new List<byte[]>();
        for (var i = 0; i < order.Length; i++)
        {
            var update = order[i];
            if (random.Next(6) == 0)
            {
                var parts = order.Skip(i).Take(random.Next(2, 5)).ToList();
                update = YUpdate.Merge([.. parts.Select(part => (ReadOnlyMemory<byte>)part)]);
                i += parts.Count - 1;
                tally.Add("merged deliveries");
            }

            var at = random.Next(6) == 0 ? random.Next(deliveries.Count + 1) : deliveries.Count;
            deliveries.Insert(at, update);
            tally.Add("updates out of order", at == deliveries.Count - 1 ? 0 : 1);
            if (random.Next(12) == 0)
            {
                deliveries.Add(update);
                tally.Add("duplicates");
            }
        }

        return deliveries;
    }
}
