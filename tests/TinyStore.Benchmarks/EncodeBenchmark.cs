using System.Globalization;
using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>The whole document as an update, in both formats, and reading the smaller one.</summary>
internal static class EncodeBenchmark
{
    public static void Run(Figures figures, string script, string file, int cells)
    {
        using var doc = new YDoc();
        doc.ApplyUpdate(File.ReadAllBytes(file));
        var size = cells.ToString("#,0", CultureInfo.InvariantCulture);
        foreach (var version in new[] { 1, 2 })
        {
            var ms = Timing.Run(() => _ = version == 2 ? doc.EncodeStateAsUpdateV2() : doc.EncodeStateAsUpdate());
            var peer = NodeBench.Run(script, "encode", file, version, Timing.Runs, Timing.WarmUps);
            figures.Add(new Figure($"encode {size} cells, V{version}", "ms", Timing.Median(ms), NodeBench.Median(peer, "ms"), "≥ 5 ×"));
        }
    }
}
