namespace TinyStore.Benchmarks;

/// <summary>The store alone, next to TinyBase's, on the mixed table.</summary>
internal static class StoreBenchmark
{
    private const int Rows = 10_000;
    private const int Writes = 100_000;
    private const int CellListeners = 1_000;

    public static void Run(Figures figures, string script)
    {
        Write(figures, script, "without listeners", 0);
        Write(figures, script, "one listener on all cells", -1);
        Write(figures, script, "1,000 listeners on single cells", CellListeners);

        var tables = MixedTable.Tables(Rows);
        var ms = Timing.Median(Timing.Run(() => Require(new Store().SetTables(tables).GetRowCount(MixedTable.Id) == Rows)));
        figures.Add(new Figure("SetTables, 10,000 rows × 5 cells", "ms", ms, Peer(script, "set-tables", Rows), "≥ 10 ×"));

        var store = new Store().SetTables(tables);
        ms = Timing.Median(Timing.Run(() => Require(CountCells(store) == Rows * MixedTable.Columns)));
        figures.Add(new Figure("read each of 50,000 cells once", "ms", ms, Peer(script, "read", Rows), "≥ 10 ×"));

        // Ids and strings are in the tables that it is filled from, and so are not counted.
        var cells = (double)Rows * MixedTable.Columns;
        var ours = Timing.Retained(() => new Store().SetTables(tables)) / cells;
        GC.KeepAlive(tables);
        var theirs = NodeBench.Run(script, "store-memory", Rows).GetProperty("bytes").GetDouble() / cells;
        figures.Add(new Figure("memory of the store, 10,000 rows, without ids and strings", "B a cell", ours, theirs, "≤ 60 B"));
    }

    private static void Write(Figures figures, string script, string listening, int listeners)
    {
        var store = new Store().SetTables(MixedTable.Tables(Rows));
        var heard = 0;
        if (listeners < 0)
        {
            store.AddCellListener(null, null, null, _ => heard++);
        }
        for (var row = 0; row < listeners; row++)
        {
            store.AddCellListener(MixedTable.Id, MixedTable.RowId(row), "age", _ => heard++);
        }
        var rows = store.GetRowIds(MixedTable.Id);
        var value = 100;
        var ms = Timing.Median(Timing.Run(() =>
        {
            for (var i = 0; i < Writes; i++)
            {
                value++;
                store.SetCell(MixedTable.Id, rows[(int)(value * 7919L % rows.Count)], "age", value);
            }
        }));
        Require(heard > 0 == (listeners != 0));
        figures.Add(new Figure($"100,000 cell writes, {listening}", "ms", ms, Peer(script, "writes", Rows, Writes, listeners), "≥ 10 ×"));
    }

    private static int CountCells(Store store)
    {
        var cells = 0;
        foreach (var (_, row) in store.Rows(MixedTable.Id))
        {
            foreach (var (_, cell) in row)
            {
                cells += cell.IsUndefined ? 0 : 1;
            }
        }
        return cells;
    }

    private static double Peer(string script, string work, params object[] arguments) =>
        NodeBench.Median(NodeBench.Run(script, [work, .. arguments, Timing.Runs, Timing.WarmUps]), "ms");

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("The work was not done: the measurement is void.");
        }
    }
}
