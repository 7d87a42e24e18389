namespace TinyStore.Tests;

public class StoreSchemasTests
{
    private readonly Store _store = new();
    private readonly Recorder _lines;

    public StoreSchemasTests() => _lines = new Recorder(_store).ListenToInvalid();

    private static TablesSchema Pets => new()
    {
        ["pets"] = new()
        {
            ["species"] = new CellSchema(CellKind.String) { Default = "dog" },
            ["age"] = new CellSchema(CellKind.Number),
            ["note"] = new CellSchema(CellKind.String, CellKind.Object) { AllowNull = true },
            ["size"] = CellSchema.OneOf("small", "large", 3),
        },
    };

    [Fact]
    public void Set_WhatTheSchemaDoesNotKnow_IsInvalid()
    {
        _store.SetTablesSchema(Pets);
        _store.SetCell("pets", "r", "color", "red").SetCell("x", "r", "age", 1).SetTable("x", new() { ["r"] = new() { ["age"] = 1 } });
        Assert.False(_store.HasTables());
        Assert.Equal(["invalidCell pets r color \"red\"".Replace("\"", "", StringComparison.Ordinal), "invalidCell x r age 1", "invalidCell x - - undefined"], _lines.Take());
    }

    [Fact]
    public void Set_ContentOfTheWrongType_BecomesTheDefaultOrIsLeftOut()
    {
        _store.SetTablesSchema(Pets);
        _store.SetRow("pets", "r", new() { ["species"] = 5, ["age"] = "old", ["note"] = CellValue.FromJson("[]"), ["size"] = "medium" });
        Assert.Equal("{\"pets\":{\"r\":{\"species\":\"dog\"}}}", _store.GetTablesJson());
        Assert.Equal(["invalidCell pets r species 5", "invalidCell pets r age old", "invalidCell pets r note []", "invalidCell pets r size medium"], _lines.Take());
        _store.SetRow("pets", "r", new() { ["age"] = 3, ["note"] = CellValue.FromJson("{}"), ["size"] = 3 });
        Assert.Equal("{\"pets\":{\"r\":{\"species\":\"dog\",\"age\":3,\"note\":\"\uFFFD{}\",\"size\":3}}}", _store.GetTablesJson());
        Assert.Empty(_lines.Take());
    }

    [Fact]
    public void Set_Null_OnlyWhereItIsAllowed()
    {
        _store.SetTablesSchema(Pets);
        _store.SetPartialRow("pets", "r", new() { ["species"] = CellValue.Null, ["age"] = CellValue.Null, ["note"] = CellValue.Null, ["size"] = CellValue.Null });
        Assert.Equal("{\"pets\":{\"r\":{\"species\":\"dog\",\"note\":null}}}", _store.GetTablesJson());
        Assert.Equal(
            ["invalidCell pets r species null", "invalidCell pets r age null,undefined", "invalidCell pets r size null,undefined", "invalidCell pets r note undefined"],
            _lines.Take());
    }

    [Fact]
    public void SetCell_OfANewRow_BringsTheDefaultsAndNotesWhatIsMissing()
    {
        _store.SetTablesSchema(Pets);
        _store.SetCell("pets", "r", "age", 1);
        Assert.Equal("{\"pets\":{\"r\":{\"age\":1,\"species\":\"dog\"}}}", _store.GetTablesJson());
        Assert.Equal(["invalidCell pets r note undefined", "invalidCell pets r size undefined"], _lines.Take());
    }

    [Fact]
    public void AddRow_MissingCells_AreNotedWithoutARow()
    {
        _store.SetTablesSchema(Pets);
        Assert.Equal("0", _store.AddRow("pets", new() { ["age"] = 1, ["note"] = "n" }));
        Assert.Equal(["invalidCell pets - size undefined"], _lines.Take());
    }

    [Fact]
    public void DeleteCell_WithADefault_ResetsIt_AndWithForceDeletesTheRow()
    {
        _store.SetTablesSchema(Pets);
        _store.SetRow("pets", "r", new() { ["species"] = "cat", ["age"] = 1 });
        _store.DeleteCell("pets", "r", "age").DeleteCell("pets", "r", "species");
        Assert.Equal("{\"pets\":{\"r\":{\"species\":\"dog\"}}}", _store.GetTablesJson());
        _store.SetCell("pets", "r", "age", 2).DeleteCell("pets", "r", "species", force: true);
        Assert.False(_store.HasTables());
        _store.SetRow("pets", "r", new() { ["age"] = 1 }).ApplyChanges(new(new() { ["pets"] = new() { ["r"] = new() { ["species"] = null } } }, []));
        Assert.False(_store.HasTables());
        _store.SetRow("pets", "r", new() { ["age"] = 1 }).DeleteRow("pets", "r");
        Assert.False(_store.HasTables());
    }

    [Fact]
    public void SetRow_Replacing_ResetsWhatHasADefault()
    {
        _store.SetTablesSchema(Pets);
        _store.SetRow("pets", "r", new() { ["species"] = "cat", ["age"] = 1, ["size"] = "small" }).SetRow("pets", "r", new() { ["age"] = 2 });
        Assert.Equal("{\"pets\":{\"r\":{\"species\":\"dog\",\"age\":2}}}", _store.GetTablesJson());
    }

    [Fact]
    public void Required_WithoutDefault_RefusesWholeRowsThatLackIt()
    {
        _store.SetTablesSchema(new() { ["t"] = new() { ["a"] = new CellSchema(CellKind.Number) { Required = true }, ["b"] = new CellSchema(CellKind.Number) } });
        _store.SetRow("t", "r", new() { ["b"] = 1 }).SetRow("t", "r", new() { ["a"] = "x", ["b"] = 1 });
        Assert.Null(_store.AddRow("t", new() { ["b"] = 1 }));
        Assert.False(_store.HasTables());
        _store.SetTable("t", new() { ["r1"] = new() { ["b"] = 1 }, ["r2"] = new() { ["a"] = 1 } });
        Assert.Equal("{\"t\":{\"r2\":{\"a\":1}}}", _store.GetTablesJson());
        _store.SetCell("t", "r3", "b", 1).SetPartialRow("t", "r4", new() { ["b"] = 2 });
        Assert.Equal("{\"t\":{\"r2\":{\"a\":1},\"r3\":{\"b\":1},\"r4\":{\"b\":2}}}", _store.GetTablesJson());
    }

    [Fact]
    public void SetTablesSchema_OnContent_FitsIt()
    {
        _store.SetTables(new()
        {
            ["x"] = new() { ["r"] = new() { ["a"] = 1 } },
            ["pets"] = new() { ["r1"] = new() { ["age"] = 1, ["color"] = "red" }, ["r2"] = new() { ["species"] = "cat", ["size"] = "medium", ["age"] = 1, ["note"] = "n" } },
        });
        _store.SetTablesSchema(Pets);
        Assert.Equal("{\"pets\":{\"r1\":{\"age\":1,\"species\":\"dog\"},\"r2\":{\"species\":\"cat\",\"age\":1,\"note\":\"n\"}}}", _store.GetTablesJson());
        Assert.Equal(
            ["invalidCell x - - undefined", "invalidCell pets r1 note undefined", "invalidCell pets r1 size undefined", "invalidCell pets r1 color red", "invalidCell pets r2 size medium"],
            _lines.Take());
        _store.DeleteTablesSchema().SetCell("x", "r", "a", 1);
        Assert.True(_store.HasTable("x"));
    }

    [Fact]
    public void ValuesSchema_Works()
    {
        _store.SetValues(new() { ["a"] = 1, ["b"] = "x", ["z"] = 1 });
        _store.SetValuesSchema(new()
        {
            ["a"] = new CellSchema(CellKind.String) { Default = "d" },
            ["b"] = new CellSchema(CellKind.String),
            ["c"] = new CellSchema(CellKind.Boolean) { Default = true },
        });
        Assert.Equal("{\"a\":\"d\",\"b\":\"x\",\"c\":true}", _store.GetValuesJson());
        Assert.Equal(["invalidValue a 1", "invalidValue z 1"], _lines.Take());
        _store.SetValues(new() { ["a"] = "e" });
        Assert.Equal("{\"a\":\"e\",\"c\":true}", _store.GetValuesJson());
        Assert.Equal(["invalidValue b undefined"], _lines.Take());
        _store.DeleteValue("a").SetValue("b", "y").DeleteValues();
        Assert.Equal("{\"a\":\"d\",\"c\":true}", _store.GetValuesJson());
        _store.DeleteValuesSchema().DeleteValues();
        Assert.False(_store.HasValues());
    }

    [Fact]
    public void ValuesSchema_Required_RefusesValuesThatLackIt()
    {
        _store.SetValuesSchema(new() { ["a"] = new CellSchema(CellKind.Number) { Required = true }, ["b"] = new CellSchema(CellKind.Number) });
        _store.SetValues(new() { ["b"] = 1 });
        Assert.False(_store.HasValues());
        _store.SetPartialValues(new() { ["b"] = 1 }).SetValues(new() { ["a"] = 1 });
        Assert.Equal("{\"a\":1}", _store.GetValuesJson());
    }

    [Fact]
    public void SetValuesSchema_OnAnEmptyStore_BringsTheDefaults()
    {
        _store.SetValuesSchema(new() { ["a"] = new CellSchema(CellKind.Array) { Default = CellValue.FromJson("[1]") } });
        Assert.Equal("{\"a\":\"\uFFFD[1]\"}", _store.GetValuesJson());
        Assert.Empty(_lines.Take());
    }

    [Fact]
    public void SetSchema_Both_AndDeleteSchema()
    {
        _store.SetSchema(Pets, new() { ["v"] = new CellSchema(CellKind.Number) });
        Assert.True(_store.HasTablesSchema() && _store.HasValuesSchema());
        Assert.Equal(
            "[{\"pets\":{\"species\":{\"type\":\"string\",\"default\":\"dog\"},\"age\":{\"type\":\"number\"},\"note\":{\"type\":[\"string\",\"object\"],\"allowNull\":true},\"size\":{\"enum\":[\"small\",\"large\",3]}}},{\"v\":{\"type\":\"number\"}}]",
            _store.GetSchemaJson());
        _store.DeleteSchema();
        Assert.Equal("[{},{}]", _store.GetSchemaJson());
        Assert.False(_store.HasTablesSchema() || _store.HasValuesSchema());
    }

    [Fact]
    public void SetTablesSchema_Again_KeepsPlacesInTheJson()
    {
        _store.SetTablesSchema(TablesSchema.FromJson("{\"t\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"string\"}},\"u\":{\"a\":{\"type\":\"string\"}}}"));
        _store.SetTablesSchema(TablesSchema.FromJson("{\"w\":{\"a\":{\"type\":\"number\"}},\"t\":{\"c\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}}}"));
        Assert.Equal("{\"t\":{\"b\":{\"type\":\"number\"},\"c\":{\"type\":\"number\"}},\"w\":{\"a\":{\"type\":\"number\"}}}", _store.GetTablesSchemaJson());
    }

    [Fact]
    public void SetSchemas_Empty_DoNothing()
    {
        _store.SetTablesSchema(Pets).SetValuesSchema(new() { ["v"] = new CellSchema(CellKind.Number) });
        _store.SetTablesSchema([]).SetTablesSchema(new() { ["t"] = [] }).SetValuesSchema([]);
        Assert.True(_store.HasTablesSchema() && _store.HasValuesSchema());
    }

    [Fact]
    public void SetSchemas_DefaultThatDoesNotFit_ThrowsAndChangesNothing()
    {
        var error = Assert.Throws<ArgumentException>(() => _store.SetTablesSchema(new() { ["t"] = new() { ["a"] = new CellSchema(CellKind.Number) { Default = "x" } } }));
        Assert.Contains("The default of table \"t\", cell \"a\" is \"x\" (String)", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => _store.SetValuesSchema(new() { ["v"] = new CellSchema(CellKind.Number) { Default = CellValue.Null } }));
        Assert.Contains("set AllowNull", error.Message, StringComparison.Ordinal);
        Assert.False(_store.HasTablesSchema() || _store.HasValuesSchema());
        _store.SetValuesSchema(new() { ["v"] = new CellSchema(CellKind.Number) { Default = CellValue.Null, AllowNull = true } });
        Assert.Equal(CellValue.Null, _store.GetValue("v"));
    }

    [Fact]
    public void SetTablesSchema_ObjectChangedAfterwards_ChangesNothing()
    {
        var schema = Pets;
        _store.SetTablesSchema(schema);
        schema["pets"].Clear();
        schema.Clear();
        _store.SetCell("pets", "r", "age", 1);
        Assert.Equal("dog", _store.GetCell("pets", "r", "species"));
    }
}
