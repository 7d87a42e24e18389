using System.Globalization;
using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>One-cell transactions on a loaded table, each emitting its update bytes, at two sizes.</summary>
internal static class EditBenchmark
{
    private const int Count = 20_000;

    public static void Run(Figures figures, string script, string file, int cells)
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 2 });
        doc.ApplyUpdate(File.ReadAllBytes(file));
        long emitted = 0;
        using var subscription = doc.ObserveUpdates(e => emitted += e.Update.Length);
        var root = doc.GetMap("tinybase");
        var table = root["t"].AsMap!["table"].AsMap!;
        var rows = table.Select(entry => entry.Key).ToArray();
        var columns = Enumerable.Range(0, 5).Select(c => $"c{c}").ToArray();
        var value = 0;
        void Edit()
        {
            for (var i = 0; i < Count; i++)
            {
                value++;
                table.TryGetMap(rows[(int)(value * 7919L % rows.Length)], out var row);
                row!.Set(columns[value % 5], value);
            }
        }

        var ms = Timing.Run(Edit);
        if (emitted == 0)
        {
            throw new InvalidOperationException("No update was emitted: the measurement is void.");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Edit();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
        var size = cells.ToString("#,0", CultureInfo.InvariantCulture);
        var peer = NodeBench.Run(script, "edit", file, Count, Timing.Runs, Timing.WarmUps);
        figures.Add(new Figure($"one-cell transaction with update bytes, {size} cells", "µs", Timing.Median(ms) * 1000 / Count, NodeBench.Median(peer, "us"), cells <= 10_000 ? "≤ 1 µs" : "≤ 3 µs"));
        figures.Add(new Figure($"allocated by it, {size} cells", "B", allocated, Goal: "≤ 200 B"));
        RunRemote(figures, script, file, size);
    }

    /// <summary>One-cell updates of another peer, applied under a deep observer.</summary>
    private static void RunRemote(Figures figures, string script, string file, string size)
    {
        var bytes = File.ReadAllBytes(file);
        using var doc = new YDoc();
        doc.ApplyUpdate(bytes);
        var updates = RemoteUpdates(bytes);
        long events = 0;
        using var subscription = doc.GetMap("tinybase").ObserveDeep(list => events += list.Count);
        var next = 0;
        var ms = Timing.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                doc.ApplyUpdate(updates[next++], "remote");
            }
        });
        if (events != updates.Length)
        {
            throw new InvalidOperationException($"{events} events of {updates.Length} updates: the measurement is void.");
        }

        var peer = NodeBench.Run(script, "remote", file, Count, Timing.Runs, Timing.WarmUps);
        figures.Add(new Figure($"one-cell remote update under a deep observer, {size} cells", "µs", Timing.Median(ms) * 1000 / Count, NodeBench.Median(peer, "us"), "≥ 10 ×"));
    }

    private static byte[][] RemoteUpdates(byte[] bytes)
    {
        using var peer = new YDoc(new YDocOptions { ClientId = 3 });
        peer.ApplyUpdate(bytes);
        var updates = new List<byte[]>();
        using var subscription = peer.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        var table = peer.GetMap("tinybase")["t"].AsMap!["table"].AsMap!;
        var rows = table.Select(entry => entry.Key).ToArray();
        for (var value = 1; value <= Count * (Timing.Runs + Timing.WarmUps); value++)
        {
            table.TryGetMap(rows[(int)(value * 7919L % rows.Length)], out var row);
            row!.Set($"c{value % 5}", value);
        }

        return [.. updates];
    }
}
