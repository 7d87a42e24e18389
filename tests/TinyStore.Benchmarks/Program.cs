using System.Runtime.InteropServices;
using TinyStore.Benchmarks;
using TinyStore.Node;

// dotnet run -c Release --project tests/TinyStore.Benchmarks [-- --write docs/benchmarks.md]
if (args is [LoadBenchmark.FreshArgument, var once])
{
    LoadBenchmark.LoadOnce(once);
    return 0;
}

var page = args is ["--write", var path] ? path : null;
if (args.Length > 0 && page is null)
{
    await Console.Error.WriteLineAsync($"unknown arguments '{string.Join(' ', args)}'; usage: TinyStore.Benchmarks [--write FILE]");
    return 2;
}

await NodePackages.EnsureInstalledAsync(Repository.JavaScript);
var script = Path.Combine(Repository.JavaScript, "bench.mjs");
var folder = Directory.CreateTempSubdirectory("tinystore-bench-").FullName;
var figures = new Figures();
try
{
    var large = Path.Combine(folder, "cells-1000000.bin");
    var small = Path.Combine(folder, "cells-10000.bin");
    var made = NodeBench.Run(script, "make", large, 100_000, 10);
    NodeBench.Run(script, "make", small, 1_000, 10);
    LoadBenchmark.Run(figures, script, large, 1_000_000);
    EditBenchmark.Run(figures, script, small, 10_000);
    EditBenchmark.Run(figures, script, large, 1_000_000);
    EncodeBenchmark.Run(figures, script, large, 1_000_000);
    HistoryBenchmark.Run(figures, script, folder);
    await RelayBenchmark.RunAsync(figures, CancellationToken.None);

    figures.Show();
    var machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, Node {made.GetProperty("node")}, yjs {made.GetProperty("yjs")}";
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
