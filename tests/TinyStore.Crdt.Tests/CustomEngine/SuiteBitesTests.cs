using TinyStore.TestKit.Crdt;

namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary>The suite fails on adapters that are wrong: its random programs on each of them.</summary>
public sealed class SuiteBitesTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, ICrdtAdapter> Broken = new()
    {
        ["writes whole rows"] = new LwwAdapter((store, map) => new WholeRowPersister(store, map)),
        ["echoes"] = new LwwAdapter((store, map) => new EchoingPersister(store, map)),
        ["does not hear deletes"] = new LwwAdapter((store, map) => new DeleteBlindPersister(store, map)),
        ["drops deletes"] = new LwwAdapter((store, map) => new UndeletingPersister(store, map)),
        ["deletes whole rows"] = new LwwAdapter((store, map) => new RowDeletingPersister(store, map)),
        ["makes containers as TinyBase does"] = new YjsAdapter(options => options.PlainContainers = true),
    };

    public static TheoryData<string> Names => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void BrokenAdapter_RandomPrograms_Fail(string name)
    {
        var suite = new Suite(Broken[name]);

        var failure = Assert.ThrowsAny<Exception>(suite.RandomPrograms_AllPeersConvergeAndEachCellHoldsWhatNobodyOverwrote);

        output.WriteLine(failure.Message);
        Assert.Contains("new CrdtProgram(", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AdapterThatEchoes_NamedCase_Fails()
    {
        var suite = new Suite(Broken["echoes"]);

        Assert.ThrowsAny<Exception>(suite.Update_OfAnotherPeer_IsNotWrittenBack);
    }

    [Fact]
    public void DeclaredException_IsCountedInsteadOfFailing()
    {
        // Whole rows as a declared exception: in a row, the last writer wins.
        var adapter = Broken["writes whole rows"];
        var tally = new ConvergenceTally();
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            List<ProgramStep> steps = [];
            for (var step = 0; step < 60; step++)
            {
                var kind = step < 3 ? StepKind.StartBoth : random.Next(2) == 0 ? StepKind.SetCell : StepKind.Receive;
                steps.Add(new ProgramStep(kind, step < 3 ? step : random.Next(3), 0, random.Next(2), random.Next(2), random.Next(1000)));
            }
            tally.Add(CrdtWorld.Run(adapter, new CrdtProgram(3, steps), finding => finding.Path.StartsWith("t0/", StringComparison.Ordinal)));
        }

        output.WriteLine(tally.ToString());
        Assert.Equal(200, tally["programs"]);
        Assert.True(tally["cells back"] > 0, tally.ToString());
    }

    private sealed class Suite(ICrdtAdapter adapter) : CrdtPersisterSuite
    {
        protected override ICrdtAdapter Adapter => adapter;

        protected override int Programs => 200;
    }
}
