using System.Globalization;
using TinyStore.Crdt;
using TinyStore.Crdt.CrashHost;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Files;

/// <summary>
/// The real thing: processes on the machine's disk that are killed with SIGKILL while they edit, write and compact. Each process
/// works on several documents, so one kill interrupts each of them somewhere else. TINYSTORE_CRASH_SCALE=20 runs twenty times
/// as many.
/// </summary>
public sealed class DocFileKillTests : IDisposable
{
    private const int FilesPerProcess = 8;
    private const int Processes = 40;
    private const int ProcessesPerDirectory = 8; // then the documents begin anew, lest they grow too long

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("docfile");
    private readonly ITestOutputHelper _output;

    public DocFileKillTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Process_KilledAtAnyMoment_EveryEditThatWasReportedSavedIsThere()
    {
        var scale = double.TryParse(Environment.GetEnvironmentVariable("TINYSTORE_CRASH_SCALE"), CultureInfo.InvariantCulture, out var s) ? s : 1;
        var processes = (int)(Processes * scale);
        var seed = Random.Shared.Next(1_000_000);
        _output.WriteLine($"seed {seed}");
        var tally = new Tally();
        await Task.WhenAll(LaneAsync(seed, processes / 2, tally), LaneAsync(seed + 1, processes - (processes / 2), tally));
        _output.WriteLine($"{processes * FilesPerProcess} kills: {tally}");
        Assert.True(tally.Saved > processes, "hardly anything was saved, so nothing was tested");
        Assert.True(tally.WereWriting > 0, "nothing was ever interrupted, so nothing was tested");
    }

    [Fact]
    public async Task OpenAsync_AnotherProcessHasTheFile_RefusedUntilItIsKilled()
    {
        var path = Path.Combine(_directory.FullName, "zoo.doc");
        using (var holder = new CrashHostProcess(typeof(Editor), "hold", path))
        {
            Assert.Equal("held", await holder.Output.ReadLineAsync());
            var e = await Assert.ThrowsAsync<DocFileInUseException>(() => DocFile.OpenAsync(path, new YDoc()));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            holder.Kill();
        }

        // The lock died with the process; the file that it was on did not.
        Assert.True(File.Exists(path + ".lock"));
        await using var file = await DocFile.OpenAsync(path, new YDoc());
        using var second = new CrashHostProcess(typeof(Editor), "hold", path);
        Assert.StartsWith("refused", await second.Output.ReadLineAsync(), StringComparison.Ordinal);
    }

    private async Task LaneAsync(int seed, int processes, Tally tally)
    {
        var random = new Random(seed);
        DirectoryInfo? directory = null;
        var saved = new int[FilesPerProcess];
        for (var i = 0; i < processes; i++)
        {
            if (i % ProcessesPerDirectory == 0)
            {
                directory = _directory.CreateSubdirectory($"{seed} {i}");
                Array.Fill(saved, -1);
            }

            await RunAndKillAsync(directory!.FullName, random, saved, tally);
            for (var file = 0; file < FilesPerProcess; file++)
            {
                await CheckAsync(Editor.PathOf(directory.FullName, file), saved, file, tally);
            }
        }
    }

    private static async Task RunAndKillAsync(string directory, Random random, int[] saved, Tally tally)
    {
        using var process = new CrashHostProcess(typeof(Editor), "edit", directory, $"{FilesPerProcess}", $"{random.Next(1_000_000)}");
        var killed = Task.CompletedTask;
        if (random.Next(8) == 0)
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
            else if (line.Split(' ') is [var file, var number])
            {
                saved[int.Parse(file, CultureInfo.InvariantCulture)] = int.Parse(number, CultureInfo.InvariantCulture);
                tally.Saved++;
            }
        }

        await killed;

        async Task KillAsync(int milliseconds)
        {
            await Task.Delay(milliseconds);
            process.Kill();
        }
    }

    private static async Task CheckAsync(string path, int[] saved, int index, Tally tally)
    {
        if (!File.Exists(path))
        {
            Assert.Equal(-1, saved[index]);
            return;
        }

        tally.WereCompacting += File.Exists(path + ".new") ? 1 : 0;
        var doc = new YDoc();
        await using var file = await DocFile.OpenAsync(path, doc);
        Assert.False(doc.HasPending);
        var last = Editor.NextOf(doc) - 1;
        Assert.True(last >= saved[index], $"{path}: edit {saved[index]} was reported saved, and the last one found is {last}");
        var cursor = file.Open("room", tally).Cursor;
        Assert.True(cursor.IsEmpty || BitConverter.ToInt32(cursor.Span) <= last + 1, "the cursor is ahead of the edits");
        Assert.DoesNotContain(file.Damage, damage => damage.Kind != DocFileDamageKind.TornTail);
        tally.WereWriting += last > saved[index] ? 1 : 0;
        tally.TornTails += file.Damage.Count;
        saved[index] = last;
    }

    private sealed class Tally
    {
        public int Saved { get; set; }

        public int WereWriting { get; set; }

        public int TornTails { get; set; }

        public int WereCompacting { get; set; }

        public override string ToString() =>
            $"{Saved} reports of saved edits; {WereWriting} documents had edits that were not reported yet, {TornTails} a torn tail, {WereCompacting} half a compaction";
    }
}
