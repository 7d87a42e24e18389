using System.Text.Json.Nodes;
using TinyStore.Node;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>The flat layout beside peers that write it with the real yjs, as docs/convergence.md tells them to.</summary>
public sealed class PlainYjsPeersTests(NodeOracle node, ITestOutputHelper output) : IClassFixture<NodeOracle>
{
    private const int Programs = 40;
    private const int Steps = 60;

    [Fact]
    public async Task RandomPrograms_PlainYjsPeersBesideNetPeers_ConvergeAndLoseNothing()
    {
        var oracle = await node.GetAsync();
        var (written, deleted, contested, late) = (0, 0, 0, 0);
        for (var seed = 0; seed < Programs; seed++)
        {
            using var program = new Program(oracle, seed);
            await program.RunAsync();
            written += program.Written.Count;
            deleted += program.Deleted.Count;
            contested += program.Contested.Count > 1 ? 1 : 0;
            late += program.Late;
        }

        output.WriteLine($"{written} cells written once, {deleted} of them deleted, {contested} programs with a contested cell, {late} late or repeated updates");
        Assert.True(written > 500 && deleted > 50 && contested > 10 && late > 200);
    }

    [Fact]
    public async Task KeyFunctionOfTheDocs_AnyIds_GivesTheSameKeysAndIdsBack()
    {
        await Requirement.NodeAsync();
        var code = await CodeOfTheDocsAsync();
        await using var process = JsonLineProcess.Start("The code of the docs", "node", "--input-type=module", "-e", $$"""
            import {createInterface} from 'node:readline';
            import * as Y from '{{new Uri(Path.Combine(Repository.JavaScript, "node_modules", "yjs", "dist", "yjs.mjs"))}}';
            const doc = new Y.Doc();
            {{code}}
            for await (const line of createInterface({input: process.stdin})) {
              const {id, op, ids} = JSON.parse(line);
              const result = op === 'key' ? cellKey(...ids)
                : op === 'ids' ? idsOf(cellKey(...ids))
                : Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
              console.log(JSON.stringify({id, ok: true, result}));
            }
            """);
        string[] nasty = ["", "a", "/", "%", "%2F", "%25", "a/b%", "~", "é漢🦒", "\u0000\"\\\n", "..", "%2f", "a b+c&d=e"];
        foreach (var tableId in nasty)
        {
            foreach (var rowId in nasty)
            {
                var cellId = nasty[(tableId.Length + (3 * rowId.Length)) % nasty.Length];
                var ids = new JsonArray(tableId, rowId, cellId);
                var key = (string)(await process.CallAsync("key", new() { ["ids"] = ids.DeepClone() }))!;
                Assert.Equal(FlatKey.Of(tableId, rowId, cellId), key);
                var back = await process.CallAsync("ids", new() { ["ids"] = ids.DeepClone() });
                Assert.True(JsonNode.DeepEquals(ids, back), key);
            }
        }

        // And what the code of the docs has written is there.
        using var peer = new Peer(2, options => options.Layout = DocLayout.Flat);
        peer.Start();
        peer.Apply(Convert.FromBase64String((string)(await process.CallAsync("update"))!));
        Assert.Equal("open = true\npets/r1/name = \"Rex\"\n", Content.Of(peer.Store));
        Assert.Empty(peer.Errors);
    }

    private static async Task<string> CodeOfTheDocsAsync()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "convergence.md"));
        var start = text.IndexOf("```js\n", StringComparison.Ordinal) + 6;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    /// <summary>
    /// Each cell but the contested ones is written once, so it must be there in the end exactly if nobody deleted it; and who
    /// deletes it has seen it.
    /// </summary>
    private sealed class Program(JsonLineProcess oracle, int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly List<Peer> _ours = [];
        private readonly List<PlainYjsPeer> _theirs = [];
        private readonly List<byte[]> _updates = [];

        public Dictionary<string, int> Written { get; } = [];

        public HashSet<string> Deleted { get; } = [];

        public HashSet<int> Contested { get; } = [];

        public int Late { get; private set; }

        private bool IsContestedDeleted { get; set; }

        public async Task RunAsync()
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                var peer = new Peer((ulong)_random.NextInt64(1, uint.MaxValue), options => options.Layout = DocLayout.Flat, gc: _random.Next(2) == 0);
                peer.Doc.ObserveUpdates(e =>
                {
                    if (e.IsLocal)
                    {
                        _updates.Add(e.Update.ToArray());
                    }
                });
                _ours.Add(peer.Start());
            }
            for (var i = _random.Next(1, 3); i > 0; i--)
            {
                _theirs.Add(await PlainYjsPeer.CreateAsync(oracle, (ulong)_random.NextInt64(1, uint.MaxValue)));
            }
            for (var i = 0; i < Steps; i++)
            {
                await StepAsync(i);
            }
            await DeliverAllAsync();
            await CheckAsync();
            foreach (var peer in _theirs)
            {
                await peer.FreeAsync();
            }
        }

        public void Dispose() => _ours.ForEach(peer => peer.Dispose());

        private async Task StepAsync(int step)
        {
            var (table, row) = ("t" + _random.Next(2), "r" + _random.Next(3));
            var ours = _ours[_random.Next(_ours.Count)];
            var theirs = _theirs[_random.Next(_theirs.Count)];
            switch (_random.Next(10))
            {
                case 0 or 1:
                    Written.Add($"{table}/{row}/c{step}", step);
                    ours.Store.SetCell(table, row, "c" + step, step);
                    break;
                case 2 or 3:
                    Written.Add($"{table}/{row}/c{step}", step);
                    Note(await theirs.SetAsync($"{table}/{row}/c{step}", step));
                    break;
                case 4:
                    Contested.Add(step);
                    ours.Store.SetCell("t", "r", "contested", step);
                    break;
                case 5:
                    Contested.Add(step);
                    Note(await theirs.SetAsync("t/r/contested", step));
                    break;
                case 6:
                    Deleted.UnionWith(ours.Store.GetCellIds(table, row).Select(cell => $"{table}/{row}/{cell}"));
                    ours.Store.DeleteRow(table, row);
                    break;
                case 7 when (await theirs.JsonAsync()).Select(cell => cell.Key).ToList() is { Count: > 0 } keys:
                    var key = keys[_random.Next(keys.Count)];
                    Deleted.Add(key);
                    IsContestedDeleted |= key == "t/r/contested";
                    Note(await theirs.DeleteAsync(key));
                    break;
                default:
                    for (var i = Math.Min(4, _updates.Count); i > 0; i--)
                    {
                        Late++;
                        ours.Apply(_updates[_random.Next(_updates.Count)]);
                        await theirs.ApplyAsync(_updates[_random.Next(_updates.Count)]);
                    }
                    break;
            }
        }

        private void Note(byte[]? update)
        {
            if (update is not null)
            {
                _updates.Add(update);
            }
        }

        private async Task DeliverAllAsync()
        {
            for (var i = 0; i < _updates.Count; i++)
            {
                _ours.ForEach(peer => peer.Apply(_updates[i]));
                foreach (var peer in _theirs)
                {
                    await peer.ApplyAsync(_updates[i]);
                }
            }
        }

        private async Task CheckAsync()
        {
            Peer.AssertEqual([.. _ours]);
            Assert.All(_ours, peer => Assert.Empty(peer.Errors));
            var expected = JsonNode.Parse(_ours[0].Doc.GetMap("tinybase/cells").ToJson());
            foreach (var peer in _theirs)
            {
                Assert.True(JsonNode.DeepEquals(expected, await peer.JsonAsync()), $"seed {seed}: the documents differ");
            }
            foreach (var (key, value) in Written)
            {
                Assert.True((expected![key] is { } held && (int)held == value) != Deleted.Contains(key), $"seed {seed}: {key}");
            }
            if (Contested.Count > 0 && (!IsContestedDeleted || expected!["t/r/contested"] is not null))
            {
                Assert.Contains((int)expected!["t/r/contested"]!, Contested);
            }
        }
    }
}
