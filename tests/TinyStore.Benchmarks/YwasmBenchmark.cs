using System.Globalization;

namespace TinyStore.Benchmarks;

/// <summary>Our figures of the whole table once more, beside those of ywasm (yrs, which is Yjs in Rust, as WebAssembly) under Node.</summary>
internal static class YwasmBenchmark
{
    public static void Run(Figures figures, string script, string file, int cells)
    {
        var size = cells.ToString("#,0", CultureInfo.InvariantCulture);
        figures.Begin("The Yjs engine beside ywasm", "ywasm", "Ours are the figures above. ywasm's memory is what its WebAssembly memory grew by.");
        var peer = NodeBench.Run(script, "ywasm", file, Timing.Runs, Timing.WarmUps);
        Add($"load {size} cells", "ms", NodeBench.Median(peer, "load"));
        Add($"memory of {size} cells loaded", "B a cell", peer.GetProperty("bytes").GetDouble() / cells);
        Add($"encode {size} cells, V1", "ms", NodeBench.Median(peer, "v1"));
        Add($"encode {size} cells, V2", "ms", NodeBench.Median(peer, "v2"));

        void Add(string work, string unit, double figure) => figures.Add(new Figure(work, unit, figures.Ours(work), figure));
    }
}
