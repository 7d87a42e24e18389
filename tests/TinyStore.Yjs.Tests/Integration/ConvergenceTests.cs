using CsCheck;
using TinyStore.Yjs.Tests.Structs;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>
/// Random programs over maps on several documents: whatever order updates arrive in, and how often, all end the same.
/// </summary>
public sealed class ConvergenceTests(ITestOutputHelper output)
{
    [Fact]
    public void AnyDeliveryOrder_Converges()
    {
        var total = new Met();
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        for (var run = 0; run < 300; run++)
        {
            Run(new Random(seed + run), total);
        }

        output.WriteLine(total.ToString());
        total.AssertAll();
    }

    // The same through CsCheck, which shrinks what fails to a small seed.
    [Fact]
    public void AnySeed_Converges() => Gen.Int[0, int.MaxValue].Sample(seed => Run(new Random(seed), new Met()), iter: 200);

    [Fact]
    public void AnyDocument_SurvivesARoundTrip() =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var peers = Peers(new Random(seed));
                for (var step = 0; step < 120; step++)
                {
                    peers[step % peers.Count].Edit();
                }

                foreach (var peer in peers)
                {
                    var state = peer.Doc.EncodeStateAsUpdate();
                    var copy = new YDoc(new YDocOptions { Gc = peer.Doc.Gc });
                    copy.ApplyUpdate(state);
                    Assert.Equal(Hex.Text(peer.Doc.EncodeStateVector()), Hex.Text(copy.EncodeStateVector()));
                    JsonContent.AssertEqual(peer.Doc.GetMap("m").ToJson(), copy.GetMap("m").ToJson());
                    StoreIntegrity.Check(copy);
                    copy.ApplyUpdate(state); // idempotent
                    var again = new YDoc(new YDocOptions { Gc = peer.Doc.Gc });
                    again.ApplyUpdate(copy.EncodeStateAsUpdate());
                    Assert.Equal(Hex.Text(copy.EncodeStateAsUpdate()), Hex.Text(again.EncodeStateAsUpdate()));
                }
            },
            iter: 100);

    // The bookkeeping of changes gives the same as looking at what the transaction did.
    [Fact]
    public void ChangesFoundAfterwards_AreThoseThatWereTracked() =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                var peers = Peers(random);
                var updates = new List<byte[]>();
                foreach (var peer in peers)
                {
                    peer.Doc.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
                }

                for (var step = 0; step < 60; step++)
                {
                    peers[random.Next(peers.Count)].Edit();
                }

                YDoc tracked = new(), late = new();
                List<string> first = [], second = [];
                tracked.GetMap("m").ObserveDeep(events => first.AddRange(events.Select(Describe)));
                foreach (var update in updates)
                {
                    tracked.ApplyUpdate(update);
                    IDisposable? subscription = null;
                    late.Transact(_ =>
                    {
                        late.ApplyUpdate(update);
                        Assert.False(late.Store.IsObserved);
                        subscription = late.GetMap("m").ObserveDeep(events => second.AddRange(events.Select(Describe)));
                    });
                    subscription!.Dispose();
                }

                Assert.Equal(first.Order(StringComparer.Ordinal), second.Order(StringComparer.Ordinal));
            },
            iter: 60);

    private static string Describe(YEvent e) => $"{string.Join("/", e.Path)} {string.Join(",", ((YMapEvent)e).KeysChanged.Order(StringComparer.Ordinal))}"
        + $" {string.Join(",", ((YMapEvent)e).Keys.OrderBy(change => change.Key, StringComparer.Ordinal).Select(change => change.Key + change.Value.Action))}";

    private static List<Peer> Peers(Random random)
    {
        var ids = new HashSet<ulong>();
        while (ids.Count < 2 + random.Next(4))
        {
            ids.Add(random.Next(3) switch
            {
                0 => (ulong)random.Next(20),
                1 => (ulong)random.NextInt64(1L << 32),
                _ => YItemId.MaxClient - (ulong)random.Next(20),
            });
        }

        return [.. ids.Select(id => new Peer(id, random))];
    }

    private static void Run(Random random, Met met)
    {
        var peers = Peers(random);
        var steps = random.Next(10, 80);
        foreach (var peer in peers)
        {
            peer.Doc.ObserveUpdates(e =>
            {
                if (e.IsLocal)
                {
                    peers.Where(other => other != peer).ToList().ForEach(other => other.Inbox.Add(e.Update));
                }
            });
        }

        for (var step = 0; step < steps; step++)
        {
            var peer = peers[random.Next(peers.Count)];
            if (random.Next(3) == 0)
            {
                peer.Receive(met);
            }
            else
            {
                peer.Edit();
            }
        }

        foreach (var peer in peers)
        {
            while (peer.Inbox.Count > 0)
            {
                peer.Receive(met, keep: false);
            }
        }

        // Updates were dropped on the way, so all states go round once.
        foreach (var peer in peers)
        {
            peers.ForEach(other => other.Doc.ApplyUpdate(peer.Doc.EncodeStateAsUpdate(other.Doc.EncodeStateVector())));
        }

        foreach (var peer in peers)
        {
            Assert.False(peer.Doc.HasPending);
            Assert.Equal(Hex.Text(peers[0].Doc.EncodeStateVector()), Hex.Text(peer.Doc.EncodeStateVector()));
            JsonContent.AssertEqual(peers[0].Doc.GetMap("m").ToJson(), peer.Doc.GetMap("m").ToJson());
            StoreIntegrity.Check(peer.Doc);
            met.Look(peer.Doc);
        }
    }

    private sealed class Peer(ulong id, Random random)
    {
        private static readonly string[] AllKeys = [.. Enumerable.Range(0, 25).Select(i => "k" + i)];
        private readonly int _keys = random.Next(2) == 0 ? 3 : AllKeys.Length;

        public YDoc Doc { get; } = new(new YDocOptions { ClientId = id, Gc = random.Next(3) > 0, Random = random });

        public List<ReadOnlyMemory<byte>> Inbox { get; } = [];

        public void Edit() => Doc.Transact(_ =>
        {
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                EditOne();
            }
        });

        public void Receive(Met met, bool keep = true)
        {
            if (Inbox.Count == 0)
            {
                return;
            }

            var index = random.Next(3) == 0 ? random.Next(Inbox.Count) : 0;
            var update = Inbox[index];
            if (!keep || random.Next(5) > 0)
            {
                Inbox.RemoveAt(index);
            }
            else
            {
                met.Duplicates++;
            }

            if (random.Next(20) > 0)
            {
                Doc.ApplyUpdate(update.Span, "remote");
                met.Pendings += Doc.HasPending ? 1 : 0;
            }
            else
            {
                met.Dropped++;
            }
        }

        private void EditOne()
        {
            var map = Doc.GetMap("m");
            while (random.Next(2) == 0)
            {
                var maps = map.Where(pair => pair.Value.AsMap is not null).ToList();
                if (maps.Count == 0)
                {
                    break;
                }

                map = maps[random.Next(maps.Count)].Value.AsMap!;
            }

            var key = AllKeys[random.Next(_keys)];
            switch (random.Next(6))
            {
                case 0:
                    map.SetMap(key);
                    break;
                case 1:
                    map.Delete(key);
                    break;
                case 2:
                    map.Set(key, "text " + random.Next(100));
                    break;
                case 3 when random.Next(10) == 0:
                    map.Clear();
                    break;
                default:
                    map.Set(key, random.Next(1000));
                    break;
            }
        }
    }

    /// <summary>What the runs met: a suite that met nothing shows nothing.</summary>
    private sealed class Met
    {
        public int Duplicates { get; set; }

        public int Dropped { get; set; }

        public int Pendings { get; set; }

        public int KeyConflicts { get; private set; }

        public int ContainerConflicts { get; private set; }

        public int Collected { get; private set; }

        public void Look(YDoc doc)
        {
            var store = doc.Store;
            for (var client = 1; client <= store.Clients.Count; client++)
            {
                for (uint clock = 0; clock < store.Clients[client].Next;)
                {
                    var handle = store.Clients.HandleAt(client, clock);
                    ref var entry = ref store.Entries[handle];
                    clock = entry.EndClock;
                    Collected += entry.IsGC ? 1 : 0;
                    if (!entry.IsGC && entry.Left != 0 && store.TryGetOrigin(handle, out var origin, out _) is var has
                        && (!has || origin != store.Entries[entry.Left].Client))
                    {
                        KeyConflicts++;
                        ContainerConflicts += store.IsMap(handle) || store.IsMap(entry.Left) ? 1 : 0;
                    }
                }
            }
        }

        public void AssertAll() => Assert.All([Duplicates, Dropped, Pendings, KeyConflicts, ContainerConflicts, Collected], count => Assert.True(count > 50, ToString()));

        public override string ToString() =>
            $"{Duplicates} duplicates, {Dropped} dropped, {Pendings} pendings, {KeyConflicts} key conflicts, {ContainerConflicts} with containers, {Collected} collected";
    }
}
