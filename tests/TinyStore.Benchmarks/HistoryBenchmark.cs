using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>Documents with a past: tombstones, many small updates.</summary>
internal static class HistoryBenchmark
{
    private const int Rows = 1_000;
    private const int Columns = 10;
    private const int Writes = 100_000;
    private const int Updates = 10_000;

    public static void Run(Figures figures, string script, string folder)
    {
        var history = Path.Combine(folder, "history.bin");
        NodeBench.Run(script, "history", history, Rows, Columns, Writes);
        var update = File.ReadAllBytes(history);
        var peer = NodeBench.Run(script, "load", history, Timing.Runs, Timing.WarmUps);
        figures.Add(new Figure("load a table of 1,000 × 10 overwritten 100,000 times", "ms", Timing.Median(Timing.Run(() => Load(update))), NodeBench.Median(peer, "ms"), "≥ 10 ×"));

        var table = Path.Combine(folder, "table.bin");
        NodeBench.Run(script, "make", table, Rows, Columns);
        var live = Timing.Retained(() => Load(File.ReadAllBytes(table)));
        var both = Timing.Retained(() => Load(update));
        figures.Add(new Figure("memory of a tombstone", "B", (both - live) / (double)Writes, Goal: "≤ 40 B"));

        var small = SmallUpdates();
        var merged = Timing.Median(Timing.Run(() => YUpdate.Merge(small)));
        figures.Add(new Figure("merge 10,000 updates of one cell", "ms", merged, NodeBench.Median(NodeBench.Run(script, "merge", Updates, Timing.Runs, Timing.WarmUps), "ms"), "≥ 5 ×"));
    }

    private static YDoc Load(byte[] update)
    {
        var doc = new YDoc();
        doc.ApplyUpdate(update);
        return doc;
    }

    private static List<ReadOnlyMemory<byte>> SmallUpdates()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var updates = new List<ReadOnlyMemory<byte>>();
        using var subscription = doc.ObserveUpdates(e => updates.Add(e.Update));
        for (var i = 0; i < Updates; i++)
        {
            doc.GetMap("m").Set($"r{i * 7919 % 1000}/c{i % 10}", i);
        }

        return updates;
    }
}
