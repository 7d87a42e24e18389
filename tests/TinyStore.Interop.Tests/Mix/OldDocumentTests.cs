using System.Text.Json.Nodes;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.TestKit;
using static TinyStore.Interop.Tests.TinyBase.StoreCalls;

namespace TinyStore.Interop.Tests.Mix;

/// <summary>
/// A document of 1,000 rows that TinyBase made, and 1 to 3 .NET peers that started on empty documents and wrote before they met
/// it. It costs the document none of its rows, and the .NET peers none of theirs: in any order where they have a provider, and
/// without one as soon as one of them has the old document before TinyBase has theirs.
/// </summary>
public sealed class OldDocumentTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Rows = 1_000;
    private const int Programs = 8;

    [Fact]
    public async Task DotNetPeersThatStartedAlone_MeetAnOldDocument_NoRowIsLost()
    {
        var oracle = await node.GetAsync();
        var seed = RandomRuns.FirstSeed();
        var tally = new Tally();
        for (var program = 0; program < Programs * RandomRuns.Times; program++)
        {
            await RunAsync(oracle, seed + program, program, tally);
        }

        tally.AssertMet("with a provider", "without a provider", "TinyBase hears first", "TinyBase goes on writing", "documents met");
    }

    // What cannot be helped: the rows die in the only document that has them, and yjs collects them at once. The store has them still.
    [Fact]
    public async Task OnlyTinyBaseHasTheOldDocument_AndHearsOfContainersMadeWithoutAProvider_ItsRowsAreGoneUntilItsNextNewRow()
    {
        await using var old = await OldAsync(await node.GetAsync(), 7);
        await using var ours = new DotNetPeer();
        await ours.StartAsync();
        await ours.ExecuteAsync(SetCell("pets", "ours1", "x", 1));

        await old.ApplyAsync(await ours.EncodeAsync([0]));
        await Exchange.MergeAsync(ours, old);

        Assert.Single((await ours.VisibleAsync())[0]!["pets"]!.AsObject());
        await old.ExecuteAsync(SetCell("pets", "one more", "x", 1));
        await Exchange.ForwardAsync(ours, old);
        Assert.Equal(Rows + 2, (await ours.VisibleAsync())[0]!["pets"]!.AsObject().Count);
        await Exchange.AssertConvergedAsync("written back", ours, old);
    }

    private static async Task RunAsync(JsonLineProcess oracle, int seed, int program, Tally tally)
    {
        var random = new Random(seed);
        await using var old = await OldAsync(oracle, random.Next(2) == 0 ? 7u : 4_000_000_007u);
        // Each combination in its turn; the rest is random.
        var (hasProvider, theyHearFirst, theyGoOn) = ((program & 1) != 0, (program & 2) != 0, (program & 4) != 0);
        tally.Add(hasProvider ? "with a provider" : "without a provider");
        List<DotNetPeer> ours = [];
        try
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var peer = new DotNetPeer();
                ours.Add(peer);
                if (hasProvider)
                {
                    peer.Doc.AttachProvider(peer);
                }
                await peer.StartAsync();
                await peer.ExecuteAsync(SetCell(random.Next(2) == 0 ? "pets" : "toys", $"ours{i}", "x", i), SetValue($"v{i}", i));
            }
            List<IPeer> all = [.. ours, old];
            if (!hasProvider)
            {
                await ours[0].ApplyAsync(await old.EncodeAsync([0]));
            }
            tally.Add(theyHearFirst ? "TinyBase hears first" : ".NET hears first");
            foreach (var peer in theyHearFirst ? Enumerable.Reverse(all) : all)
            {
                foreach (var other in all.Where(other => other != peer))
                {
                    await peer.ApplyAsync(await other.EncodeAsync(await peer.StateVectorAsync()));
                }
            }
            foreach (var peer in ours.Where(_ => hasProvider))
            {
                await peer.Doc.Context.RunAsync(() => peer.Doc.MarkSynced(peer));
            }
            if (theyGoOn)
            {
                tally.Add("TinyBase goes on writing");
                await old.ExecuteAsync(SetCell("pets", "late", "x", -1));
            }
            await Exchange.ForwardAsync(all);
            await Exchange.MergeAsync(all);
            await Exchange.ForwardAsync(all);

            await Exchange.AssertConvergedAsync($"seed {seed}", all);
            foreach (var peer in all)
            {
                var tables = (await peer.VisibleAsync())[0]!;
                var missing = Enumerable.Range(0, Rows).Count(row => (int?)tables["pets"]?[$"old{row}"]?["x"] != row);
                Assert.True(missing == 0, $"Seed {seed}: {missing} of {Rows} rows are missing in the document of a {peer.GetType().Name}.");
                for (var i = 1; i <= ours.Count; i++)
                {
                    Assert.True(HasRow(tables, $"ours{i}", i), $"Seed {seed}: the row of .NET peer {i} is missing in the document of a {peer.GetType().Name}.");
                }
            }
            tally.Add("documents met");
        }
        finally
        {
            foreach (var peer in ours)
            {
                await peer.DisposeAsync();
            }
        }
    }

    private static async Task<TinyBasePeer> OldAsync(JsonLineProcess oracle, ulong clientId)
    {
        var old = await TinyBasePeer.CreateAsync(oracle, clientId);
        await old.StartAsync();
        await old.ExecuteAsync([.. Enumerable.Range(0, Rows).Select(row => SetCell("pets", $"old{row}", "x", row))]);
        await old.TakeUpdatesAsync();
        return old;
    }

    private static bool HasRow(JsonNode tables, string row, int value) => new[] { "pets", "toys" }.Any(table => (int?)tables[table]?[row]?["x"] == value);
}
