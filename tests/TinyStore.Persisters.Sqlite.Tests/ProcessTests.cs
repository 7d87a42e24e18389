using System.Globalization;
using TinyStore.Persisters.CrashHost;
using TinyStore.TestKit;
using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Sqlite.Tests;

/// <summary>
/// Real processes on the machine's disk: several that persist in one place, and some that are killed with SIGKILL while they
/// save. TINYSTORE_CRASH_SCALE=20 kills twenty times as many.
/// </summary>
public sealed class ProcessTests : IDisposable
{
    private const int Processes = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("persistercrash");
    private readonly ITestOutputHelper _output;

    public ProcessTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Process_KilledAtAnyMoment_EachPlaceHoldsTheLastSavedStateOrALaterOne()
    {
        var scale = double.TryParse(Environment.GetEnvironmentVariable("TINYSTORE_CRASH_SCALE"), CultureInfo.InvariantCulture, out var s) ? s : 1;
        var seed = Random.Shared.Next(1_000_000);
        _output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var saved = new Dictionary<PlaceKind, int>();
        var (reports, interrupted, halfWritten) = (0, 0, 0);
        for (var i = 0; i < (int)(Processes * scale); i++)
        {
            reports += await RunAndKillAsync(random, saved);
            halfWritten += File.Exists(Places.PathOf(_folder.FullName, PlaceKind.File) + ".tinystore.tmp") ? 1 : 0;
            foreach (var kind in Enum.GetValues<PlaceKind>())
            {
                var store = new Store();
                await using var persister = Places.Persist(_folder.FullName, kind, store);
                await persister.LoadAsync();
                var number = Saver.NumberOf(store);
                var least = saved.GetValueOrDefault(kind);
                Assert.True(number >= least, $"{kind}: change {least} was reported saved, and {number} is there");
                interrupted += number > least ? 1 : 0;
                saved[kind] = number;
            }
        }
        _output.WriteLine($"{reports} reports of saved changes; {interrupted} places had changes that were not reported yet, {halfWritten} half a file beside");
        Assert.True(reports > Processes, "hardly anything was saved, so nothing was tested");
        Assert.True(interrupted + halfWritten > 0, "nothing was ever interrupted, so nothing was tested");
    }

    [Theory]
    [InlineData(PlaceKind.File)]
    [InlineData(PlaceKind.Json)]
    [InlineData(PlaceKind.Tabular)]
    public async Task Processes_ThreeInOnePlace_EachKeepsWhatTheOthersWrite(PlaceKind kind)
    {
        const int Count = 20;
        var ids = new[] { "a", "b", "c" };
        var (store, lane) = (new Store(), new TestLane());
        var writers = ids.Select(id => new CrashHostProcess(typeof(Saver), "write", $"{kind}", _folder.FullName, id, $"{Count}")).ToArray();
        await using var persister = Places.Persist(_folder.FullName, kind, store, lane.Post);
        try
        {
            // All of them begin in an empty folder at about the same time.
            await persister.StartAutoPersistingAsync();
            foreach (var writer in writers)
            {
                Assert.Equal("started", await writer.Output.ReadLineAsync());
                Assert.Equal("saved", await writer.Output.ReadLineAsync());
            }
            await PersisterFixtures.UntilAsync(() => lane.RunAsync(() => store.GetRowCount("t") == (ids.Length * Count) + 1), "everything is here");
        }
        finally
        {
            Array.ForEach(writers, writer => writer.Dispose());
        }

        var reread = new Store();
        await using var reader = Places.Persist(_folder.FullName, kind, reread);
        await reader.LoadAsync();
        Assert.Equal(ids, reread.GetCellIds("t", "shared").Order());
        Assert.All(ids, id => Assert.Equal(Count - 1, reread.GetCell("t", "shared", id)));
        Assert.Equal((ids.Length * Count) + 1, reread.GetRowCount("t"));
    }

    private async Task<int> RunAndKillAsync(Random random, Dictionary<PlaceKind, int> saved)
    {
        using var process = new CrashHostProcess(typeof(Saver), "save", _folder.FullName, $"{random.Next(1_000_000)}");
        var killed = Task.CompletedTask;
        var reports = 0;
        if (random.Next(6) == 0)
        {
            killed = KillAsync(random.Next(1, 400)); // maybe before it is ready
        }
        while (await process.Output.ReadLineAsync() is { } line)
        {
            Assert.False(line.StartsWith("error", StringComparison.Ordinal), line);
            if (line == "ready")
            {
                killed = KillAsync(random.Next(1, 300));
            }
            else if (line.Split(' ') is [var kind, var number])
            {
                saved[Places.Parse(kind)] = int.Parse(number, CultureInfo.InvariantCulture);
                reports++;
            }
        }
        await killed;
        return reports;

        async Task KillAsync(int milliseconds)
        {
            await Task.Delay(milliseconds);
            process.Kill();
        }
    }
}
