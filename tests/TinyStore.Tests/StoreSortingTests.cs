namespace TinyStore.Tests;

public class StoreSortingTests
{
    private readonly Store _store = new Store().SetTables(new()
    {
        ["t"] = new()
        {
            ["r4"] = new() { ["n"] = 2, ["s"] = "b" },
            ["r2"] = new() { ["n"] = 1, ["s"] = "B" },
            ["r3"] = new() { ["n"] = 2, ["s"] = "a" },
            ["r1"] = new() { ["s"] = "a" },
        },
    });

    [Fact]
    public void GetSortedRowIds_WithoutCell_SortsById()
    {
        Assert.Equal(["r1", "r2", "r3", "r4"], _store.GetSortedRowIds("t"));
        Assert.Equal(["r4", "r3", "r2", "r1"], _store.GetSortedRowIds("t", null, new SortOptions { Descending = true }));
        Assert.Empty(_store.GetSortedRowIds("none"));
    }

    // Measured with TinyBase 10.0.1: rows with equal keys are in the order of the table, or in its exact reverse.
    [Fact]
    public void GetSortedRowIds_EqualKeys_KeepOrReverseTheirOrder()
    {
        Assert.Equal(["r1", "r2", "r4", "r3"], _store.GetSortedRowIds("t", "n"));
        Assert.Equal(["r3", "r4", "r2", "r1"], _store.GetSortedRowIds("t", "n", new SortOptions { Descending = true }));
        Assert.Equal(["r2", "r3", "r1", "r4"], _store.GetSortedRowIds("t", "s"));
        Assert.Equal(["r4", "r2", "r3", "r1"], _store.GetSortedRowIds("t", "none"));
        Assert.Equal(["r1", "r3", "r2", "r4"], _store.GetSortedRowIds("t", "none", new SortOptions { Descending = true }));
    }

    [Theory]
    [InlineData(0, 2, "r1,r2")]
    [InlineData(1, 2, "r2,r4")]
    [InlineData(3, null, "r3")]
    [InlineData(4, null, "")]
    [InlineData(9, 9, "")]
    [InlineData(0, 0, "")]
    [InlineData(2, int.MaxValue, "r4,r3")]
    public void GetSortedRowIds_OffsetAndLimit_TakeAPage(int offset, int? limit, string expected) =>
        Assert.Equal(expected, string.Join(",", _store.GetSortedRowIds("t", "n", new SortOptions { Offset = offset, Limit = limit })));

    [Fact]
    public void GetSortedRowIds_ComparerOfTheApp_KeepsEqualRowsInOrderDescendingToo()
    {
        var byLength = Comparer<CellValue>.Create((x, y) => x.AsString().Length - y.AsString().Length);
        Assert.Equal(["r4", "r2", "r3", "r1"], _store.GetSortedRowIds("t", "s", new SortOptions { Comparer = byLength }));
        Assert.Equal(["r4", "r2", "r3", "r1"], _store.GetSortedRowIds("t", "s", new SortOptions { Comparer = byLength, Descending = true }));
    }

    [Fact]
    public void DefaultComparer_OfMixedKinds_HasOneOrder()
    {
        CellValue[] ordered = [-1, default, CellValue.Null, false, 0, 0.5, true, 1, 2, "", "10", "2", "B", "a", CellValue.FromJson("[2]"), CellValue.FromJson("{}")];
        var shuffled = ordered.Reverse().ToArray();
        Array.Sort(shuffled, SortOptions.DefaultComparer);
        Assert.Equal(ordered.Select(Rank), shuffled.Select(Rank));
        Assert.Equal(["", "10", "2", "B", "a"], shuffled.Where(v => v.Kind == CellKind.String).Select(v => v.AsString()));

        static int Rank(CellValue v) => v.Kind switch { CellKind.String => 10, CellKind.Object or CellKind.Array => 11, _ => v.TryGetDouble(out var d) ? Math.Sign(d) * 2 : v == true ? 2 : 0 };
    }

    [Fact]
    public void Options_Negative_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SortOptions { Offset = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SortOptions { Limit = -1 });
    }

    [Fact]
    public void SortedRowIdsListener_HearsOnlyOfOtherIdsOrOrder()
    {
        var heard = new List<string>();
        _store.AddSortedRowIdsListener("t", "n", new SortOptions { Descending = true, Limit = 2 }, e =>
            heard.Add($"{e.TableId} {e.CellId} {e.Options.Descending} {e.Options.Offset} {e.Options.Limit} {string.Join(",", e.RowIds)}"));
        _store.SetCell("t", "r4", "s", "other");
        _store.SetCell("t", "r2", "n", 1.5);
        _store.SetCell("t", "low", "n", -1);
        Assert.Empty(heard);
        _store.SetCell("t", "r2", "n", 3);
        _store.DeleteRow("t", "r3");
        _store.SetCell("t", "r3", "n", 9);
        _store.DeleteTable("t");
        Assert.Equal(["t n True 0 2 r2,r3", "t n True 0 2 r2,r4", "t n True 0 2 r3,r2", "t n True 0 2 "], heard);
    }

    [Fact]
    public void SortedRowIdsListener_ById_HearsOfRowsAndNotOfCells()
    {
        var heard = new List<string>();
        using var listener = _store.AddSortedRowIdsListener("t", null, default, e => heard.Add(string.Join(",", e.RowIds)));
        _store.SetCell("t", "r1", "n", 5);
        _store.SetCell("t", "r0", "n", 5);
        listener.Invoke();
        Assert.Equal(["r0,r1,r2,r3,r4"], heard);
        Assert.Equal(1, _store.GetListenerStats().SortedRowIds);
    }

    [Fact]
    public void SortedRowIdsListener_Mutator_MayWrite()
    {
        _store.AddSortedRowIdsListener("t", "n", default, e => e.Store.SetValue("first", e.RowIds[0]), ListenerKind.Mutator);
        _store.SetCell("t", "r4", "n", -5);
        Assert.Equal("r4", _store.GetValue("first"));
    }
}
