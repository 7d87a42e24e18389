namespace TinyStore.Tests;

public class StoreTransactionsTests
{
    private readonly Store _store = new();

    [Fact]
    public void Transaction_Nested_CallsListenersOnceAtTheEnd()
    {
        var lines = new Recorder(_store).ListenToTransactions();
        _store.Transaction(() =>
        {
            _store.SetCell("t", "r", "a", 1);
            _store.Transaction(() => _store.SetCell("t", "r", "a", 2), origin: "inner");
            Assert.Equal("outer", _store.TransactionOrigin);
            Assert.Equal(["start outer"], lines.Lines);
        }, origin: "outer");
        Assert.Equal(
            ["start outer", "willFinish [{\"t\":{\"r\":{\"a\":2}}},{},1]", "didFinish [{\"t\":{\"r\":{\"a\":2}}},{},1]", "after [{\"t\":{\"r\":{\"a\":2}}},{},1]"],
            lines.Take());
        Assert.Null(_store.TransactionOrigin);
        Assert.False(_store.IsInTransaction);
    }

    [Fact]
    public void Transaction_OfT_ReturnsTheResult() => Assert.Equal(5, _store.Transaction(() => 5));

    [Fact]
    public void Transaction_NetZero_TellsNobody()
    {
        _store.SetCell("t", "r", "a", 1).SetValue("v", 1);
        var lines = new Recorder(_store).ListenToAll();
        var after = 0;
        _store.AddAfterTransactionListener(_ => after++);
        _store.Transaction(() =>
        {
            _store.SetCell("t", "r", "a", 2).SetCell("t", "r", "a", 1).SetCell("t", "r", "b", 1).DeleteCell("t", "r", "b");
            _store.SetCell("u", "r", "a", 1).DeleteTable("u").SetValue("v", 2).SetValue("v", 1).SetValue("w", 1).DeleteValue("w");
            _store.DeleteRow("t", "r").SetCell("t", "r", "a", 1);
        });
        Assert.Empty(lines.Take());
        Assert.Equal(0, after);
    }

    [Fact]
    public void Changes_RowDeletedAndAddedAgain_AreItsCells()
    {
        _store.SetRow("t", "r", new() { ["old"] = 1 });
        Assert.Equal("[{\"t\":{\"r\":{\"old\":\"\uFFFC\",\"new\":2}}},{},1]",
            Changes(() => _store.DeleteRow("t", "r").SetCell("t", "r", "new", 2)));
    }

    [Fact]
    public void Changes_TableDeletedAndAddedAgain_AreItsRows()
    {
        _store.SetRow("t", "old", new() { ["a"] = 1 });
        Assert.Equal("[{\"t\":{\"old\":\"\uFFFC\",\"new\":{\"a\":2}}},{},1]",
            Changes(() => _store.DeleteTable("t").SetCell("t", "new", "a", 2)));
    }

    [Fact]
    public void Changes_OfDeletions_AreNull()
    {
        _store.SetTables(new() { ["t"] = new() { ["r"] = new() { ["a"] = 1, ["b"] = 1 }, ["s"] = new() { ["a"] = 1 } }, ["u"] = new() { ["r"] = new() { ["a"] = 1 } } }).SetValue("v", 1);
        Assert.Equal("[{\"t\":{\"r\":{\"a\":\"\uFFFC\"},\"s\":\"\uFFFC\"},\"u\":\"\uFFFC\"},{\"v\":\"\uFFFC\"},1]",
            Changes(() => _store.DeleteCell("t", "r", "a").DeleteRow("t", "s").DeleteTable("u").DeleteValue("v")));
    }

    [Fact]
    public void CellChanges_OfATransaction_AreTheNetOnes()
    {
        _store.SetRow("t", "r", new() { ["a"] = 1, ["b"] = 2 });
        var changes = new List<string>();
        _store.AddAfterTransactionListener(t =>
        {
            foreach (var (tableId, rowId, cellId, old, @new) in t.CellChanges)
            {
                changes.Add($"{tableId} {rowId} {cellId} {Recorder.Text(old)} {Recorder.Text(@new)}");
            }
            foreach (var (valueId, old, @new) in t.ValueChanges)
            {
                changes.Add($"{valueId} {Recorder.Text(old)} {Recorder.Text(@new)}");
            }
            changes.Add("tables " + Recorder.Text(t.GetTableIdChanges()) + " rows " + Recorder.Text(t.GetRowIdChanges("t")) + Recorder.Text(t.GetRowIdChanges("none")));
        });
        _store.Transaction(() => _store.SetCell("u", "x", "c", CellValue.Null).DeleteRow("t", "r").SetRow("t", "s", new() { ["b"] = 2 }).SetCell("t", "r", "b", 2).SetValue("v", 1));
        Assert.Equal(["u x c - null", "t r a 1 -", "t s b - 2", "v - 1", "tables +u rows +s"], changes);
    }

    [Fact]
    public void Throw_InActions_RollsBackContentAndSchemasAndGoesOn()
    {
        _store.SetTables(new() { ["t"] = new() { ["r"] = new() { ["a"] = CellValue.FromJson("{}"), ["b"] = 2 }, ["s"] = new() { ["a"] = 1 } } }).SetValue("v", 1);
        var lines = new Recorder(_store).ListenToAll().ListenToTransactions();
        var error = Assert.Throws<InvalidOperationException>(() => _store.Transaction(() =>
        {
            _store.SetCell("t", "r", "a", 5).DeleteRow("t", "s").SetCell("u", "r", "a", 1).DeleteValue("v").SetValue("w", 1);
            _store.SetTablesSchema(TablesSchema.FromJson("{\"t\":{\"x\":{\"type\":\"string\",\"default\":\"d\"}}}"));
            _store.SetValuesSchema(ValuesSchema.FromJson("{\"y\":{\"type\":\"string\",\"default\":\"d\"}}"));
            throw new InvalidOperationException("mine");
        }));
        Assert.Equal("mine", error.Message);
        Assert.Equal("{\"t\":{\"r\":{\"a\":\"\uFFFD{}\",\"b\":2},\"s\":{\"a\":1}}}", _store.GetTablesJson());
        Assert.Equal("{\"v\":1}", _store.GetValuesJson());
        Assert.False(_store.HasTablesSchema() || _store.HasValuesSchema());
        Assert.Equal(["start -"], lines.Take());
    }

    [Fact]
    public void Throw_InAnInnerTransactionThatIsCaught_RollsTheOuterBack()
    {
        _store.Transaction(() =>
        {
            _store.SetCell("t", "r", "a", 1);
            Assert.Throws<DivideByZeroException>(() => _store.Transaction(() => throw new DivideByZeroException()));
            _store.SetCell("t", "r", "b", 1);
        });
        Assert.False(_store.HasTables());
    }

    [Fact]
    public void ShouldRollback_True_RollsBackAfterTheMutators()
    {
        _store.AddCellListener(null, null, "a", e => e.Store.SetCell("t", "r", "mutated", 1), ListenerKind.Mutator);
        var lines = new Recorder(_store).ListenToAll().ListenToTransactions();
        _store.Transaction(() => _store.SetCell("t", "r", "a", 1).SetCell("t", "r", "b", double.NaN), shouldRollback: s =>
        {
            Assert.True(s.HasCell("t", "r", "mutated"));
            return true;
        });
        Assert.False(_store.HasTables());
        Assert.Equal(["start -", "willFinish [{},{},1]", "invalidCell t r b NaN", "didFinish [{},{},1]"], lines.Take());
    }

    [Fact]
    public void ShouldRollback_OfANestedTransaction_IsNotCalled()
    {
        _store.Transaction(() => _store.Transaction(() => _store.SetCell("t", "r", "a", 1), shouldRollback: _ => throw new DivideByZeroException()));
        Assert.True(_store.HasTables());
    }

    [Fact]
    public void RollBack_OfRowsAndTables_BringsThemBackLast()
    {
        _store.SetTables(new() { ["t"] = new() { ["r1"] = new() { ["a"] = 1 }, ["r2"] = new() { ["a"] = 2 } }, ["u"] = new() { ["r"] = new() { ["a"] = 3 } } });
        _store.Transaction(() => _store.DeleteRow("t", "r1"), shouldRollback: _ => true);
        Assert.Equal(["r2", "r1"], _store.GetRowIds("t"));
        _store.Transaction(() => _store.DeleteTable("t"), shouldRollback: _ => true);
        Assert.Equal(["u", "t"], _store.GetTableIds());
        Assert.Equal(["r2", "r1"], _store.GetRowIds("t"));
    }

    [Fact]
    public void RollBack_ValueWithADefaultThatWasNotThere_TakesItAwayAgain() // TinyBase 10.0.1 leaves the default behind
    {
        _store.SetValuesSchema(ValuesSchema.FromJson("{\"a\":{\"type\":\"number\",\"default\":1},\"b\":{\"type\":\"number\",\"required\":true}}"));
        Assert.False(_store.HasValues());
        _store.Transaction(() => _store.SetValue("a", 7), shouldRollback: _ => true);
        Assert.False(_store.HasValues());
    }

    [Fact]
    public void Throw_InAStartListener_RollsBackAndRunsNoActions()
    {
        _store.AddStartTransactionListener(t => t.Store.SetCell("t", "r", "a", 1));
        var bad = _store.AddStartTransactionListener(_ => throw new DivideByZeroException());
        Assert.Throws<DivideByZeroException>(() => _store.SetValue("v", 1));
        Assert.Equal("[{},{}]", _store.GetJson());
        bad.Dispose();
        _store.SetValue("v", 1);
        Assert.Equal("[{\"t\":{\"r\":{\"a\":1}}},{\"v\":1}]", _store.GetJson());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Throw_InAMutatorOrWillFinishListener_RollsBack(bool inMutator)
    {
        using var bad = inMutator
            ? _store.AddTablesListener(_ => throw new DivideByZeroException(), ListenerKind.Mutator)
            : _store.AddWillFinishTransactionListener(_ => throw new DivideByZeroException());
        var lines = new Recorder(_store).ListenToAll().ListenToTransactions();
        Assert.Throws<DivideByZeroException>(() => _store.SetCell("t", "r", "a", 1));
        Assert.False(_store.HasTables());
        Assert.Equal(inMutator ? ["start -"] : ["start -", "willFinish [{\"t\":{\"r\":{\"a\":1}}},{},1]", "didFinish [{},{},1]"], lines.Take());
        Assert.False(_store.IsInTransaction);
    }

    [Fact]
    public void Throw_InAnObserver_KeepsTheChangesAndStillCallsAfter()
    {
        _store.AddCellListener(null, null, null, _ => throw new DivideByZeroException());
        _store.AddDidFinishTransactionListener(_ => throw new InvalidOperationException());
        var lines = new Recorder(_store).ListenToAll().ListenToTransactions();
        Assert.Throws<DivideByZeroException>(() => _store.SetCell("t", "r", "a", 1));
        Assert.True(_store.HasCell("t", "r", "a"));
        Assert.DoesNotContain("row t r", lines.Lines);
        Assert.Contains("didFinish [{\"t\":{\"r\":{\"a\":1}}},{},1]", lines.Lines);
        Assert.Contains("after [{\"t\":{\"r\":{\"a\":1}}},{},1]", lines.Lines);
        Assert.False(_store.IsInTransaction);
    }

    [Fact]
    public void Observers_WritesAreIgnored()
    {
        _store.AddValueListener(null, e =>
        {
            var ran = false;
            e.Store.SetCell("t", "r", "a", 1).SetTables([]).DeleteValues().SetTablesSchema(TablesSchema.FromJson("{\"t\":{\"a\":{\"type\":\"string\"}}}"));
            e.Store.Transaction(() => ran = true);
            Assert.Null(e.Store.AddRow("t", new() { ["a"] = 1 }));
            Assert.False(e.Store.Transaction(() => true));
            using var scope = e.Store.BeginTransaction();
            scope.Commit();
            Assert.False(ran);
            Assert.True(e.Store.IsInTransaction);
        });
        _store.AddDidFinishTransactionListener(t => t.Store.SetValue("w", 1));
        _store.SetValue("v", 1);
        Assert.Equal("[{},{\"v\":1}]", _store.GetJson());
        Assert.False(_store.HasTablesSchema());
    }

    [Fact]
    public void WillFinish_WritesReachTheObservers()
    {
        _store.AddWillFinishTransactionListener(t => t.Store.SetValue("w", 1));
        var lines = new Recorder(_store).ListenToAll().ListenToAll(ListenerKind.Mutator, "mutator: ");
        _store.SetValue("v", 1);
        Assert.Contains("value w - 1", lines.Lines);
        Assert.DoesNotContain("mutator: value w - 1", lines.Lines);
    }

    [Fact]
    public void GetTransactionChangesAndLog_Inside_ShowTheStateSoFar()
    {
        _store.SetCell("t", "r", "a", 1);
        Assert.True(_store.GetTransactionChanges().IsEmpty);
        _store.Transaction(() =>
        {
            _store.SetCell("t", "r", "a", 2).SetCell("t", "s", "a", double.NaN).SetCell("t", "s", "a", 3).SetValue("v", default).SetValue("v", 1);
            Assert.Equal("[{\"t\":{\"r\":{\"a\":2},\"s\":{\"a\":3}}},{\"v\":1},1]", _store.GetTransactionChanges().ToJson());
            var log = _store.GetTransactionLog();
            Assert.True(log.CellsTouched && log.ValuesTouched);
            Assert.Equal(["r a 1 2", "s a - 3"], log.ChangedCells.Select(c => $"{c.RowId} {c.CellId} {Recorder.Text(c.Old)} {Recorder.Text(c.New)}"));
            Assert.Equal(["t s a NaN"], log.InvalidCells.Select(c => $"{c.TableId} {c.RowId} {c.CellId} {Recorder.Text(c.Values)}"));
            Assert.Equal(["v - 1"], log.ChangedValues.Select(v => $"{v.ValueId} {Recorder.Text(v.Old)} {Recorder.Text(v.New)}"));
            Assert.Equal(["v undefined"], log.InvalidValues.Select(v => $"{v.ValueId} {Recorder.Text(v.Values)}"));
            Assert.Empty(log.ChangedTableIds);
            Assert.Equal("+s", Recorder.Text(log.ChangedRowIds["t"]));
            Assert.Equal("+a", Recorder.Text(log.ChangedCellIds["t"]["s"]));
            Assert.Equal("+v", Recorder.Text(log.ChangedValueIds));
        });
        Assert.False(_store.GetTransactionLog().CellsTouched);
    }

    [Fact]
    public void BeginTransaction_CommitEnds_DisposeRollsBack()
    {
        using (var scope = _store.BeginTransaction("me"))
        {
            _store.SetCell("t", "r", "a", 1);
            Assert.Equal("me", _store.TransactionOrigin);
            scope.Commit();
            Assert.False(_store.IsInTransaction);
            Assert.Throws<InvalidOperationException>(() => scope.Commit());
        }
        using (_store.BeginTransaction())
        {
            _store.SetCell("t", "r", "a", 2);
        }
        using (var scope = _store.BeginTransaction())
        {
            _store.SetCell("t", "r", "a", 3);
            scope.Commit(shouldRollback: s => s.GetCell("t", "r", "a") == 3);
        }
        Assert.Equal(1, _store.GetCell("t", "r", "a"));
    }

    [Fact]
    public void BeginTransaction_InnerDisposed_RollsTheOuterBack()
    {
        using (var outer = _store.BeginTransaction())
        {
            _store.SetCell("t", "r", "a", 1);
            _store.BeginTransaction().Dispose();
            outer.Commit();
        }
        Assert.False(_store.HasTables());
        Assert.False(_store.IsInTransaction);
    }

    [Fact]
    public void BeginTransaction_EndedOutOfOrder_ThrowsAndDisposeUnwinds()
    {
        var outer = _store.BeginTransaction();
        var inner = _store.BeginTransaction();
        _store.SetCell("t", "r", "a", 1);
        Assert.Contains("still open", Assert.Throws<InvalidOperationException>(() => outer.Commit()).Message, StringComparison.Ordinal);
        outer.Dispose();
        Assert.False(_store.IsInTransaction);
        Assert.False(_store.HasTables());
        inner.Dispose();
        _store.SetCell("t", "r", "a", 1);
        Assert.True(_store.HasTables());
    }

    [Fact]
    public void AfterTransaction_ListenersWrites_AreTransactionsThatQueue()
    {
        var heard = new List<string>();
        _store.AddAfterTransactionListener(t =>
        {
            Assert.False(t.Store.IsInTransaction);
            var json = t.GetChanges().ToJson();
            heard.Add("1 " + json);
            if (!t.Store.HasValue("w"))
            {
                t.Store.SetValue("w", 2);
                Assert.Equal(2, t.Store.GetValue("w"));
                Assert.Equal(json, t.GetChanges().ToJson());
            }
        });
        _store.AddAfterTransactionListener(t => heard.Add("2 " + t.GetChanges().ToJson()));
        _store.SetValue("v", 1);
        Assert.Equal(["1 [{},{\"v\":1},1]", "2 [{},{\"v\":1},1]", "1 [{},{\"w\":2},1]", "2 [{},{\"w\":2},1]"], heard);
    }

    [Fact]
    public void AfterTransaction_LogSurvivesNestedTransactionsOnTheSameTable()
    {
        _store.SetRow("t", "r", new() { ["a"] = 1 });
        var first = true;
        var heard = new List<string>();
        _store.AddAfterTransactionListener(t =>
        {
            if (first)
            {
                first = false;
                t.Store.SetCell("t", "r", "brandNew", 1).DeleteTable("t").SetCell("t", "z", "other", 1);
            }
            foreach (var c in t.CellChanges)
            {
                heard.Add($"{c.TableId} {c.RowId} {c.CellId} {Recorder.Text(c.Old)} {Recorder.Text(c.New)}");
            }
        });
        _store.Transaction(() => _store.DeleteCell("t", "r", "a").SetCell("t", "r", "b", 2));
        Assert.Equal(["t r a 1 -", "t r b - 2", "t r brandNew - 1", "t r b 2 -", "t r brandNew 1 -", "t z other - 1"], heard);
    }

    [Fact]
    public void AfterTransaction_LeavingATransactionOpen_LosesNoneOfItsChanges()
    {
        _store.SetRow("t", "r", new() { ["a"] = 1 });
        StoreTransactionScope? scope = null;
        var heard = "";
        _store.AddAfterTransactionListener(t =>
        {
            heard = t.GetChanges().ToJson();
            if (scope is null)
            {
                scope = t.Store.BeginTransaction();
                t.Store.SetCell("t", "r", "a", 3).DeleteCell("t", "r", "b");
            }
        });
        _store.SetRow("t", "r", new() { ["a"] = 2, ["b"] = 2 });
        Assert.True(_store.IsInTransaction);
        _store.SetCell("t", "r", "c", 4).SetCell("t", "r", "a", 2);
        scope!.Commit();
        Assert.Equal("[{\"t\":{\"r\":{\"b\":\"\uFFFC\",\"c\":4}}},{},1]", heard);
    }

    [Fact]
    public void AfterTransaction_ThatThrows_DoesNotKeepTheOthersFromHearing()
    {
        var heard = 0;
        _store.AddAfterTransactionListener(t => t.Store.SetValue("w", 1));
        _store.AddAfterTransactionListener(_ => throw new DivideByZeroException());
        _store.AddAfterTransactionListener(_ => heard++);
        Assert.Throws<DivideByZeroException>(() => _store.SetValue("v", 1));
        Assert.Equal(2, heard);
        Assert.Equal("{\"v\":1,\"w\":1}", _store.GetValuesJson());
    }

    [Fact]
    public void AfterTransaction_RolledBackOrNothing_IsNotCalled()
    {
        _store.AddAfterTransactionListener(_ => Assert.Fail("called"));
        _store.Transaction(() => _store.SetValue("v", 1), shouldRollback: _ => true);
        _store.Transaction(() => { });
        _store.SetValue("v", double.NaN);
        Assert.Throws<DivideByZeroException>(() => _store.Transaction(() =>
        {
            _store.SetValue("v", 1);
            throw new DivideByZeroException();
        }));
    }

    [Fact]
    public void StoreTransaction_ReadAfterItsListener_Throws()
    {
        StoreTransaction? kept = null;
        CellChanges changes = default;
        IEnumerable<Func<StoreTransaction, object>> reads =
            [t => t.IsEmpty, t => t.CellChanges, t => t.ValueChanges, t => t.GetChanges(), t => t.GetLog(), t => t.GetTableIdChanges(), t => t.GetRowIdChanges("t")];
        foreach (var add in new Func<Action<StoreTransaction>, IDisposable>[] { _store.AddStartTransactionListener, _store.AddWillFinishTransactionListener, _store.AddDidFinishTransactionListener, _store.AddAfterTransactionListener })
        {
            using var listener = add(t =>
            {
                kept = t;
                changes = t.CellChanges;
            });
            _store.UpdateCell("t", "r", "a", old => (old?.AsDouble() ?? 0) + 1);
            foreach (var read in reads)
            {
                Assert.Contains("is over", Assert.Throws<InvalidOperationException>(() => read(kept!)).Message, StringComparison.Ordinal);
            }
        }
        Assert.Same(_store, kept!.Store);
    }

    [Fact]
    public void Enumerator_OfATransactionThatEnded_Throws()
    {
        CellChanges.Enumerator kept = default;
        _store.AddAfterTransactionListener(t => kept = t.CellChanges.GetEnumerator());
        _store.SetCell("t", "r", "a", 1);
        Assert.Throws<InvalidOperationException>(() => kept.MoveNext());
    }

    private string Changes(Action actions)
    {
        var json = "";
        using var listener = _store.AddDidFinishTransactionListener(t => json = t.GetChanges().ToJson());
        _store.Transaction(actions);
        return json;
    }
}
