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

        tally.AssertMet("updates", "updates in V2", "updates out of order", "duplicates", "pendings", "deleted structs", "collected structs", "documents that know their roots");
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

    /// <summary>The updates of documents that edit and meet now and then, a little out of order, some of them twice.</summary>
    private static async Task<List<byte[]>> MakeUpdatesAsync(JsonLineProcess oracle, Random random, bool gc, Tally tally)
    {
        var updates = new List<byte[]>();
        var docs = new List<JavaScriptDoc>();
        for (var client = random.Next(1, 4); client > 0; client--)
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
        for (var i = 1; i < updates.Count; i++)
        {
            if (random.Next(6) == 0)
            {
                (updates[i - 1], updates[i]) = (updates[i], updates[i - 1]);
                tally.Add("updates out of order");
            }
        }

        if (updates.Count > 0)
        {
            updates.Add(updates[random.Next(updates.Count)]);
            tally.Add("duplicates");
        }

        foreach (var doc in docs)
        {
            updates.Add(await doc.EncodeAsync());
            await doc.FreeAsync();
        }

        return updates;
    }
}
