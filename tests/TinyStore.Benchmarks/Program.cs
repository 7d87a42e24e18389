using System.Runtime.InteropServices;
using TinyStore.Benchmarks;
using TinyStore.Node;

// dotnet run -c Release --project tests/TinyStore.Benchmarks [-- [--write docs/benchmarks.md] [--only engine|store|bridge|relay|browser]]
if (args is [LoadBenchmark.FreshArgument, var once])
{
    LoadBenchmark.LoadOnce(once);
    return 0;
}

string? page = null, only = null;
for (var i = 0; i < args.Length; i += 2)
{
    switch (args[i..Math.Min(i + 2, args.Length)])
    {
        case ["--write", var path]:
            page = path;
            break;
        case ["--only", "engine" or "store" or "bridge" or "relay" or "browser"]:
            only = args[i + 1];
            break;
        default:
            await Console.Error.WriteLineAsync($"unknown arguments '{string.Join(' ', args)}'; usage: TinyStore.Benchmarks [--write FILE] [--only engine|store|bridge|relay|browser]");
            return 2;
    }
}

await NodePackages.EnsureInstalledAsync(Repository.JavaScript);
var script = Path.Combine(Repository.JavaScript, "bench.mjs");
var bridgeScript = Path.Combine(Repository.JavaScript, "bench-bridge.mjs");
var folder = Directory.CreateTempSubdirectory("tinystore-bench-").FullName;
var figures = new Figures();
try
{
    bool Runs(string what) => only is null || only == what;
    var made = NodeBench.Run(bridgeScript, "make", Path.Combine(folder, "version.bin"), 1);
    if (Runs("engine"))
    {
        figures.Begin("The Yjs engine", "yjs");
        var large = Path.Combine(folder, "cells-1000000.bin");
        var small = Path.Combine(folder, "cells-10000.bin");
        NodeBench.Run(script, "make", large, 100_000, 10);
        NodeBench.Run(script, "make", small, 1_000, 10);
        LoadBenchmark.Run(figures, script, large, 1_000_000);
        EditBenchmark.Run(figures, script, small, 10_000);
        EditBenchmark.Run(figures, script, large, 1_000_000);
        EncodeBenchmark.Run(figures, script, large, 1_000_000);
        HistoryBenchmark.Run(figures, script, folder);
        ClientsBenchmark.Run(figures, script, folder);
        HugeBenchmark.Run(figures);
        YwasmBenchmark.Run(figures, script, large, 1_000_000);
    }

    if (Runs("store"))
    {
        figures.Begin("The store", "TinyBase", "Writes go to the table of 10,000 rows, each to another row, each a transaction of its own.");
        StoreBenchmark.Run(figures, bridgeScript);
    }

    if (Runs("bridge"))
    {
        figures.Begin(
            "The bridge: store and document",
            "TinyBase + yjs",
            """
            Rows of five mixed cells, loaded from one update that yjs made. Ours loads and saves by itself at once; TinyBase has auto-save (W2, new
            rows) or auto-load (W3) alone, for with both it drops writes ([javascript-peers.md](javascript-peers.md)). Its figures at 100,000 rows are
            medians of 3 runs after 1 warm-up, and new rows are the mean of 10 where ours is of 1,000. New rows have ids that the app chose.
            """);
        var bridge = new BridgeBenchmark(figures, bridgeScript, folder);
        foreach (var rows in new[] { 1_000, 10_000, 100_000 })
        {
            bridge.Run(rows);
        }
    }

    if (Runs("relay"))
    {
        figures.Begin("The relay", "–");
        await RelayBenchmark.RunAsync(figures, CancellationToken.None);
    }

    if (Runs("browser"))
    {
        var chromium = Chromium.Find();
        figures.Begin("In the browser", "yjs", BrowserBenchmark.Notes(chromium));
        if (chromium is not null)
        {
            var cells = Path.Combine(folder, "cells-100000.bin");
            NodeBench.Run(script, "make", cells, 10_000, 10);
            await BrowserBenchmark.RunAsync(figures, chromium, cells, folder);
        }
        else
        {
            Console.WriteLine(BrowserBenchmark.Notes(chromium));
        }
    }

    figures.Show();
    var machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, Node {made.GetProperty("node")}, yjs {made.GetProperty("yjs")}, TinyBase {made.GetProperty("tinybase")}";
    Console.WriteLine(machine);
    if (page is not null)
    {
        await File.WriteAllTextAsync(page, figures.ToMarkdown(machine, "dotnet run -c Release --project tests/TinyStore.Benchmarks -- --write docs/benchmarks.md"));
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;
