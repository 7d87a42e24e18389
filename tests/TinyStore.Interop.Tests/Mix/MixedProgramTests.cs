using TinyStore.TestKit;
using TinyStore.TestKit.Crdt;

namespace TinyStore.Interop.Tests.Mix;

/// <summary>
/// Random programs in which real TinyBase stores on real yjs documents and 1 to 3 .NET peers share one document: whatever happens,
/// documents end equal, and every .NET store equals them. What is lost or comes back is counted by the model of
/// <see cref="CrdtWorld"/>. <c>TINYSTORE_INTEROP_RUNS=100</c> runs thousands of programs.
/// </summary>
public sealed class MixedProgramTests(NodeOracle node, ITestOutputHelper output) : IClassFixture<NodeOracle>
{
    private const int Programs = 24;

    // Cells are lost and come back by whole tables, so a few programs can have many of them.
    private const int Chance = 20;

    [Fact]
    public async Task NobodyDeletes_OneTinyBasePeer_DotNetPeersLoseNoCell()
    {
        var tally = await RunAsync(
            1,
            WithoutDeletes,
            // A cell of a .NET peer that is gone is a failure, and the program that did it is made short and shown.
            finding => !finding.IsLost || finding.Maximal.All(operation => operation.Author.IsForeign));

        Assert.Equal(0, tally["cells lost"]);
    }

    // Not exact: see the program below. The bound is several times what is seen in thousands of programs.
    [Fact]
    public async Task NobodyDeletes_TwoTinyBasePeers_DotNetPeersLoseNextToNothing()
    {
        var tally = await RunAsync(2, WithoutDeletes, _ => true);

        Assert.True(tally["cells lost"] <= 5 + (tally["cells judged"] / 500), tally.ToString());
    }

    // A program that the test above found. In it, containers of both TinyBase peers lose to each other and to those of .NET peers, and
    // copies of an old row reach the peer that overwrote it before the copies that its own write would have stood above.
    [Fact]
    public async Task TwoTinyBasePeersAndLateUpdates_ARowThatADotNetPeerOverwrote_CanBeLost()
    {
        var oracle = await node.GetAsync();
        var tally = new ConvergenceTally();
        var program = new CrdtProgram(
            5,
            [
                new(StepKind.StartBoth, 1, 1, 2, 1, 617),
                new(StepKind.SetPartialRow, 1, 1, 1, 1, 369),
                new(StepKind.Receive, 4, 0, 1, 1, 232),
                new(StepKind.StartSaving, 4, 0, 0, 0, 900),
                new(StepKind.SetPartialRow, 4, 0, 2, 1, 129),
                new(StepKind.Receive, 2, 1, 2, 1, 818),
                new(StepKind.SetValue, 1, 0, 0, 0, 666),
                new(StepKind.Receive, 4, 0, 0, 1, 669),
                new(StepKind.StopLoading, 0, 1, 0, 1, 553),
                new(StepKind.SetPartialRow, 3, 1, 0, 0, 381),
                new(StepKind.SetCell, 0, 0, 0, 0, 427),
                new(StepKind.SetCell, 0, 0, 2, 0, 386),
                new(StepKind.Receive, 4, 0, 1, 1, 442),
                new(StepKind.Burst, 4, 1, 2, 1, 562),
                new(StepKind.SetCell, 0, 0, 2, 1, 91),
                new(StepKind.SetCell, 3, 0, 1, 1, 547),
                new(StepKind.SetPartialRow, 4, 1, 0, 1, 708),
                new(StepKind.Burst, 2, 0, 1, 0, 663),
                new(StepKind.ReceiveLater, 3, 0, 1, 0, 983),
                new(StepKind.StartBoth, 3, 0, 2, 0, 80),
                new(StepKind.SetCell, 2, 1, 0, 0, 304),
                new(StepKind.StartBoth, 2, 1, 2, 1, 174),
                new(StepKind.SetCell, 3, 0, 1, 0, 575),
                new(StepKind.Receive, 3, 1, 2, 0, 412),
                new(StepKind.SetPartialRow, 2, 1, 1, 0, 88),
                new(StepKind.ReceiveLater, 3, 0, 0, 0, 319),
                new(StepKind.Receive, 4, 1, 0, 0, 149),
                new(StepKind.Restart, 4, 0, 0, 1, 966),
            ]);

        await Task.Run(() => Run(oracle, program, 2, step => step, _ => true, tally));

        output.WriteLine(tally.ToString());
        // Fewer would be better: then say so in docs/javascript-peers.md.
        Assert.InRange(tally["cells lost"], 0, 2);
    }

    // What a TinyBase peer deletes with its container cannot always be told from what it deleted on purpose: docs/convergence.md. The
    // bounds are several times what is seen in thousands of programs.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnybodyDeletes_AllConverge_AndNextToNothingIsLost(int javaScriptPeers)
    {
        var tally = await RunAsync(javaScriptPeers, step => step, _ => true);

        Assert.True(tally["deletes"] > 0);
        Assert.True(tally["cells lost"] <= Chance + (tally["cells judged"] / 100), tally.ToString());
        Assert.True(tally["cells back"] <= Chance + (tally["cells judged"] / 20), tally.ToString());
    }

    private static ProgramStep WithoutDeletes(ProgramStep step) => step with
    {
        Kind = step.Kind switch
        {
            StepKind.SetRow or StepKind.SetTable or StepKind.DeleteRow or StepKind.DeleteTables => StepKind.SetPartialRow,
            StepKind.SetValues or StepKind.DeleteValue => StepKind.SetValue,
            StepKind.Transaction or StepKind.DeleteCell or StepKind.DeleteTable => StepKind.SetCell,
            var other => other,
        },
    };

    private async Task<ConvergenceTally> RunAsync(int javaScriptPeers, Func<ProgramStep, ProgramStep> change, Func<ConvergenceFinding, bool> isDeclared)
    {
        var oracle = await node.GetAsync();
        var tally = new ConvergenceTally();

        // Away from the test's context: peers wait for the oracle.
        await Task.Run(() => RandomPrograms.Run(program => Run(oracle, program, javaScriptPeers, change, isDeclared, tally), Programs * RandomRuns.Times, threads: 1));

        output.WriteLine(tally.ToString());
        tally.AssertMet("table conflicts", "container conflicts with a foreign peer", "same-cell conflicts", "JavaScript stores", "updates out of order", "updates that had to wait");
        return tally;
    }

    private static void Run(
        JsonLineProcess oracle, CrdtProgram program, int javaScriptPeers, Func<ProgramStep, ProgramStep> change, Func<ConvergenceFinding, bool> isDeclared, ConvergenceTally tally)
    {
        using var world = new CrdtWorld(isDeclared);
        var adapter = YjsAdapter.ForOneProgram();
        for (var peer = 0; peer < javaScriptPeers; peer++)
        {
            world.Add(new JavaScriptPeer(world, oracle, (ulong)(peer * 3_000_000_000L) + 7));
        }
        for (var peer = 0; peer < Math.Clamp(program.Peers - 2, 1, 3); peer++)
        {
            world.Add(new AdapterPeer(world, adapter));
        }
        foreach (var step in program.Steps)
        {
            // Whole states of a JavaScript peer hide who knew what; a relay forwards updates as they were made.
            if (step.Kind != StepKind.Pull || !world.Peers[step.Pick % world.Peers.Count].IsForeign)
            {
                world.Do(change(step));
            }
        }
        world.Finish();
        tally.Add(world.Tally);
    }
}
