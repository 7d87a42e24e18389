using System.Text.Json.Nodes;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests;

/// <summary>One long text of yjs that deletes cut into single characters: the bytes of yjs, through surrogate pairs too.</summary>
public sealed class LongTextTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Length = 30_000;

    [Theory]
    [InlineData("abc", true)]
    [InlineData("aé😀zz", true)]
    [InlineData("aé😀zz", false)]
    public async Task DeletesThatAlternateThroughALongText_KeepTheBytesOfYjs(string pattern, bool gc)
    {
        var oracle = await node.GetAsync();
        var text = string.Concat(Enumerable.Repeat(pattern, Length / pattern.Length));
        var writer = await JavaScriptDoc.CreateAsync(oracle, 1);
        var inserted = await writer.ExecuteAsync([new JsonArray("text.insert", new JsonArray("t", "text"), 0, text)]);
        var clocks = Enumerable.Range(0, text.Length / 2).Select(i => 2 * (uint)i).ToArray();
        foreach (var order in (uint[][])[clocks, [.. clocks.Reverse()], [.. clocks.OrderBy(clock => clock * 2654435761u)]])
        {
            var theirs = await JavaScriptDoc.CreateAsync(oracle, gc: gc);
            using var ours = new YDoc(new YDocOptions { Gc = gc });
            foreach (var update in (byte[][])[inserted!, Deletes(order[..(order.Length / 2)]), Deletes(order[(order.Length / 2)..])])
            {
                await theirs.ApplyAsync(update);
                ours.ApplyUpdate(update);
                Convergence.AssertEqualBytes(await theirs.EncodeAsync(), ours.EncodeStateAsUpdate(), "state");
                Convergence.AssertEqualBytes(await theirs.EncodeAsync(null, 2), ours.EncodeStateAsUpdateV2(), "state in V2");
            }

            Convergence.AssertEqual(("yjs", await theirs.JsonAsync("t", "text")), ("ours", Roots.Json(ours, "t", "text")));
            await theirs.FreeAsync();
        }

        await writer.FreeAsync();
    }

    /// <summary>Deletes of single elements of client 1, in that order, as an update in format V1.</summary>
    private static byte[] Deletes(uint[] clocks)
    {
        var bytes = new List<byte> { 0, 1, 1 };
        WriteVarUint(bytes, (uint)clocks.Length);
        foreach (var clock in clocks)
        {
            WriteVarUint(bytes, clock);
            bytes.Add(1);
        }

        return [.. bytes];
    }

    private static void WriteVarUint(List<byte> bytes, uint value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}
