using System.Diagnostics;
using System.Globalization;
using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>Loading a nested table of 10^6 cells from one V1 update that yjs made: time, a fresh process, memory a cell.</summary>
internal static class LoadBenchmark
{
    /// <summary>The argument with which this program starts itself to time the first load of a new process.</summary>
    public const string FreshArgument = "--load-once";

    public static void Run(Figures figures, string script, string file, int cells)
    {
        var update = File.ReadAllBytes(file);
        var size = cells.ToString("#,0", CultureInfo.InvariantCulture);

        var ours = Timing.Median(Timing.Run(() => Load(update)));
        figures.Add(new Figure($"load {size} cells", "ms", ours, NodeBench.Median(NodeBench.Run(script, "load", file, Timing.Runs, Timing.WarmUps), "ms"), "≥ 20 ×"));

        var floor = Timing.Median(Timing.Run(() => ScanFloor.Run(update)));
        figures.Add(new Figure($"floor: scan of {size} cells that interns their keys", "ms", floor));
        figures.Add(new Figure($"load {size} cells as a multiple of that floor", "×", ours / floor, Goal: "≤ 4"));

        var fresh = Timing.Median(Enumerable.Range(0, Timing.Runs).Select(_ => FreshProcess(file)));
        var freshPeer = Timing.Median(Enumerable.Range(0, Timing.Runs).Select(_ => NodeBench.Median(NodeBench.Run(script, "load", file, 1, 0), "ms")));
        figures.Add(new Figure($"load {size} cells, fresh process", "ms", fresh, freshPeer, "≥ 8 ×"));

        var retained = (double)Timing.Retained(() => Load(update)) / cells;
        var retainedPeer = NodeBench.Run(script, "memory", file).GetProperty("bytes").GetDouble() / cells;
        figures.Add(new Figure($"memory of {size} cells loaded", "B a cell", retained, retainedPeer, "≤ 48 B"));
    }

    /// <summary>What the fresh process does: one load, and its time on standard output.</summary>
    public static void LoadOnce(string file)
    {
        var update = File.ReadAllBytes(file);
        var start = Stopwatch.GetTimestamp();
        Load(update);
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture));
    }

    private static YDoc Load(byte[] update)
    {
        var doc = new YDoc();
        doc.ApplyUpdate(update);
        return doc;
    }

    private static double FreshProcess(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LoadBenchmark).Assembly.Location);
        }

        start.ArgumentList.Add(FreshArgument);
        start.ArgumentList.Add(file);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}
