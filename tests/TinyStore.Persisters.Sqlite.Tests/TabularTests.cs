using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Sqlite.Tests;

/// <summary>Tables of the database that are the store's, and tables that are somebody else's.</summary>
public sealed class TabularTests : IAsyncDisposable
{
    private readonly SqlitePlace _place = new(isTabular: true);
    private readonly Store _store = new();

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task AutoSave_OneCellChanged_OneRowIsWritten()
    {
        for (var i = 0; i < 1000; i++)
        {
            _store.SetRow("t", $"r{i}", new Row { ["a"] = i, ["b"] = "x", ["c"] = true, ["d"] = CellValue.Null });
        }
        _store.SetValue("v", 1);
        await using var persister = Persist(SqliteTabularLayout.Of("t"));
        await persister.StartAutoSaveAsync();
        _place.Query("""
            CREATE TABLE written(what TEXT);
            CREATE TRIGGER t_u AFTER UPDATE ON t BEGIN INSERT INTO written VALUES('update t ' || new._id); END;
            CREATE TRIGGER t_i AFTER INSERT ON t BEGIN INSERT INTO written VALUES('insert t ' || new._id); END;
            CREATE TRIGGER t_d AFTER DELETE ON t BEGIN INSERT INTO written VALUES('delete t ' || old._id); END;
            CREATE TRIGGER v_u AFTER UPDATE ON tinybase_values BEGIN INSERT INTO written VALUES('update values'); END;
            CREATE TRIGGER k_i AFTER INSERT ON tinystore_kinds BEGIN INSERT INTO written VALUES('insert kind'); END;
            CREATE TRIGGER k_u AFTER UPDATE ON tinystore_kinds BEGIN INSERT INTO written VALUES('update kind'); END;
            CREATE TRIGGER k_d AFTER DELETE ON tinystore_kinds BEGIN INSERT INTO written VALUES('delete kind'); END;
            """);

        await WritesAsync("update t r7", () => _store.SetCell("t", "r7", "a", -1));
        await WritesAsync("update t r8", () => _store.SetCell("t", "r8", "c", false));
        await WritesAsync("insert t new", () => _store.SetCell("t", "new", "a", 1));
        await WritesAsync("delete t new", () => _store.DeleteRow("t", "new"));
        await WritesAsync("update values", () => _store.SetValue("v", 2));
        await WritesAsync("update t r9, delete kind", () => _store.DeleteCell("t", "r9", "d"));

        // All of it, which is compared with what is there and differs nowhere.
        _place.Query("DELETE FROM written");
        await persister.SaveAsync();
        Assert.Equal("", _place.Query("SELECT coalesce(group_concat(what, ', '), '') FROM written"));

        async Task WritesAsync(string wanted, Action change)
        {
            _place.Query("DELETE FROM written");
            change();
            await persister.FlushAsync();
            Assert.Equal(wanted, _place.Query("SELECT group_concat(what, ', ') FROM written"));
        }
    }

    [Fact]
    public async Task Save_Layout_IsThatOfTinyBase()
    {
        _store.SetRow("t", "r", new Row { ["name"] = "x", ["n"] = 1, ["sold"] = true }).SetValue("v", 1).SetValue("on", false);
        await using var persister = Persist(SqliteTabularLayout.Of("t"));

        await persister.SaveAsync();

        Assert.Equal("CREATE TABLE \"t\"(\"_id\" PRIMARY KEY, \"name\", \"n\", \"sold\" BOOLEAN_BLOB)", _place.Query("SELECT sql FROM sqlite_schema WHERE name = 't'"));
        Assert.Equal("r|text|x|text|1|integer|1|integer", _place.Query("SELECT _id || '|' || typeof(_id) || '|' || name || '|' || typeof(name) || '|' || n || '|' || typeof(n) || '|' || sold || '|' || typeof(sold) FROM t"));
        Assert.Equal("_|1|0", _place.Query("SELECT _id || '|' || v || '|' || \"on\" FROM tinybase_values"));
    }

    [Fact]
    public async Task Load_SomebodyElsesTable_WithTypesIdsAndThingsThatNoStoreHolds()
    {
        _place.Query("""
            CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born REAL, admin BOOLEAN, photo BLOB);
            INSERT INTO people VALUES(1, 'Ada', 1815.0, 1, x'00'), (2, 'Alan', NULL, 0, NULL);
            """);
        var layout = new SqliteTabularLayout { Load = { ["people"] = new SqliteTableLoad("p") { RowIdColumnName = "id" } }, Save = { ["p"] = new SqliteTableSave("people") { RowIdColumnName = "id" } } };
        await using var persister = Persist(layout);
        var errors = new List<PersisterErrorEventArgs>();
        persister.Error += (_, e) => errors.Add(e);

        await persister.StartAutoPersistingAsync();

        Assert.Equal("[{\"p\":{\"1\":{\"admin\":true,\"born\":1815,\"name\":\"Ada\"},\"2\":{\"admin\":false,\"name\":\"Alan\"}}},{}]", _store.GetContent().Canonical());
        Assert.All(errors, error => Assert.Equal((PersisterOperation.Content, "people/1/photo"), (error.Operation, error.Path)));
        Assert.NotEmpty(errors);

        _store.SetCell("p", "2", "born", 1912).SetCell("p", "1", "admin", false);
        await persister.FlushAsync();
        Assert.Equal("Ada 1815.0 0 00,Alan 1912.0 0 ", _place.Query("SELECT group_concat(name || ' ' || born || ' ' || admin || ' ' || coalesce(hex(photo), '')) FROM people"));
        Assert.Equal(2L, _place.Query("SELECT count(*) FROM people"));
    }

    [Fact]
    public async Task Conditions_OnlyWhatMeetsThemTakesPart()
    {
        _place.Query("""
            CREATE TABLE todos(_id PRIMARY KEY, owner, done);
            INSERT INTO todos VALUES('1', 'ada', 0), ('2', 'ada', 0), ('3', 'alan', 0);
            """);
        await using var persister = Persist(new SqliteTabularLayout { Load = { ["todos"] = new SqliteTableLoad("todos") { Condition = "$tableName.owner = 'ada'" } }, Save = { ["todos"] = "todos" } });

        await persister.StartAutoPersistingAsync();
        Assert.Equal(["1", "2"], _store.GetRowIds("todos"));
        _store.DeleteRow("todos", "1");
        await persister.FlushAsync();
        Assert.Equal("2,3", _place.Query("SELECT group_concat(_id) FROM (SELECT _id FROM todos ORDER BY _id)"));
        _store.DeleteTable("todos");
        await persister.SaveAsync();

        Assert.Equal("3", _place.Query("SELECT group_concat(_id) FROM todos"));
    }

    [Fact]
    public async Task Load_LeavesTablesAndValuesThatAreNotListed()
    {
        _store.SetCell("unlisted", "r", "c", 1).SetValue("unlisted", 1).SetValue("listed", 1);
        var layout = new SqliteTabularLayout { Load = { ["t"] = "t" }, Save = { ["t"] = "t" }, LoadValues = SqliteValueSet.Of("listed"), SaveValues = SqliteValueSet.Of("listed") };
        await using var persister = Persist(layout);
        await persister.StartAutoPersistingAsync(new Store().SetCell("t", "r", "c", 1).SetValue("listed", 2).GetContent());

        await _place.WriteAsync(new Store().SetCell("t", "r", "c", 2).SetValue("listed", 3).SetValue("theirs", 4).GetContent());
        await persister.LoadAsync();
        _store.SetValue("unlisted", 5);
        await persister.SaveAsync();

        Assert.Equal(2, _store.GetCell("t", "r", "c"));
        Assert.Equal(3, _store.GetValue("listed"));
        Assert.Null(_store.GetValue("theirs"));
        Assert.Equal("3|4", _place.Query("SELECT listed || '|' || theirs FROM tinybase_values"));
    }

    [Fact]
    public async Task SaveAsync_DeleteEmptyColumnsAndTable_DropsThem()
    {
        _store.SetRow("t", "r", new Row { ["a"] = 1, ["b"] = true, ["c"] = CellValue.Null });
        await using var persister = Persist(new SqliteTabularLayout { Save = { ["t"] = new SqliteTableSave("t") { DeleteEmptyColumns = true, DeleteEmptyTable = true } } });
        await persister.SaveAsync();

        await SaveAfterAsync(() => _store.DeleteCell("t", "r", "b").DeleteCell("t", "r", "c"));
        Assert.Equal("_id,a", _place.Query("SELECT group_concat(name) FROM pragma_table_info('t')"));
        Assert.Equal(0L, _place.Query("SELECT count(*) FROM tinystore_kinds"));
        await SaveAfterAsync(() => _store.DeleteTable("t"));
        Assert.False(_place.HasTable("t"));

        async Task SaveAfterAsync(Action change)
        {
            change();
            await persister.SaveAsync();
        }
    }

    [Theory]
    [InlineData("name", "Name", "differ in more than case")]
    [InlineData("ok", "_ID", "row ids has that name")]
    [InlineData("ok", "nul\0", "contains a NUL")]
    public async Task Save_ColumnThatCannotBe_SaysSoAndWritesNothing(string first, string second, string message)
    {
        await using var persister = Persist(SqliteTabularLayout.Of("t"));
        _store.SetCell("t", "r", first, 1);
        await persister.SaveAsync();
        _store.SetCell("t", "r", first, 2).SetCell("t", "r", second, 3);

        var error = await Assert.ThrowsAsync<PersistedDataException>(() => persister.FlushAsync());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.True(persister.IsDirty);
        Assert.Equal(1L, _place.Query($"SELECT {first} FROM t"));
        _store.DeleteCell("t", "r", second);
        await persister.FlushAsync();
        Assert.Equal(2L, _place.Query($"SELECT {first} FROM t"));
    }

    [Fact]
    public async Task Kinds_WhateverIsWrittenWhereAfterWhat_ComesBack()
    {
        var random = new Random(5);
        CellValue[] cells = [0, 1, true, false, CellValue.Null, "0", "1", 2.5, default];
        await using var persister = Persist(SqliteTabularLayout.Of("t"));
        await persister.StartAutoSaveAsync();
        for (var round = 0; round < 40; round++)
        {
            _store.Transaction(() =>
            {
                for (var i = 0; i < 12; i++)
                {
                    var (row, column, cell) = ($"r{random.Next(5)}", $"c{random.Next(4)}", cells[random.Next(cells.Length)]);
                    if (cell.IsUndefined)
                    {
                        _store.DeleteCell("t", row, column);
                    }
                    else
                    {
                        _store.SetCell("t", row, column, cell);
                    }
                }
            });
            await persister.FlushAsync();
            Assert.Equal(_store.GetContent().Canonical(), (await _place.ReadAsync()).Canonical());
        }
        Assert.True((long)_place.Query("SELECT count(*) FROM tinystore_kinds")! > 0, "nothing had to be said beside, so nothing was tested");
    }

    [Fact]
    public async Task LargeTable_100000RowsOf5Cells_SavesLoadsAndTakesOneMore()
    {
        const int Rows = 100_000;
        _store.Transaction(() =>
        {
            for (var i = 0; i < Rows; i++)
            {
                _store.SetRow("t", $"r{i}", new Row { ["name"] = $"item {i}", ["species"] = "dog", ["age"] = i, ["price"] = i / 100.0, ["sold"] = i % 2 == 0 });
            }
        });
        await using var persister = Persist(SqliteTabularLayout.Of("t"));

        await persister.StartAutoSaveAsync();
        _store.SetCell("t", "r99999", "age", -1);
        await persister.FlushAsync();

        Assert.Equal((long)Rows, _place.Query("SELECT count(*) FROM t"));
        Assert.False(_place.HasTable("tinystore_kinds"), "a column of booleans needs nothing beside");
        var loaded = new Store();
        await using var reader = new SqlitePersister(loaded, _place.ConnectionString, new SqlitePersisterOptions { Layout = SqliteTabularLayout.Of("t") });
        await reader.LoadAsync();
        Assert.Equal(_store.GetJson(), loaded.GetJson());
    }

    [Fact]
    public async Task Database_IsInWalMode_AndPersistersOfItShareAQueue()
    {
        await using var persister = Persist(SqliteTabularLayout.Of("t"));
        await persister.SaveAsync();
        Assert.Equal("wal", _place.Query("PRAGMA journal_mode"));

        await using var second = Persist(SqliteTabularLayout.Of("t"));
        await using (await _place.HoldWritesAsync())
        {
            var slow = persister.SaveAsync();
            await PersisterFixtures.UntilAsync(() => persister.Status == PersisterStatus.Saving, "it has begun");
            var waiting = second.LoadAsync();
            Assert.Equal(PersisterStatus.Idle, second.Status);
            Assert.False(waiting.IsCompleted);
            Assert.False(slow.IsCompleted);
        }
    }

    [Fact]
    public async Task FileThatIsNoDatabase_IsReportedAndLeftAlone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");
        await File.WriteAllTextAsync(path, "this is no database, and it is long enough to be looked at as one, or so it seems to SQLite; more text follows.");
        var before = await File.ReadAllBytesAsync(path);
        await using var persister = new SqlitePersister(_store, $"Data Source={path}");

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => persister.StartAutoPersistingAsync());

        Assert.Equal(before, await File.ReadAllBytesAsync(path));
        File.Delete(path);
    }

    private SqlitePersister Persist(SqliteTabularLayout layout) => new(_store, _place.ConnectionString, new SqlitePersisterOptions { Layout = layout });
}
