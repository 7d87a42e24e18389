using CsCheck;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>
/// Random programs over 2 to 5 peers: whatever they write, whenever they start, in whatever order updates arrive, in the end
/// all stores are equal, equal their documents, and nothing is lost or back that the model does not allow.
/// </summary>
public sealed class ConvergenceTests(ITestOutputHelper output)
{
    private static readonly Gen<(int Peers, uint GcMask, uint[] Steps)> Programs = Gen.Select(Gen.Int[2, 5], Gen.UInt, Gen.UInt.Array[10, 90]);

    /// <summary>How many random programs a run tries; set the variable for a long one.</summary>
    private static readonly int Iterations =
        int.TryParse(Environment.GetEnvironmentVariable("TINYSTORE_TEST_PROGRAMS"), out var count) ? count : 2_000;

    [Theory]
    [InlineData(DocLayout.Nested)]
    [InlineData(DocLayout.Flat)]
    public void RandomPrograms_NetPeers_ConvergeAndLoseNothing(DocLayout layout)
    {
        var tally = new Tally();
        Programs.Sample(program => tally.Add(Run(program, layout)), iter: Iterations, threads: 2, print: Print);

        output.WriteLine(tally.ToString());
        Assert.True(tally.Runs >= Iterations);
        AssertThatAllWasMet(tally, 100);
    }

    // The same peers, which keep their documents in files and learn from those which client ids are theirs.
    [Theory]
    [InlineData(DocLayout.Nested, 0)]
    [InlineData(DocLayout.Nested, 1)]
    [InlineData(DocLayout.Flat, 0)]
    public void RandomPrograms_DocumentsInFiles_ConvergeAndLoseNothing(DocLayout layout, int tinyBasePeers)
    {
        var tally = new Tally();
        var random = new Random(11);
        for (var i = 0; i < Math.Min(Iterations / 50, 200); i++)
        {
            var folder = Directory.CreateTempSubdirectory("tinystore-convergence-");
            try
            {
                using var world = new World(new WorldOptions
                {
                    NetPeers = 2 + (i % 4),
                    TinyBasePeers = tinyBasePeers,
                    Layout = layout,
                    GcMask = (uint)random.Next(),
                    HasSharedHistory = i % 3 == 0,
                    PullsFromTinyBase = false,
                    Folder = folder.FullName,
                });
                tally.Add(Run(world, random));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        output.WriteLine(tally.ToString());
        AssertThatAllWasMet(tally, 5);
        Assert.True(tally.NetLost <= tally.Judged / 200, tally.ToString());
    }

    [Fact]
    public void RandomPrograms_PlainContainers_AreCaughtWithinSeconds()
    {
        // The mutation check: with TinyBase's way of making containers the same test fails.
        var failures = 0;
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            var steps = new uint[60];
            for (var j = 0; j < steps.Length; j++)
            {
                steps[j] = (uint)random.NextInt64(1L << 32);
            }
            try
            {
                Run((3, (uint)i, steps), DocLayout.Nested, options => options.PlainContainers = true);
            }
            catch (InvalidOperationException)
            {
                failures++;
            }
        }

        output.WriteLine($"{failures} of 100 runs fail with plain containers");
        Assert.True(failures >= 30);
    }

    // What cannot be helped is counted: see docs/convergence.md. The bounds are several times what is seen.
    [Theory]
    [InlineData(1, true, false)]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(1, true, true)]
    public void RandomPrograms_WithTinyBasePeers_ConvergeAndLoseNextToNothing(int tinyBasePeers, bool deletes, bool pulls)
    {
        var tally = new Tally();
        var random = new Random(7);
        for (var i = 0; i < Iterations / 10; i++)
        {
            using var world = new World(new WorldOptions
            {
                NetPeers = 2 + (i % 2),
                TinyBasePeers = tinyBasePeers,
                GcMask = (uint)random.Next(),
                HasSharedHistory = i % 3 == 0,
                Deletes = deletes,
                PullsFromTinyBase = pulls,
            });
            tally.Add(Run(world, random));
        }

        output.WriteLine(tally.ToString());
        Assert.True(tally.TableConflicts >= 100 && tally.RowConflicts >= 100 && tally.Pendings >= 100, tally.ToString());
        Assert.True(tally.NetLost <= tally.Judged / 200, tally.ToString());
        Assert.True(tally.TinyBaseLost <= tally.Judged / 50, tally.ToString());
        Assert.True(tally.Back <= tally.Judged / 25, tally.ToString());
    }

    private static void AssertThatAllWasMet(Tally tally, int times) => Assert.All(
        [
            tally.TableConflicts, tally.RowConflicts, tally.CellConflicts, tally.Deletes, tally.Pendings, tally.Duplicates, tally.Pulls,
            tally.Restarts, tally.LateStarts, tally.RolledBack, tally.UniqueRows, tally.Initial, tally.Shared, tally.Cut,
        ],
        count => Assert.True(count >= times, tally.ToString()));

    private static Tally Run((int Peers, uint GcMask, uint[] Steps) program, DocLayout layout, Action<YjsPersisterOptions>? configure = null)
    {
        using var world = new World(new WorldOptions
        {
            NetPeers = program.Peers,
            Layout = layout,
            GcMask = program.GcMask,
            HasSharedHistory = (program.GcMask >> 8) % 4 == 0,
            Configure = configure,
        });
        foreach (var step in program.Steps)
        {
            world.Step(step);
        }
        world.Finish();
        return world.Tally;
    }

    private static Tally Run(World world, Random random)
    {
        for (var i = 30 + random.Next(60); i > 0; i--)
        {
            world.Step((uint)random.NextInt64(1L << 32));
        }
        world.Finish();
        return world.Tally;
    }

    private static string Print((int Peers, uint GcMask, uint[] Steps) program) =>
        $"({program.Peers}, {program.GcMask}u, [{string.Join(", ", program.Steps.Select(step => step + "u"))}])";
}
