namespace TinyStore.Tests;

public class StoreEnumerationTests
{
    private readonly Store _store = new Store().SetTables(new()
    {
        ["t"] = new() { ["r1"] = new() { ["a"] = 1, ["b"] = 2 }, ["r2"] = new() { ["b"] = 3 } },
        ["u"] = new() { ["r"] = new() { ["a"] = 4 } },
    }).SetValues(new() { ["v"] = 1, ["w"] = 2 });

    [Fact]
    public void ForEach_VisitsInOrder()
    {
        var seen = new List<string>();
        _store.ForEachTable(t => _store.ForEachRow(t, r => _store.ForEachCell(t, r, (c, cell) => seen.Add($"{t} {r} {c} {cell}"))));
        _store.ForEachTableCell("t", (c, rows) => seen.Add($"{c} {rows}"));
        _store.ForEachValue((v, value) => seen.Add($"{v} {value}"));
        Assert.Equal(["t r1 a 1", "t r1 b 2", "t r2 b 3", "u r a 4", "a 1", "b 2", "v 1", "w 2"], seen);
        _store.ForEachRow("none", _ => Assert.Fail("row"));
        _store.ForEachCell("t", "none", (_, _) => Assert.Fail("cell"));
        _store.ForEachTableCell("none", (_, _) => Assert.Fail("cell"));
    }

    [Fact]
    public void ForEach_DeletingWhatItVisits_VisitsAllOnce()
    {
        for (var i = 0; i < 500; i++)
        {
            _store.SetCell("t", "more" + i, "a", i).SetCell("t", "r1", "c" + i, i).SetValue("v" + i, i);
        }
        int rows = 0, cells = 0, values = 0, tables = 0, ids = 0;
        _store.ForEachCell("t", "r1", (c, _) =>
        {
            cells++;
            _store.DeleteCell("t", "r1", c);
        });
        Assert.False(_store.HasRow("t", "r1"));
        _store.ForEachTableCell("t", (c, _) =>
        {
            ids++;
            if (c == "b")
            {
                _store.DeleteRow("t", "more499");
            }
        });
        _store.ForEachRow("t", r =>
        {
            rows++;
            _store.DeleteRow("t", r);
        });
        _store.ForEachValue((v, _) =>
        {
            values++;
            _store.DeleteValue(v);
        });
        _store.ForEachTable(t =>
        {
            tables++;
            _store.DeleteTable(t);
        });
        Assert.Equal((500, 502, 502, 1, 2), (rows, cells, values, tables, ids));
        Assert.Equal("[{},{}]", _store.GetJson());
    }

    [Fact]
    public void ForEach_AddingMeanwhile_VisitsTheNewOnesToo()
    {
        var seen = new List<string>();
        _store.ForEachRow("t", r =>
        {
            seen.Add(r);
            if (seen.Count < 100)
            {
                _store.SetCell("t", "new" + seen.Count, "a", 1);
            }
        });
        Assert.Equal(101, seen.Count);
        Assert.Equal("new99", seen[^1]);
    }

    [Fact]
    public void ForEach_ThatThrows_LeavesTheStoreUsable()
    {
        Assert.Throws<DivideByZeroException>(() => _store.ForEachRow("t", _ => throw new DivideByZeroException()));
        _store.DeleteTable("t").SetCell("t", "r", "a", 1);
        Assert.Equal(["r"], _store.GetRowIds("t"));
    }

    [Fact]
    public void RowsAndCells_EnumerateInOrder()
    {
        var seen = new List<string>();
        foreach (var (rowId, cells) in _store.Rows("t"))
        {
            seen.Add($"{rowId} {cells.Count}");
            foreach (var (cellId, cell) in cells)
            {
                seen.Add($"{cellId} {cell}");
            }
        }
        Assert.Equal(["r1 2", "a 1", "b 2", "r2 1", "b 3"], seen);
        Assert.Equal(2, _store.Rows("t").Count);
        Assert.Equal(0, _store.Rows("none").Count);
        Assert.Equal(0, _store.Cells("t", "none").Count);
        foreach (var _ in _store.Rows("none"))
        {
            Assert.Fail("row");
        }
        foreach (var _ in _store.Cells("none", "r"))
        {
            Assert.Fail("cell");
        }
    }

    [Fact]
    public void RowsAndCells_ContentWrittenMeanwhile_IsSeen()
    {
        var seen = new List<string>();
        foreach (var (cellId, cell) in _store.Cells("t", "r1"))
        {
            seen.Add($"{cellId} {cell}");
            _store.SetCell("t", "r1", "b", 9);
        }
        Assert.Equal(["a 1", "b 9"], seen);
    }

    [Fact]
    public void RowsAndCells_StructureChangedMeanwhile_Throws()
    {
        var changes = new Action[]
        {
            () => _store.SetCell("t", "r1", "new", 1),
            () => _store.DeleteCell("t", "r1", "new"),
            () => _store.SetCell("t", "new", "a", 1),
            () => _store.DeleteRow("t", "new"),
            () => _store.DeleteTable("t"),
        };
        foreach (var change in changes)
        {
            var rows = _store.Rows("t").GetEnumerator();
            Assert.True(rows.MoveNext());
            var cells = rows.Current.Value.GetEnumerator();
            Assert.True(cells.MoveNext());
            change();
            Assert.Throws<InvalidOperationException>(() => rows.MoveNext());
            Assert.Throws<InvalidOperationException>(() => cells.MoveNext());
        }
    }

    [Fact]
    public void Cells_OfAWideRowWithGaps_SkipsThem()
    {
        for (var i = 0; i < 100; i++)
        {
            _store.SetCell("wide", "r", "c" + i, i);
        }
        for (var i = 0; i < 30; i += 2)
        {
            _store.DeleteCell("wide", "r", "c" + i);
        }
        _store.DeleteCell("wide", "r", "c99");
        var seen = new List<string>();
        foreach (var (cellId, _) in _store.Cells("wide", "r"))
        {
            seen.Add(cellId);
        }
        Assert.Equal(Enumerable.Range(0, 99).Where(i => i >= 30 || i % 2 == 1).Select(i => "c" + i), seen);
    }
}
