using CsCheck;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>
/// T11: whatever way updates take (in any order, some twice, merged in groups, in either format, or as what a peer lacks), the
/// document is the same: its content always, its bytes where nothing is collected.
/// </summary>
public sealed class MergePropertyTests(ITestOutputHelper output)
{
    private int _documents;
    private int _pendings;
    private int _conflicts;

    [Fact]
    public void MergedUpdates_HaveTheEffectOfAll_WithoutCollecting() => Sample(seed => Run(new Random(seed), _ => false, compareBytes: true));

    [Fact]
    public void MergedUpdates_HaveTheEffectOfAll_WhileCollecting() => Sample(seed => Run(new Random(seed), _ => true, compareBytes: false));

    [Fact]
    public void PeersThatCollectAndPeersThatDoNot_Agree() => Sample(seed => Run(new Random(seed), random => random.Next(2) == 0, compareBytes: false));

    private void Sample(Action<int> run)
    {
        Gen.Int[0, int.MaxValue].Sample(run, iter: 150, threads: 1);
        output.WriteLine($"{_documents} documents, {_pendings} waited, {_conflicts} with concurrent containers");
        Assert.True(_documents > 500 && _pendings > 50 && _conflicts > 10);
    }

    private void Run(Random random, Func<Random, bool> gc, bool compareBytes)
    {
        var updates = Write(random, gc);
        using var all = new YDoc(new YDocOptions { Gc = gc(random) });
        foreach (var update in updates)
        {
            all.ApplyUpdate(update);
        }

        Assert.False(all.HasPending);
        var content = all.GetMap("m").ToJson();
        for (var way = 0; way < 4; way++)
        {
            using var doc = new YDoc(new YDocOptions { Gc = gc(random) });
            foreach (var group in Group(updates, random))
            {
                Apply(doc, random.Next(3), group);
                _pendings += doc.HasPending ? 1 : 0;
            }

            AssertSame(doc, all, content, compareBytes);
        }

        // What a peer that has seen any part of it lacks.
        using var behind = new YDoc(new YDocOptions { Gc = gc(random) });
        foreach (var update in updates.Take(random.Next(updates.Count)))
        {
            behind.ApplyUpdate(update);
        }

        var lacking = random.Next(2) == 0
            ? YUpdate.Diff(YUpdate.Merge(Memory(updates)), behind.EncodeStateVector())
            : all.EncodeStateAsUpdate(behind.EncodeStateVector());
        behind.ApplyUpdate(lacking);
        AssertSame(behind, all, content, compareBytes);
    }

    private void AssertSame(YDoc doc, YDoc all, string content, bool compareBytes)
    {
        _documents++;
        Assert.False(doc.HasPending);
        JsonContent.AssertEqual(content, doc.GetMap("m").ToJson());
        Assert.Equal(Hex.Text(all.EncodeStateVector()), Hex.Text(doc.EncodeStateVector()));
        if (compareBytes)
        {
            Assert.Equal(Hex.Text(all.EncodeStateAsUpdate()), Hex.Text(doc.EncodeStateAsUpdate()));
            Assert.Equal(Hex.Text(all.EncodeSnapshot()), Hex.Text(doc.EncodeSnapshot()));
        }
    }

    private static void Apply(YDoc doc, int way, List<byte[]> group)
    {
        switch (way)
        {
            case 0:
                doc.ApplyUpdate(YUpdate.Merge(Memory(group)));
                break;
            case 1:
                doc.ApplyUpdateV2(YUpdateV2.Merge(Memory(group.ConvertAll(update => YUpdate.ConvertV1ToV2(update)))));
                break;
            default:
                doc.Transact(_ => group.ForEach(update => doc.ApplyUpdate(update)));
                break;
        }
    }

    /// <summary>All updates, shuffled, some of them twice, in groups of one to four.</summary>
    private static IEnumerable<List<byte[]>> Group(List<byte[]> updates, Random random)
    {
        var shuffled = updates.Concat(updates.Where(_ => random.Next(5) == 0)).ToArray();
        random.Shuffle(shuffled);
        for (var i = 0; i < shuffled.Length;)
        {
            var group = shuffled.Skip(i).Take(random.Next(1, 5)).ToList();
            i += group.Count;
            yield return group;
        }
    }

    /// <summary>The updates of peers that write nested maps and meet now and then.</summary>
    private List<byte[]> Write(Random random, Func<Random, bool> gc)
    {
        var updates = new List<byte[]>();
        var peers = Enumerable.Range(0, random.Next(2, 5)).Select(i => new YDoc(new YDocOptions { ClientId = (ulong)random.NextInt64(1, 1L << 40) * 8 + (ulong)i, Gc = gc(random) })).ToList();
        peers.ForEach(peer => peer.ObserveUpdates(e =>
        {
            if (e.IsLocal)
            {
                updates.Add(e.Update.ToArray());
            }
        }));
        for (var step = random.Next(5, 40); step > 0; step--)
        {
            var peer = peers[random.Next(peers.Count)];
            if (random.Next(4) == 0)
            {
                peer.ApplyUpdate(peers[random.Next(peers.Count)].EncodeStateAsUpdate(peer.EncodeStateVector()));
                continue;
            }

            peer.Transact(_ =>
            {
                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    Edit(peer.GetMap("m"), random, depth: 2);
                }
            });
        }

        var made = peers.Select(peer => peer.GetMap("m").TryGetMap("b", out var map) ? map!.Id?.Client : null).Where(id => id is not null).Distinct().Count();
        _conflicts += made > 1 ? 1 : 0;
        peers.ForEach(peer => peer.Dispose());
        return updates.Count > 0 ? updates : Write(random, gc);
    }

    private static void Edit(YMap map, Random random, int depth)
    {
        var key = "abc"[random.Next(3)].ToString();
        switch (random.Next(8))
        {
            case 0:
                map.Delete(key);
                break;
            case 1 when random.Next(3) == 0:
                map.Clear();
                break;
            case < 4:
                map.Set(key, random.Next(100));
                break;
            default:
                if (depth > 0)
                {
                    Edit(map.TryGetMap(key, out var inner) && random.Next(3) > 0 ? inner! : map.SetMap(key), random, depth - 1);
                }

                break;
        }
    }

    private static List<ReadOnlyMemory<byte>> Memory(List<byte[]> updates) => updates.ConvertAll(update => (ReadOnlyMemory<byte>)update);
}
