using CsCheck;

namespace TinyStore.Tests.Model;

/// <summary>Random transactions on a store and on the plainest model of one: dictionaries.</summary>
public class StoreModelTests
{
    private int _transactions;
    private int _rolledBack;
    private int _netZero;
    private int _largest;

    private static readonly Gen<(StoreStep[] Steps, int Depth, int Fate)[]> Program =
        Gen.Frequency((3, Gen.Const(5)), (1, Gen.Const(90))).SelectMany(cellIds =>
            Gen.Select(StoreStep.Any(cellIds).Array[1, 12], Gen.Int[0, 2], Gen.Int[0, 9]).Array[1, 25]);

    [Fact]
    public void RandomTransactions_EqualTheModel_AndTellExactlyWhatChanged()
    {
        Program.Sample(Run, iter: 400, threads: 1);
        Assert.True(_rolledBack > 500 && _netZero > 50 && _largest > 100, $"{_transactions} transactions, {_rolledBack} rolled back, {_netZero} without net changes, the largest with {_largest} cells");
    }

    private void Run((StoreStep[] Steps, int Depth, int Fate)[] program)
    {
        var store = new Store();
        var heard = new Heard(store);
        foreach (var (steps, depth, fate) in program)
        {
            var before = store.GetContent();
            heard.Clear();
            var expected = store.GetContent();
            foreach (var step in steps)
            {
                step.Run(expected);
            }
            RunNested(store, steps, depth, fate);
            _transactions++;
            if (fate < 3)
            {
                _rolledBack++;
                AssertSame(before, store.GetContent());
                heard.AssertNothing();
            }
            else
            {
                Assert.Equal(Text(expected, ordered: true), Text(store.GetContent(), ordered: true));
                heard.AssertIs(before, expected);
                _netZero += heard.Changes is null ? 1 : 0;
                _largest = Math.Max(_largest, heard.Cells.Count);
                var copy = new Store().SetContent(before);
                copy.ApplyChanges(heard.Changes ?? new StoreChanges());
                AssertSame(expected, copy.GetContent());
            }
            AssertTableCellIds(store);
            Assert.Equal(store.GetJson(), new Store().SetJson(store.GetJson()).GetJson());
        }
    }

    // Fate 0: the outermost rolls back; 1: an inner one throws and nobody catches; 2: an inner one throws and the outer catches.
    private static void RunNested(Store store, StoreStep[] steps, int depth, int fate)
    {
        try
        {
            store.Transaction(() =>
            {
                for (var i = 0; i < steps.Length; i++)
                {
                    Inside(store, i % (depth + 1), () => steps[i].Run(store));
                }
                if (fate is 1)
                {
                    Inside(store, depth, () => throw new DivideByZeroException());
                }
                if (fate is 2)
                {
                    Assert.Throws<DivideByZeroException>(() => Inside(store, depth + 1, () => throw new DivideByZeroException()));
                }
            }, shouldRollback: _ => fate == 0);
        }
        catch (DivideByZeroException)
        {
            Assert.Equal(1, fate);
        }
    }

    private static void Inside(Store store, int depth, Action action)
    {
        if (depth == 0)
        {
            action();
        }
        else
        {
            store.Transaction(() => Inside(store, depth - 1, action));
        }
    }

    private static void AssertTableCellIds(Store store)
    {
        foreach (var (tableId, table) in store.GetTables())
        {
            var expected = table.Values.SelectMany(r => r.Keys).CountBy(c => c).Select(c => $"{c.Key} {c.Value}").Order();
            var counted = new List<string>();
            store.ForEachTableCell(tableId, (c, rows) => counted.Add($"{c} {rows}"));
            Assert.Equal(expected, counted.Order());
            Assert.Equal(counted.Count, store.GetTableCellIds(tableId).Count);
        }
    }

    private static void AssertSame(StoreContent expected, StoreContent actual) =>
        Assert.Equal(Text(expected, ordered: false), Text(actual, ordered: false));

    private static string Text(StoreContent content, bool ordered)
    {
        IEnumerable<KeyValuePair<string, T>> In<T>(OrderedDictionary<string, T> items) => ordered ? items : items.OrderBy(i => i.Key, StringComparer.Ordinal);
        var lines = In(content.Tables).SelectMany(t => In(t.Value).SelectMany(r => In(r.Value).Select(c => $"{t.Key} {r.Key} {c.Key} {c.Value.ToJson()}")));
        return string.Join("\n", [.. lines, "", .. In(content.Values).Select(v => $"{v.Key} {v.Value.ToJson()}")]);
    }

    /// <summary>What the listeners of a store heard in one transaction.</summary>
    private sealed class Heard
    {
        private readonly HashSet<string> _events = [];
        private readonly HashSet<string> _ids = [];

        public Heard(Store store)
        {
            store.AddCellListener(null, null, null, e => Add(_events, $"{e.TableId} {e.RowId} {e.CellId} {Recorder.Text(e.Old)} {Recorder.Text(e.New)}"));
            store.AddValueListener(null, e => Add(_events, $"{e.ValueId} {Recorder.Text(e.Old)} {Recorder.Text(e.New)}"));
            store.AddHasTableListener(null, e => Add(_ids, $"{e.TableId} {e.Exists}"));
            store.AddHasRowListener(null, null, e => Add(_ids, $"{e.TableId} {e.RowId} {e.Exists}"));
            store.AddHasCellListener(null, null, null, e => Add(_ids, $"{e.TableId} {e.RowId} {e.CellId} {e.Exists}"));
            store.AddHasValueListener(null, e => Add(_ids, $"{e.ValueId} {e.Exists}"));
            store.AddAfterTransactionListener(t =>
            {
                Changes = t.GetChanges();
                foreach (var (tableId, rowId, cellId, old, @new) in t.CellChanges)
                {
                    Add(Cells, $"{tableId} {rowId} {cellId} {Recorder.Text(old)} {Recorder.Text(@new)}");
                }
                foreach (var (valueId, old, @new) in t.ValueChanges)
                {
                    Add(Cells, $"{valueId} {Recorder.Text(old)} {Recorder.Text(@new)}");
                }
            });
        }

        public StoreChanges? Changes { get; private set; }

        public HashSet<string> Cells { get; } = [];

        public void Clear()
        {
            _events.Clear();
            _ids.Clear();
            Cells.Clear();
            Changes = null;
        }

        public void AssertNothing()
        {
            Assert.Empty(_events);
            Assert.Empty(_ids);
            Assert.Null(Changes);
        }

        public void AssertIs(StoreContent before, StoreContent after)
        {
            HashSet<string> events = [], ids = [];
            Diff(before.Tables, after.Tables, (t, table, nextTable) =>
            {
                Id(ids, t, table, nextTable);
                Diff(table ?? [], nextTable ?? [], (r, row, nextRow) =>
                {
                    Id(ids, $"{t} {r}", row, nextRow);
                    DiffCells($"{t} {r} ", row ?? [], nextRow ?? [], events, ids);
                });
            });
            DiffCells("", before.Values, after.Values, events, ids);
            Assert.Equal(events.Order(), _events.Order());
            Assert.Equal(events.Order(), Cells.Order());
            Assert.Equal(ids.Order(), _ids.Order());
            Assert.Equal(events.Count == 0, Changes is null);
        }

        private static void DiffCells(string prefix, OrderedDictionary<string, CellValue> before, OrderedDictionary<string, CellValue> after, HashSet<string> events, HashSet<string> ids)
        {
            foreach (var id in before.Keys.Union(after.Keys))
            {
                CellValue? old = before.TryGetValue(id, out var o) ? o : default(CellValue?);
                CellValue? now = after.TryGetValue(id, out var n) ? n : default(CellValue?);
                if (old != now)
                {
                    events.Add($"{prefix}{id} {Recorder.Text(old)} {Recorder.Text(now)}");
                }
                if (old is null != now is null)
                {
                    ids.Add($"{prefix}{id} {now is not null}");
                }
            }
        }

        private static void Diff<T>(OrderedDictionary<string, T> before, OrderedDictionary<string, T> after, Action<string, T?, T?> each)
            where T : class
        {
            foreach (var id in before.Keys.Union(after.Keys))
            {
                each(id, before.GetValueOrDefault(id), after.GetValueOrDefault(id));
            }
        }

        private static void Id(HashSet<string> ids, string id, object? before, object? after)
        {
            if (before is null != after is null)
            {
                ids.Add($"{id} {after is not null}");
            }
        }

        private static void Add(HashSet<string> to, string line) => Assert.True(to.Add(line), "heard twice: " + line);
    }
}
