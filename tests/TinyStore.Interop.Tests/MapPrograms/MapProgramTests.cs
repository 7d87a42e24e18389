using CsCheck;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>
/// Random programs on maps and nested maps, on 2 to 5 replicas that write, and receive in any order, twice or not at all.
/// <c>TINYSTORE_INTEROP_RUNS</c> multiplies their number; a failure prints the seed that <c>CsCheck_Seed</c> takes.
/// </summary>
public sealed class MapProgramTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Programs = 300;

    [Fact]
    public async Task Programs_OfMapWrites_KeepTheBytesOfYjsAndConverge()
    {
        var oracle = await node.GetAsync();
        var tally = new Tally();
        await MapProgram.Gen2To5.SampleAsync(
            program => ProgramRun.RunAsync(program, oracle, tally),
            iter: Programs * RandomRuns.Times,
            threads: 1,
            print: program => program.Describe());

        tally.AssertMet("programs", "same-key conflicts", "container conflicts", "pendings", "collected structs", "duplicates", "drops", "merged deliveries");
    }
}
