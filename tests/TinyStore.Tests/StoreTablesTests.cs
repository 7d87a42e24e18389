namespace TinyStore.Tests;

public class StoreTablesTests
{
    private readonly Store _store = new();

    [Fact]
    public void SetRow_ReplacesAndKeepsThePlaceOfWhatWasThere()
    {
        _store.SetRow("t", "r1", new() { ["a"] = 1, ["b"] = 2, ["c"] = 3 }).SetRow("t", "r2", new() { ["a"] = 1 });
        _store.SetRow("t", "r1", new() { ["d"] = 4, ["c"] = 5 });
        Assert.Equal("{\"t\":{\"r1\":{\"c\":5,\"d\":4},\"r2\":{\"a\":1}}}", _store.GetTablesJson());
    }

    [Fact]
    public void SetPartialRow_LeavesOtherCells()
    {
        _store.SetRow("t", "r", new() { ["a"] = 1, ["b"] = 2 }).SetPartialRow("t", "r", new() { ["b"] = 3, ["c"] = 4 });
        _store.SetPartialRow("t", "new", new() { ["x"] = 1 });
        Assert.Equal("{\"t\":{\"r\":{\"a\":1,\"b\":3,\"c\":4},\"new\":{\"x\":1}}}", _store.GetTablesJson());
    }

    [Fact]
    public void SetTableAndSetTables_DeleteWhatIsNotGiven()
    {
        _store.SetTables(new() { ["t1"] = new() { ["r1"] = new() { ["a"] = 1 }, ["r2"] = new() { ["a"] = 1 } }, ["t2"] = new() { ["r"] = new() { ["a"] = 1 } } });
        _store.SetTable("t1", new() { ["r3"] = new() { ["a"] = 2 }, ["r2"] = new() { ["b"] = 3 } });
        Assert.Equal("{\"t1\":{\"r2\":{\"b\":3},\"r3\":{\"a\":2}},\"t2\":{\"r\":{\"a\":1}}}", _store.GetTablesJson());
        _store.SetTables(new() { ["t3"] = new() { ["r"] = new() { ["a"] = 1 } } });
        Assert.Equal("{\"t3\":{\"r\":{\"a\":1}}}", _store.GetTablesJson());
    }

    [Fact]
    public void Deleting_TheLastCellOrRow_LeavesNoEmptyRowOrTable()
    {
        _store.SetCell("t", "r1", "a", 1).SetCell("t", "r2", "a", 1);
        _store.DeleteCell("t", "r1", "a");
        Assert.False(_store.HasRow("t", "r1"));
        _store.DeleteRow("t", "r2");
        Assert.False(_store.HasTable("t"));
    }

    [Fact]
    public void Deleting_WhatIsNotThere_DoesNothing()
    {
        _store.SetCell("t", "r", "a", 1);
        var lines = new Recorder(_store).ListenToAll();
        _store.DeleteCell("t", "r", "b").DeleteCell("t", "x", "a").DeleteCell("x", "r", "a").DeleteRow("t", "x").DeleteRow("x", "r").DeleteTable("x").DeleteValue("x").DeleteValues();
        Assert.Empty(lines.Take());
        Assert.Equal("[{\"t\":{\"r\":{\"a\":1}}},{}]", _store.GetJson());
    }

    [Fact]
    public void EmptyObjects_AreInvalidAndChangeNothing()
    {
        _store.SetCell("t", "r", "a", 1).SetValue("v", 1);
        var before = _store.GetJson();
        var lines = new Recorder(_store).ListenToInvalid();
        _store.SetTables([]).SetTable("t", []).SetRow("t", "r", []).SetPartialRow("t", "r", []).SetValues([]).SetPartialValues([]);
        Assert.Equal(before, _store.GetJson());
        Assert.Equal(
            ["invalidCell - - - undefined", "invalidCell t - - undefined", "invalidCell t r - undefined", "invalidCell t r - undefined", "invalidValue - undefined", "invalidValue - undefined"],
            lines.Take());
        _store.SetContent(new StoreContent());
        Assert.Equal("[{},{}]", _store.GetJson());
    }

    [Fact]
    public void InvalidMembers_AreLeftOutAndTheRestIsTaken()
    {
        var lines = new Recorder(_store).ListenToInvalid();
        var given = new Tables
        {
            ["t1"] = new()
            {
                ["r1"] = new() { ["a"] = double.NaN, ["b"] = 1, ["c"] = "\uFFFC", ["d"] = "\uFFFDx", ["e"] = default },
                ["r2"] = new() { ["a"] = double.PositiveInfinity },
                ["r3"] = [],
                ["r4"] = null!,
            },
            ["t2"] = new() { ["r"] = new() { ["a"] = double.NegativeInfinity } },
            ["t3"] = null!,
        };
        _store.SetTables(given);
        Assert.Equal("{\"t1\":{\"r1\":{\"b\":1}}}", _store.GetTablesJson());
        Assert.Equal(
            [
                "invalidCell t1 r1 a NaN", "invalidCell t1 r1 c \uFFFC", "invalidCell t1 r1 d \uFFFDx", "invalidCell t1 r1 e undefined",
                "invalidCell t1 r2 a Infinity", "invalidCell t1 r3 - undefined", "invalidCell t1 r4 - undefined",
                "invalidCell t2 r a -Infinity", "invalidCell t3 - - undefined",
            ],
            lines.Take());
        Assert.Equal(5, given["t1"]["r1"].Count);
        Assert.Equal(4, given["t1"].Count);
    }

    [Fact]
    public void InvalidTable_AmongValidOnes_CountsAsNotGiven()
    {
        _store.SetCell("t1", "r", "a", 1);
        _store.SetTables(new() { ["t1"] = [], ["t2"] = new() { ["r"] = new() { ["a"] = 2 } } });
        Assert.Equal("{\"t2\":{\"r\":{\"a\":2}}}", _store.GetTablesJson());
    }

    [Fact]
    public void UpdateCell_GetsThePresentContent()
    {
        _store.UpdateCell("t", "r", "a", old => old is null ? 1 : throw new InvalidOperationException());
        _store.UpdateCell("t", "r", "a", old => old!.Value.AsDouble() + 1);
        Assert.Equal(2, _store.GetCell("t", "r", "a"));
        Assert.Throws<DivideByZeroException>(() => _store.UpdateCell("t", "r", "a", _ => throw new DivideByZeroException()));
        Assert.False(_store.IsInTransaction);
    }

    [Fact]
    public void AddRow_CountsAndReusesIdsOfDeletedRows()
    {
        _store.SetCell("t", "1", "a", 0);
        Assert.Equal("0", _store.AddRow("t", new() { ["a"] = 1 }));
        Assert.Equal("2", _store.AddRow("t", new() { ["a"] = 1 }));
        _store.DeleteRow("t", "1");
        Assert.Equal("3", _store.AddRow("t", new() { ["a"] = 1 }, reuseRowIds: false));
        Assert.Equal("1", _store.AddRow("t", new() { ["a"] = 1 }));
        Assert.Null(_store.AddRow("t", []));
        Assert.Null(_store.AddRow("new", new() { ["a"] = double.NaN }));
        Assert.False(_store.HasTable("new"));
        Assert.Equal("4", _store.AddRow("t", new() { ["a"] = 1 }));
    }

    [Fact]
    public void AddRow_RowThatLostItsLastCell_DoesNotGiveItsIdBack()
    {
        _store.SetCell("t", "x", "a", 1);
        _store.AddRow("t", new() { ["a"] = 1 });
        _store.DeleteCell("t", "0", "a");
        Assert.Equal("1", _store.AddRow("t", new() { ["a"] = 1 }));
    }

    [Fact]
    public void AddRow_TableThatCameBack_BeginsAgain()
    {
        _store.AddRow("t", new() { ["a"] = 1 });
        _store.AddRow("t", new() { ["a"] = 1 });
        _store.DeleteTable("t");
        Assert.Equal("0", _store.AddRow("t", new() { ["a"] = 1 }));
        _store.Transaction(() =>
        {
            _store.DeleteTable("t");
            Assert.Equal("0", _store.AddRow("t", new() { ["a"] = 1 }));
        });
    }

    [Fact]
    public void AddUniqueRow_UsesIdsOfTheUniqueShape()
    {
        var id = _store.AddUniqueRow("t", new() { ["a"] = 1 })!;
        Assert.True(Store.IsUniqueRowId(id));
        Assert.Equal([id], _store.GetRowIds("t"));
        Assert.Null(_store.AddUniqueRow("t", []));
    }

    [Fact]
    public void ApplyChanges_SetsAndDeletes()
    {
        _store.SetTables(new()
        {
            ["t1"] = new() { ["r"] = new() { ["a"] = 1 } },
            ["t2"] = new() { ["r1"] = new() { ["a"] = 1 }, ["r2"] = new() { ["a"] = 1, ["b"] = 2 } },
        }).SetValues(new() { ["v"] = 1, ["w"] = 2 });
        _store.ApplyChanges(new(
            new() { ["t1"] = null, ["t2"] = new() { ["r1"] = null, ["r2"] = new() { ["a"] = null, ["b"] = 3 }, ["r3"] = new() { ["a"] = double.NaN, ["c"] = CellValue.Null } }, ["t4"] = [] },
            new() { ["v"] = null, ["x"] = 4 }));
        Assert.Equal("[{\"t2\":{\"r2\":{\"b\":3},\"r3\":{\"c\":null}}},{\"w\":2,\"x\":4}]", _store.GetJson());
    }

    [Fact]
    public void SetContent_PartThatIsNull_StaysAndIsReported()
    {
        _store.SetCell("t", "r", "a", 1).SetValue("v", 1);
        var lines = new Recorder(_store).ListenToInvalid();
        _store.SetContent(new StoreContent(new() { ["u"] = new() { ["r"] = new() { ["a"] = 1 } } }, null!));
        Assert.Equal("[{\"u\":{\"r\":{\"a\":1}}},{\"v\":1}]", _store.GetJson());
        Assert.Equal(["invalidValue - undefined"], lines.Take());
    }

    [Fact]
    public void ObjectsAndArrays_AreEqualByTheirText()
    {
        _store.SetCell("t", "r", "a", CellValue.FromJson("{\"k\":1,\"l\":[]}"));
        var lines = new Recorder(_store).ListenToAll();
        _store.SetCell("t", "r", "a", CellValue.FromJson(" {\"k\": 1.0, \"l\": [ ]}"));
        Assert.Empty(lines.Take());
        _store.SetCell("t", "r", "a", CellValue.FromJson("{\"l\":[],\"k\":1}"));
        Assert.Contains("cell t r a {\"k\":1,\"l\":[]} {\"l\":[],\"k\":1}", lines.Take());
    }
}
