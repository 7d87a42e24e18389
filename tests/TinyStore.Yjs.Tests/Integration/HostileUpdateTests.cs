using TinyStore.Yjs.Tests.Structs;
using TinyStore.Yjs.Tests.Updates;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>Damaged updates: either they are refused and nothing changes, or they come in and the document stays whole.</summary>
public sealed class HostileUpdateTests(ITestOutputHelper output)
{
    [Fact]
    public void DamagedUpdates_AreRefusedOrHarmless()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var histories = Histories(random);
        var (refused, accepted, parked) = (0, 0, 0);
        for (var run = 0; run < 8000; run++)
        {
            var doc = new YDoc(new YDocOptions { ClientId = 999, Gc = run % 3 > 0 });
            var history = histories[random.Next(histories.Count)];
            var next = random.Next(history.Count);
            for (var i = 0; i < next; i++)
            {
                doc.ApplyUpdate(history[i]);
            }

            var before = doc.EncodeStateAsUpdate();
            var damaged = Damage(history[next], random);
            try
            {
                doc.ApplyUpdate(damaged);
                accepted++;
                parked += doc.HasPending ? 1 : 0;
            }
            catch (YUpdateFormatException)
            {
                refused++;
                Assert.Equal(before, doc.EncodeStateAsUpdate());
            }

            try
            {
                StoreIntegrity.Check(doc);
                _ = doc.GetMap("m").ToJson() + doc.GetArray("t").ToJson() + doc.GetText("t") + doc.GetXmlFragment("t");
                doc.GetMap("m").Set("alive", run);
                doc.GetMap("m").Clear();
                new YDoc().ApplyUpdate(doc.EncodeStateAsUpdate());
                StoreIntegrity.Check(doc);
            }
            catch (Exception e)
            {
                Assert.Fail($"after {Hex.Text(before)} and {Hex.Text(damaged)}: {e}");
            }
        }

        output.WriteLine($"{refused} refused, {accepted} accepted, {parked} of them parked");
        Assert.All([refused, accepted, parked], count => Assert.True(count > 100));
    }

    /// <summary>Lists of updates, each of which fits behind those before it.</summary>
    private static List<List<byte[]>> Histories(Random random)
    {
        var histories = new List<List<byte[]>>
        {
            new() { Hex.Bytes(Types.Recorded.Array) },
            new() { Hex.Bytes(Types.Recorded.Text), Hex.Bytes(Types.Recorded.Text) },
            new() { Hex.Bytes(Types.Recorded.Xml) },
            new() { SampleUpdates.Small, SampleUpdates.EveryKind },
        };
        for (ulong id = 1; id < 8; id++)
        {
            var doc = new YDoc(new YDocOptions { ClientId = id });
            var history = new List<byte[]>();
            doc.ObserveUpdates(e => history.Add(e.Update.ToArray()));
            for (var i = 0; i < 8; i++)
            {
                doc.GetMap("m").Set("k" + random.Next(4), random.Next(100));
                doc.Transact(transaction =>
                {
                    using var scope = transaction.WriteAs((ulong)random.Next(100, 103));
                    doc.GetMap("m").SetMap("n" + random.Next(2)).Set("x", "text");
                });
            }

            history.Add(doc.EncodeStateAsUpdate());
            histories.Add(history);
        }

        return histories;
    }

    private static byte[] Damage(byte[] update, Random random)
    {
        var bytes = update.ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 1; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes[at] = (byte)random.Next(8); // small numbers are ids, clocks and kinds
                    break;
            }
        }

        return [.. bytes];
    }
}
