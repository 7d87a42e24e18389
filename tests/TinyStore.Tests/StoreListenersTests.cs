namespace TinyStore.Tests;

public class StoreListenersTests
{
    private readonly Store _store = new();

    // The order within a phase is TinyBase's: measured with 10.0.1.
    [Fact]
    public void Listeners_OfOneTransaction_AreCalledInTinyBasesOrder()
    {
        _store.SetRow("t", "r0", new() { ["a"] = 1, ["gone"] = 1 });
        var lines = new Recorder(_store).ListenToAll().ListenToAll(ListenerKind.Mutator, "m ").ListenToTransactions();
        _store.Transaction(() =>
        {
            lines.Lines.Add("actions");
            _store.SetValue("v", 1).SetValue("v", double.NaN);
            _store.SetCell("u", "r1", "b", 2).SetCell("t", "r0", "a", 2).DeleteCell("t", "r0", "gone").SetCell("t", "r2", "a", default);
        }, shouldRollback: _ =>
        {
            lines.Lines.Add("shouldRollback");
            return false;
        });
        string[] phase =
        [
            "invalidCell t r2 a undefined",
            "tableIds +u", "hasTable u True",
            "tableCellIds u +b", "hasTableCell u b True", "tableCellIds t -gone", "hasTableCell t gone False",
            "rowCount u 1",
            "rowIds u +r1", "hasRow u r1 True",
            "cellIds u r1 +b", "hasCell u r1 b True", "cellIds t r0 -gone", "hasCell t r0 gone False",
            "cell u r1 b - 2", "row u r1", "table u",
            "cell t r0 a 1 2", "cell t r0 gone 1 -", "row t r0", "table t",
            "tables",
            "invalidValue v NaN",
            "hasValues True", "valueIds +v", "hasValue v True", "value v - 1", "values",
        ];
        const string Changes = "[{\"u\":{\"r1\":{\"b\":2}},\"t\":{\"r0\":{\"a\":2,\"gone\":\"\uFFFC\"}}},{\"v\":1},1]";
        Assert.Equal(
            ["start -", "actions", .. phase.Select(p => "m " + p), "shouldRollback", "willFinish " + Changes, .. phase, "didFinish " + Changes, "after " + Changes],
            lines.Take());
    }

    [Fact]
    public void IdChanges_ThatGoAndComeBack_ComeLast()
    {
        var lines = new Recorder(_store).ListenToAll();
        _store.Transaction(() =>
        {
            _store.SetRow("t", "r1", new() { ["a"] = 1, ["b"] = 1 }).SetRow("t", "r2", new() { ["a"] = 1 });
            _store.DeleteRow("t", "r1").SetRow("t", "r1", new() { ["b"] = 1, ["a"] = 1 });
        });
        Assert.Contains("rowIds t +r2,+r1", lines.Lines);
        Assert.Contains("cellIds t r1 +b,+a", lines.Lines);
        Assert.Equal(["cell t r1 a - 1", "cell t r1 b - 1", "cell t r2 a - 1"], lines.Lines.Where(l => l.StartsWith("cell ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Wildcards_SpecificBeforeAny_LeftToRight_ThenAsAdded()
    {
        var heard = new List<string>();
        string?[][] paths = [[null, null, null], [null, null, "c"], [null, "r", null], [null, "r", "c"], ["t", null, null], ["t", null, "c"], ["t", "r", null], ["t", "r", "c"]];
        foreach (var round in new[] { 1, 2 })
        {
            foreach (var path in paths)
            {
                _store.AddCellListener(path[0], path[1], path[2], _ => heard.Add($"{string.Join('/', path.Select(p => p ?? "*"))} {round}"));
            }
        }
        _store.AddCellListener("t", "r", "other", _ => Assert.Fail("another cell"));
        _store.AddCellListener("other", null, null, _ => Assert.Fail("another table"));
        _store.SetCell("t", "r", "c", 1);
        string[] order = ["t/r/c", "t/r/*", "t/*/c", "t/*/*", "*/r/c", "*/r/*", "*/*/c", "*/*/*"];
        Assert.Equal(order.SelectMany(o => new[] { o + " 1", o + " 2" }), heard);
    }

    [Fact]
    public void Ids_OfEachKind_SelectWhatIsHeard()
    {
        var heard = new List<string>();
        _store.AddHasTableListener("t", e => heard.Add("hasTable " + e.TableId));
        _store.AddTableListener("t", e => heard.Add("table " + e.TableId));
        _store.AddTableCellIdsListener("t", e => heard.Add("tableCellIds " + e.TableId));
        _store.AddHasTableCellListener("t", "c", e => heard.Add("hasTableCell " + e.CellId));
        _store.AddRowCountListener("t", e => heard.Add("rowCount " + e.Count));
        _store.AddRowIdsListener("t", e => heard.Add("rowIds " + e.TableId));
        _store.AddHasRowListener("t", "r", e => heard.Add("hasRow " + e.RowId));
        _store.AddRowListener(null, "r", e => heard.Add("row " + e.TableId + e.RowId));
        _store.AddCellIdsListener("t", "r", e => heard.Add("cellIds " + e.RowId));
        _store.AddHasCellListener(null, null, "c", e => heard.Add("hasCell " + e.TableId + e.CellId));
        _store.AddInvalidCellListener("t", "r", "c", e => heard.Add("invalidCell " + e.CellId));
        _store.AddHasValueListener("v", e => heard.Add("hasValue " + e.ValueId));
        _store.AddValueListener("v", e => heard.Add("value " + e.ValueId));
        _store.AddInvalidValueListener("v", e => heard.Add("invalidValue " + e.ValueId));
        _store.Transaction(() =>
        {
            foreach (var table in new[] { "t", "u" })
            {
                _store.SetRow(table, "r", new() { ["c"] = 1, ["d"] = 1 }).SetRow(table, "s", new() { ["e"] = 1 }).SetCell(table, "r", "c", default).SetCell(table, "x", "c", default);
            }
            _store.SetValue("v", 1).SetValue("w", 1).SetValue("v", default).SetValue("w", default);
        });
        Assert.Equal(
            [
                "invalidCell c", "hasTable t", "tableCellIds t", "hasTableCell c", "rowCount 2", "rowIds t", "hasRow r", "cellIds r",
                "hasCell tc", "hasCell uc", "row tr", "table t", "row ur", "invalidValue v", "hasValue v", "value v",
            ],
            heard);
    }

    [Fact]
    public void GetCellChange_TellsOfEveryCell()
    {
        _store.SetRow("t", "r", new() { ["a"] = 1, ["b"] = 2, ["same"] = 3 });
        var asked = 0;
        void Check(Func<string, string, string, CellChange> get)
        {
            asked++;
            var (_, _, _, old, @new) = get("t", "r", "a");
            Assert.Equal("1 -", Recorder.Text(old) + " " + Recorder.Text(@new));
            Assert.True(get("t", "r", "a").IsChanged);
            Assert.Equal(7, get("u", "x", "c").New);
            Assert.Null(get("u", "x", "c").Old);
            Assert.False(get("t", "r", "b").IsChanged);
            Assert.Equal(2, get("t", "r", "b").Old);
            Assert.False(get("t", "r", "same").IsChanged);
            Assert.Null(get("t", "none", "a").New);
            Assert.Null(get("none", "r", "a").New);
        }
        _store.AddTablesListener(e => Check(e.GetCellChange));
        _store.AddTableListener("t", e => Check(e.GetCellChange));
        _store.AddRowListener("t", "r", e => Check(e.GetCellChange));
        _store.AddCellListener("t", "r", "a", e => Check(e.GetCellChange));
        _store.Transaction(() => _store.DeleteCell("t", "r", "a").SetCell("u", "x", "c", 7).SetCell("t", "r", "b", 9).SetCell("t", "r", "b", 2));
        Assert.Equal(4, asked);
    }

    [Fact]
    public void GetCellChange_OfATableThatWasDeleted_HasItsOldContents()
    {
        _store.SetCell("t", "r", "a", 1);
        _store.AddTablesListener(e => Assert.Equal(1, e.GetCellChange("t", "r", "a").Old));
        _store.DeleteTable("t");
    }

    [Fact]
    public void GetValueChange_TellsOfEveryValue()
    {
        _store.SetValues(new() { ["a"] = 1, ["b"] = 2 });
        var asked = 0;
        _store.AddValuesListener(e =>
        {
            asked++;
            var (id, old, @new) = e.GetValueChange("a");
            Assert.Equal("a 1 -", $"{id} {Recorder.Text(old)} {Recorder.Text(@new)}");
            Assert.False(e.GetValueChange("b").IsChanged);
            Assert.Null(e.GetValueChange("c").New);
        });
        _store.AddValueListener("a", e => Assert.True(e.GetValueChange("a").IsChanged));
        _store.DeleteValue("a");
        Assert.Equal(1, asked);
    }

    [Fact]
    public void GetIdChanges_AfterTheTransaction_Throws()
    {
        TableIdsEvent kept = default;
        _store.AddTableIdsListener(e => kept = e);
        _store.SetCell("t", "r", "a", 1);
        Assert.Throws<InvalidOperationException>(() => kept.GetIdChanges());
    }

    [Fact]
    public void Mutators_RunOnceOnASnapshot_AndObserversSeeTheirWrites()
    {
        var mutators = new List<string>();
        _store.AddCellListener(null, null, null, e =>
        {
            mutators.Add($"{e.CellId} {Recorder.Text(e.New)}");
            _store.SetCell("t", "r", e.CellId, e.New!.Value.AsDouble() * 10).SetCell("t", "r", "more", 1).DeleteTable("u");
        }, ListenerKind.Mutator);
        var lines = new Recorder(_store).ListenToAll();
        _store.Transaction(() => _store.SetRow("t", "r", new() { ["a"] = 1, ["b"] = 2 }).SetCell("u", "r", "c", 3));
        Assert.Equal(["a 1", "b 2", "c 3"], mutators);
        Assert.Equal(["cell t r a - 10", "cell t r b - 20", "cell t r more - 1", "cell t r c - 30"], lines.Lines.Where(l => l.StartsWith("cell ", StringComparison.Ordinal)));
        Assert.False(_store.HasTable("u"));
    }

    [Fact]
    public void Mutators_OfIdsAndValues_GetTheirSnapshotToo()
    {
        var lines = new Recorder(_store).ListenToAll(ListenerKind.Mutator);
        _store.AddTableIdsListener(_ => _store.DeleteTables().DeleteValues().SetValue("v2", 2), ListenerKind.Mutator);
        _store.Transaction(() => _store.SetCell("t", "r", "a", 1).SetValue("v", 1));
        Assert.Equal(
            ["hasTables True", "tableIds +t", "hasTable t True", "tableCellIds t +a", "hasTableCell t a True", "rowCount t 0", "rowIds t +r", "hasRow t r True", "cellIds t r +a", "hasCell t r a True", "cell t r a - 1", "row t r", "table t", "tables", "hasValues True", "valueIds +v2", "hasValue v2 True", "value v2 - 2", "values"],
            lines.Lines.Where(l => !l.StartsWith("value v ", StringComparison.Ordinal)));
        Assert.Equal("[{},{\"v2\":2}]", _store.GetJson());
    }

    [Fact]
    public void Dispose_InsideAListener_KeepsTheRemovedOneFromBeingCalled()
    {
        var heard = new List<string>();
        StoreListener? second = null;
        StoreListener? specific = null;
        specific = _store.AddCellListener("t", "r", "a", _ =>
        {
            heard.Add("specific");
            specific!.Dispose();
            second!.Dispose();
            _store.AddCellListener(null, null, null, _ => heard.Add("added"));
        });
        _store.AddCellListener(null, null, null, _ => heard.Add("first"));
        second = _store.AddCellListener(null, null, null, _ => heard.Add("second"));
        _store.SetCell("t", "r", "a", 1);
        Assert.Equal(["specific", "first", "added"], heard);
        second.Dispose();
        _store.SetCell("t", "r", "a", 2);
        Assert.Equal(["specific", "first", "added", "first", "added"], heard);
        Assert.Equal(2, _store.GetListenerStats().Cell);
    }

    [Fact]
    public void Add_InsideAListenerOfAnotherGroup_HearsFromTheNextTransactionOn()
    {
        var heard = 0;
        using var listener = _store.AddTableIdsListener(_ => _store.AddCellListener(null, null, null, _ => heard++));
        _store.SetCell("t", "r", "a", 1);
        Assert.Equal(0, heard);
        _store.SetCell("t", "r", "a", 2);
        Assert.Equal(1, heard);
    }

    [Fact]
    public void Invoke_CallsForAllThatTheIdsStandFor()
    {
        _store.SetTables(new() { ["t"] = new() { ["r"] = new() { ["a"] = 1, ["b"] = 2 } }, ["u"] = new() { ["s"] = new() { ["a"] = CellValue.Null } } }).SetValue("v", 1);
        var heard = new List<string>();
        void Invoke(StoreListener listener)
        {
            listener.Invoke();
            listener.Dispose();
            listener.Invoke();
        }
        Invoke(_store.AddCellListener(null, null, "a", e => heard.Add($"cell {e.TableId} {e.RowId} {Recorder.Text(e.Old)} {Recorder.Text(e.New)}")));
        Invoke(_store.AddCellListener("x", "y", "z", e => heard.Add($"cell {e.TableId} {Recorder.Text(e.New)}")));
        Invoke(_store.AddHasCellListener("t", null, null, e => heard.Add($"hasCell {e.CellId} {e.Exists}")));
        Invoke(_store.AddRowListener(null, null, e => heard.Add("row " + e.RowId)));
        Invoke(_store.AddHasRowListener("t", "x", e => heard.Add("hasRow " + e.Exists)));
        Invoke(_store.AddCellIdsListener(null, null, e => heard.Add("cellIds " + e.RowId + e.GetIdChanges().Count)));
        Invoke(_store.AddTableListener(null, e => heard.Add("table " + e.TableId)));
        Invoke(_store.AddHasTableListener("x", e => heard.Add("hasTable " + e.Exists)));
        Invoke(_store.AddRowIdsListener(null, e => heard.Add("rowIds " + e.TableId + e.GetIdChanges().Count)));
        Invoke(_store.AddRowCountListener(null, e => heard.Add("rowCount " + e.Count)));
        Invoke(_store.AddTableCellIdsListener("t", e => heard.Add("tableCellIds " + e.GetIdChanges().Count)));
        Invoke(_store.AddHasTableCellListener(null, null, e => heard.Add("hasTableCell " + e.TableId + e.CellId)));
        Invoke(_store.AddTableIdsListener(e => heard.Add("tableIds " + e.GetIdChanges().Count)));
        Invoke(_store.AddTablesListener(_ => heard.Add("tables")));
        Invoke(_store.AddHasTablesListener(e => heard.Add("hasTables " + e.Exists)));
        Invoke(_store.AddInvalidCellListener(null, "r", "a", _ => heard.Add("never")));
        Invoke(_store.AddInvalidCellListener("t", "r", "a", e => heard.Add("invalidCell " + e.Values.Count)));
        Invoke(_store.AddValueListener(null, e => heard.Add("value " + Recorder.Text(e.New))));
        Invoke(_store.AddHasValueListener("x", e => heard.Add("hasValue " + e.Exists)));
        Invoke(_store.AddValueIdsListener(e => heard.Add("valueIds " + e.GetIdChanges().Count)));
        Invoke(_store.AddValuesListener(_ => heard.Add("values")));
        Invoke(_store.AddHasValuesListener(e => heard.Add("hasValues " + e.Exists)));
        Invoke(_store.AddInvalidValueListener("v", e => heard.Add("invalidValue " + e.Values.Count)));
        Invoke(_store.AddStartTransactionListener(t => heard.Add("start " + t.IsEmpty)));
        Assert.Equal(
            [
                "cell t r 1 1", "cell u s null null", "cell x -", "hasCell a True", "hasCell b True", "row r", "row s", "hasRow False",
                "cellIds r0", "cellIds s0", "table t", "table u", "hasTable False", "rowIds t0", "rowIds u0", "rowCount 1", "rowCount 1",
                "tableCellIds 0", "hasTableCell ta", "hasTableCell tb", "hasTableCell ua", "tableIds 0", "tables", "hasTables True",
                "invalidCell 0", "value 1", "hasValue False", "valueIds 0", "values", "hasValues True", "invalidValue 0", "start True",
            ],
            heard);
    }

    [Fact]
    public void GetListenerStats_CountsEachKind()
    {
        new Recorder(_store).ListenToAll().ListenToAll(ListenerKind.Mutator).ListenToTransactions();
        var stats = _store.GetListenerStats();
        Assert.Equal(new StoreListenerStats
        {
            HasTables = 2,
            Tables = 2,
            TableIds = 2,
            HasTable = 2,
            Table = 2,
            TableCellIds = 2,
            HasTableCell = 2,
            RowCount = 2,
            RowIds = 2,
            HasRow = 2,
            Row = 2,
            CellIds = 2,
            HasCell = 2,
            Cell = 2,
            InvalidCell = 2,
            HasValues = 2,
            Values = 2,
            ValueIds = 2,
            HasValue = 2,
            Value = 2,
            InvalidValue = 2,
            Transaction = 3,
            AfterTransaction = 1,
        }, stats);
        _store.AddSortedRowIdsListener("t", null, default, _ => { }).Dispose();
        Assert.Equal(stats, _store.GetListenerStats());
    }

    [Fact]
    public void Add_NullListener_Throws() => Assert.Throws<ArgumentNullException>(() => _store.AddCellListener(null, null, null, null!));
}
