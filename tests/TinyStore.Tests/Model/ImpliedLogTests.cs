using CsCheck;

namespace TinyStore.Tests.Model;

/// <summary>A table that is new and only grew is its own log. Nobody can tell.</summary>
public class ImpliedLogTests
{
    private static readonly Gen<(StoreStep[] Steps, int RolledBack)[]> Program =
        Gen.Select(StoreStep.Any(4).Array[1, 8], Gen.Int[0, 4]).Array[1, 20];

    [Fact]
    public void Log_ReadAfterEachStep_IsTheLogReadAtTheEnd()
    {
        var compared = 0;
        Program.Sample(
            program =>
            {
                var (watched, left) = (new Store(), new Store());
                List<string> fromWatched = [], fromLeft = [];
                Tell(watched, fromWatched);
                Tell(left, fromLeft);
                foreach (var (steps, rolledBack) in program)
                {
                    Run(watched, steps, rolledBack, () => watched.GetTransactionLog());
                    Run(left, steps, rolledBack, () => { });
                    Assert.Equal(fromWatched, fromLeft);
                    Assert.Equal(watched.GetJson(), left.GetJson());
                    compared += fromLeft.Count;
                    fromWatched.Clear();
                    fromLeft.Clear();
                }
            },
            iter: 500,
            threads: 1);
        Assert.True(compared > 1000, $"{compared} logs compared");
    }

    [Fact]
    public void AfterListener_ThatChangesANewTable_LeavesTheLogToTheNext()
    {
        var store = new Store();
        var heard = new List<string>();
        store.AddAfterTransactionListener(t =>
        {
            if (t.Origin is "first")
            {
                store.SetCell("t", "r1", "c", 5).DeleteRow("t", "r2").SetCell("t", "r3", "d", 3);
            }
        });
        Tell(store, heard);

        store.Transaction(() => store.SetCell("t", "r1", "c", 1).SetCell("t", "r2", "c", 2).SetCell("u", "r", "c", 1), "first");

        Assert.Equal(["t r1 c - 1, t r2 c - 2, u r c - 1", "t r1 c 1 5", "t r2 c 2 -", "t r3 d - 3"], heard.ConvertAll(h => h[..h.IndexOf('|')]));
    }

    [Fact]
    public void AfterListener_ThatDeletesANewTable_LeavesTheLogToTheNext()
    {
        var store = new Store();
        var heard = new List<string>();
        store.AddAfterTransactionListener(t =>
        {
            if (t.Origin is "first")
            {
                store.DeleteTables().SetCell("t", "r9", "c", 9);
            }
        });
        Tell(store, heard);

        store.Transaction(() => store.SetCell("t", "r1", "c", 1).SetCell("t", "r2", "c", 2), "first");

        Assert.Equal(["t r1 c - 1, t r2 c - 2", "t r1 c 1 -, t r2 c 2 -", "t r9 c - 9"], heard.ConvertAll(h => h[..h.IndexOf('|')]));
    }

    [Fact]
    public void NewTable_AmongOthers_KeepsItsPlaceInWhatListenersHear()
    {
        var store = new Store().SetCell("old", "r", "c", 1);
        var recorder = new Recorder(store).ListenToAll();

        store.Transaction(() => store
            .SetCell("new", "r1", "c", 1).SetCell("old", "r2", "d", 2).SetCell("later", "r", "c", 3).SetCell("new", "r1", "d", 4)
            .SetCell("new", "r1", "c", 5).DeleteCell("new", "r1", "c").SetCell("new", "r1", "c", 6));

        Assert.Equal(
            [
                "tableIds +new,+later",
                "hasTable new True",
                "hasTable later True",
                "tableCellIds new +d,+c",
                "hasTableCell new d True",
                "hasTableCell new c True",
                "tableCellIds old +d",
                "hasTableCell old d True",
                "tableCellIds later +c",
                "hasTableCell later c True",
                "rowCount new 1",
                "rowCount old 2",
                "rowCount later 1",
                "rowIds new +r1",
                "hasRow new r1 True",
                "rowIds old +r2",
                "hasRow old r2 True",
                "rowIds later +r",
                "hasRow later r True",
                "cellIds new r1 +d,+c",
                "hasCell new r1 d True",
                "hasCell new r1 c True",
                "cellIds old r2 +d",
                "hasCell old r2 d True",
                "cellIds later r +c",
                "hasCell later r c True",
                "cell new r1 c - 6",
                "cell new r1 d - 4",
                "row new r1",
                "table new",
                "cell old r2 d - 2",
                "row old r2",
                "table old",
                "cell later r c - 3",
                "row later r",
                "table later",
                "tables",
            ],
            recorder.Take());
    }

    private static void Run(Store store, StoreStep[] steps, int rolledBack, Action afterEach) =>
        store.Transaction(
            () =>
            {
                foreach (var step in steps)
                {
                    step.Run(store);
                    afterEach();
                }
            },
            shouldRollback: _ => rolledBack == 0);

    // The changes, and then the whole log.
    private static void Tell(Store store, List<string> to) =>
        store.AddAfterTransactionListener(t =>
        {
            var changes = new List<string>();
            foreach (var (tableId, rowId, cellId, old, now) in t.CellChanges)
            {
                changes.Add($"{tableId} {rowId} {cellId} {Recorder.Text(old)} {Recorder.Text(now)}");
            }
            to.Add($"{string.Join(", ", changes)}|{Text(t.GetLog())}{t.GetChanges().ToJson()}");
        });

    private static string Text(StoreTransactionLog log) => string.Join(
        "; ",
        [
            log.CellsTouched.ToString(),
            Recorder.Text(log.ChangedTableIds),
            .. log.ChangedRowIds.Select(t => $"{t.Key} {Recorder.Text(t.Value)}"),
            .. log.ChangedCellIds.SelectMany(t => t.Value.Select(r => $"{t.Key} {r.Key} {Recorder.Text(r.Value)}")),
            .. log.InvalidCells.Select(c => $"{c.TableId} {c.RowId} {c.CellId} {c.Values.Count}"),
            .. log.ChangedValues.Select(v => v.ToString()),
        ]);
}
