using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>
/// Ten million cells. The update is written here, with the bytes that yjs would write; yjs itself needs more memory for such a
/// document than Node gives it, so it is compared with the floor alone.
/// </summary>
internal static class HugeBenchmark
{
    private const int Rows = 1_000_000;
    private const int Columns = 10;
    private const int Runs = 3;

    public static void Run(Figures figures)
    {
        var update = Table();
        var floor = Timing.Median(Timing.Run(() => ScanFloor.Run(update), Runs, warmUps: 1));
        var ours = Timing.Median(Timing.Run(() => Load(update), Runs, warmUps: 1));
        figures.Add(new Figure("load 10,000,000 cells", "ms", ours));
        figures.Add(new Figure("load 10,000,000 cells as a multiple of their floor", "×", ours / floor, Goal: "≤ 5"));
        figures.Add(new Figure("memory of 10,000,000 cells loaded", "MB", Timing.Retained(() => Load(update)) / 1e6, Goal: "≤ 550 MB"));
    }

    private static YDoc Load(byte[] update)
    {
        var doc = new YDoc();
        doc.ApplyUpdate(update);
        return doc;
    }

    private static byte[] Table()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var columns = Enumerable.Range(0, Columns).Select(c => $"c{c}").ToArray();
        doc.Transact(_ =>
        {
            var root = doc.GetMap("tinybase");
            var tables = root.SetMap("t");
            root.SetMap("v");
            var table = tables.SetMap("table");
            for (var r = 0; r < Rows; r++)
            {
                var row = table.SetMap($"r{r}");
                for (var c = 0; c < Columns; c++)
                {
                    row.Set(columns[c], ((r * Columns) + c) % 100_000);
                }
            }
        });
        return doc.EncodeStateAsUpdate();
    }
}
