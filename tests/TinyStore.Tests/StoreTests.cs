namespace TinyStore.Tests;

public class StoreTests
{
    private static Store Pets() => new Store()
        .SetTables(new Tables
        {
            ["pets"] = new() { ["fido"] = new() { ["species"] = "dog", ["age"] = 3 }, ["felix"] = new() { ["species"] = "cat", ["sold"] = true } },
            ["species"] = new() { ["dog"] = new() { ["price"] = 5.5 } },
        })
        .SetValues(new TinyStore.Values { ["open"] = true, ["tags"] = CellValue.FromJson("[1]") });

    [Fact]
    public void Get_OfWhatIsThere_GivesCopiesInOrder()
    {
        var store = Pets();
        Assert.Equal("[{\"pets\":{\"fido\":{\"species\":\"dog\",\"age\":3},\"felix\":{\"species\":\"cat\",\"sold\":true}},\"species\":{\"dog\":{\"price\":5.5}}},{\"open\":true,\"tags\":\"\uFFFD[1]\"}]", store.GetJson());
        Assert.Equal(["pets", "species"], store.GetTableIds());
        Assert.Equal(["fido", "felix"], store.GetRowIds("pets"));
        Assert.Equal(["species", "age", "sold"], store.GetTableCellIds("pets"));
        Assert.Equal(["species", "sold"], store.GetCellIds("pets", "felix"));
        Assert.Equal(["open", "tags"], store.GetValueIds());
        Assert.Equal(2, store.GetRowCount("pets"));
        Assert.Equal("dog", store.GetCell("pets", "fido", "species"));
        Assert.Equal(CellValue.FromJson("[1]"), store.GetValue("tags"));
        Assert.Equal(["pets", "species"], store.GetTables().Keys);
        Assert.Equal(new Row { ["species"] = "cat", ["sold"] = true }, store.GetRow("pets", "felix"));
        Assert.Equal(["fido", "felix"], store.GetTable("pets").Keys);
        Assert.Equal(store.GetValues(), store.GetContent().Values);
        store.GetTables()["pets"]["fido"]["age"] = 99;
        Assert.Equal(3, store.GetCell("pets", "fido", "age"));
    }

    [Fact]
    public void Get_OfWhatIsNotThere_IsEmptyOrNull()
    {
        var store = new Store();
        foreach (var s in new[] { store, Pets() })
        {
            Assert.Empty(s.GetTable("x"));
            Assert.Empty(s.GetRow("pets", "x"));
            Assert.Empty(s.GetRow("x", "fido"));
            Assert.Empty(s.GetRowIds("x"));
            Assert.Empty(s.GetCellIds("pets", "x"));
            Assert.Empty(s.GetTableCellIds("x"));
            Assert.Equal(0, s.GetRowCount("x"));
            Assert.Null(s.GetCell("pets", "fido", "x"));
            Assert.Null(s.GetCell("pets", "felix", "age"));
            Assert.Null(s.GetCell("x", "fido", "age"));
            Assert.Null(s.GetValue("x"));
            Assert.False(s.TryGetCell("pets", "x", "age", out var cell));
            Assert.True(cell.IsUndefined);
            Assert.False(s.TryGetValue("x", out _));
        }
        Assert.Empty(store.GetTables());
        Assert.Empty(store.GetValues());
        Assert.Equal("[{},{}]", store.GetJson());
    }

    [Fact]
    public void Has_TellsWhatIsThere()
    {
        var store = Pets();
        Assert.True(store.HasTables() && store.HasTable("pets") && store.HasRow("pets", "fido") && store.HasCell("pets", "fido", "age"));
        Assert.True(store.HasTableCell("pets", "age") && store.HasValues() && store.HasValue("open"));
        Assert.False(store.HasTable("x") || store.HasRow("pets", "x") || store.HasCell("pets", "felix", "age") || store.HasTableCell("species", "age") || store.HasValue("x"));
        store.DeleteTables().DeleteValues();
        Assert.False(store.HasTables() || store.HasTable("pets") || store.HasTableCell("pets", "age") || store.HasValues());
    }

    [Fact]
    public void HasTableCell_InsideATransaction_ForgetsAnIdWithItsLastRow()
    {
        var store = Pets();
        store.Transaction(() =>
        {
            store.DeleteCell("pets", "fido", "age");
            Assert.False(store.HasTableCell("pets", "age"));
            Assert.Equal(["species", "sold"], store.GetTableCellIds("pets"));
            store.SetCell("pets", "felix", "age", 1);
            Assert.Equal(["species", "sold", "age"], store.GetTableCellIds("pets"));
        });
    }

    [Fact]
    public void PresentNull_IsNotMissing()
    {
        var store = new Store().SetCell("t", "r", "c", CellValue.Null).SetValue("v", CellValue.Null);
        Assert.Equal(CellValue.Null, store.GetCell("t", "r", "c"));
        Assert.NotNull(store.GetValue("v"));
        Assert.True(store.HasCell("t", "r", "c"));
    }

    [Fact]
    public void NullIds_Throw()
    {
        var store = Pets();
        Assert.Throws<ArgumentNullException>(() => store.GetCell(null!, "r", "c"));
        Assert.Throws<ArgumentNullException>(() => store.GetCell("t", null!, "c"));
        Assert.Throws<ArgumentNullException>(() => store.GetCell("t", "r", null!));
        Assert.Throws<ArgumentNullException>(() => store.SetCell("t", "r", null!, 1));
        Assert.Throws<ArgumentNullException>(() => store.SetTables(null!));
        Assert.Throws<ArgumentNullException>(() => store.GetValue(null!));
        Assert.False(store.IsInTransaction);
    }
}
