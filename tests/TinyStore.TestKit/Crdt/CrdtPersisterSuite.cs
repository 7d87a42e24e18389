using Xunit;

namespace TinyStore.TestKit.Crdt;

/// <summary>
/// What every adapter between a store and a CRDT engine must pass. Derive one test class for each adapter, and for each layout
/// or mode that it has.
/// </summary>
/// <remarks>
/// The random programs are the heart of it: 2 to 5 peers, any order of starting and stopping to load and to save, writes of
/// every kind, partitions, updates late, out of order and again, whole states, restarts. In the end all stores and documents
/// must be equal, and each cell must hold what the model of <see cref="CrdtWorld"/> allows. A failure prints the smallest
/// program that was found, of which no step can be left out, and a seed for <c>CsCheck_Seed</c>.
/// </remarks>
public abstract partial class CrdtPersisterSuite
{
    private static readonly int? AskedFor =
        int.TryParse(Environment.GetEnvironmentVariable("TINYSTORE_TEST_PROGRAMS"), out var count) ? count : null;

    /// <summary>The adapter.</summary>
    protected abstract ICrdtAdapter Adapter { get; }

    /// <summary>How many random programs run.</summary>
    /// <value>The default is 1,000, or what the environment variable <c>TINYSTORE_TEST_PROGRAMS</c> says.</value>
    protected virtual int Programs => AskedFor ?? 1_000;

    /// <summary>
    /// Whether something that the model does not allow is an exception which the adapter's documentation declares. It is
    /// counted in the test's output.
    /// </summary>
    /// <value>The default is that nothing is.</value>
    protected virtual bool IsDeclared(ConvergenceFinding finding) => false;

    /// <summary>All converge, and no write is lost or back.</summary>
    [Fact]
    public void RandomPrograms_AllPeersConvergeAndEachCellHoldsWhatNobodyOverwrote()
    {
        var tally = new ConvergenceTally();

        RandomPrograms.Run(program => tally.Add(CrdtWorld.Run(Adapter, program, IsDeclared)), Programs);

        TestContext.Current.TestOutputHelper?.WriteLine(tally.ToString());
        tally.AssertMet(
            "table conflicts", "row conflicts", "same-cell conflicts", "deletes", "updates out of order", "updates again", "whole states", "partitions", "restarts", "stops",
            "writes of kind Burst", "writes of kind Transaction", "writes of kind RolledBack", "writes of kind AddUniqueRow");
    }
}
