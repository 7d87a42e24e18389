using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Updates of yjs with bytes changed, cut or added. Ours refuses with its one exception and changes nothing, or accepts and then
/// agrees with yjs where yjs accepts too.
/// </summary>
public sealed class DamagedUpdateTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Documents = 30;
    private const int Damages = 40;

    [Fact]
    public async Task DamagedUpdates_AreRefusedWholeOrUnderstoodAsByYjs()
    {
        var oracle = await node.GetAsync();
        var tally = new Tally();
        var seed = RandomRuns.FirstSeed();
        for (var document = 0; document < Documents * RandomRuns.Times; document++)
        {
            await RunAsync(oracle, seed + document, tally);
        }

        tally.AssertMet("refused by both", "accepted by both");
    }

    private static async Task RunAsync(JsonLineProcess oracle, int seed, Tally tally)
    {
        var random = new Random(seed);
        var source = await JavaScriptDoc.CreateAsync(oracle, (ulong)random.NextInt64(1, 1L << 32));
        await source.EditAtRandomAsync(random.Next(), 3);
        var known = await source.EncodeAsync();
        var updates = await source.EditAtRandomAsync(random.Next(), 4);
        await source.FreeAsync();
        for (var i = 0; i < Damages; i++)
        {
            await CompareAsync(oracle, known, Damage(updates[random.Next(updates.Count)], random), $"seed {seed}, damage {i}", tally);
        }
    }

    private static async Task CompareAsync(JsonLineProcess oracle, byte[] known, byte[] damaged, string what, Tally tally)
    {
        using var ours = new YDoc();
        ours.ApplyUpdate(known);
        var before = ours.EncodeStateAsUpdate();
        var error = Record.Exception(() => ours.ApplyUpdate(damaged));
        var theirs = await JavaScriptDoc.CreateAsync(oracle);
        await theirs.ApplyAsync(known);
        var theirAnswer = await Record.ExceptionAsync(() => theirs.ApplyAsync(damaged));
        if (error is not null)
        {
            Assert.True(error is YUpdateFormatException, $"{what}: {error}{Environment.NewLine}{Convert.ToHexStringLower(damaged)}");
            Convergence.AssertEqualBytes(before, ours.EncodeStateAsUpdate(), $"{what}: after {error.Message}");
        }

        tally.Add((error is null, theirAnswer is null) switch
        {
            (true, true) => "accepted by both",
            (false, false) => "refused by both",
            (true, false) => "accepted by ours only",
            (false, true) => "accepted by yjs only",
        });
        if (error is null && theirAnswer is null)
        {
            Convergence.AssertEqualBytes(await theirs.StateVectorAsync(), ours.EncodeStateVector(), $"{what}, state vector after {Convert.ToHexStringLower(damaged)}");
            foreach (var (root, type) in Roots.OfRandomEdits)
            {
                var (theirJson, ourJson) = (await theirs.JsonAsync(root, type), Roots.Json(ours, root, type));
                LeaveOutUndefined(theirJson, ourJson);
                Convergence.AssertEqual(($"{what}, yjs after {Convert.ToHexStringLower(damaged)}, {root}", theirJson), ($"ours, {root}", ourJson));
            }
        }

        await theirs.FreeAsync();
    }

    /// <summary>
    /// Keys that are undefined in yjs do not count: a struct of no length, which nobody writes, sets its key to undefined
    /// there, while ours passes it over.
    /// </summary>
    private static void LeaveOutUndefined(JsonNode? theirs, JsonNode? ours)
    {
        if (theirs is not JsonObject theirObject || ours is not JsonObject ourObject)
        {
            return;
        }

        foreach (var key in theirObject.Select(property => property.Key).ToList())
        {
            if (theirObject[key] is JsonObject value && value.ContainsKey("$undefined"))
            {
                theirObject.Remove(key);
                ourObject.Remove(key);
            }
            else
            {
                LeaveOutUndefined(theirObject[key], ourObject[key]);
            }
        }
    }

    private static byte[] Damage(byte[] update, Random random)
    {
        var bytes = update.ToList();
        for (var count = random.Next(1, 3); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
