using CsCheck;

namespace TinyStore.Tests.Model;

/// <summary>
/// Who follows a store by the changes of its finished transactions has what it has, whatever mutators, will-finish listeners and
/// other after-transaction listeners write meanwhile.
/// </summary>
public class AfterTransactionMirrorTests
{
    private static readonly Gen<StoreStep[]> Steps = StoreStep.Any(4).Array[0, 4];

    private static readonly Gen<(StoreStep[][] Transactions, StoreStep[] Mutator, StoreStep[] WillFinish, StoreStep[][] After, int Schema)> Program =
        Gen.Select(Steps.Array[1, 8], Steps, Steps, Steps.Array[0, 8], Gen.Int[0, 3]);

    [Fact]
    public void Changes_OfEachFinishedTransaction_AreTheDifferenceFromTheOneBefore()
    {
        var nested = 0;
        Program.Sample(
            program =>
            {
                var (store, mirror) = (new Store(), new Store());
                if (program.Schema == 0)
                {
                    store.SetTablesSchema(TablesSchema.FromJson(
                        """{"t0":{"c0":{"type":"number","default":7},"c1":{"type":"string"}},"t1":{"c0":{"type":"number"},"c2":{"type":"boolean","default":true}}}"""));
                }
                var left = new Queue<StoreStep[]>(program.After);
                store.AddAfterTransactionListener(transaction => Follow(transaction, mirror));
                store.AddTableListener(null, _ => Run(program.Mutator, store), ListenerKind.Mutator);
                store.AddWillFinishTransactionListener(_ => Run(program.WillFinish, store));
                store.AddAfterTransactionListener(transaction =>
                {
                    // Read while the store goes on changing.
                    var before = Text(transaction);
                    var json = transaction.GetChanges().ToJson();
                    var seen = new List<string>();
                    foreach (var change in transaction.CellChanges)
                    {
                        seen.Add(Text(change));
                        if (left.TryDequeue(out var steps))
                        {
                            nested++;
                            store.Transaction(() => Run(steps, store));
                        }
                    }
                    Assert.Equal(before, string.Join(", ", seen));
                    Assert.Equal(before, Text(transaction));
                    Assert.Equal(json, transaction.GetChanges().ToJson());
                    if (left.TryDequeue(out var more))
                    {
                        Run(more, store);
                    }
                });
                var last = new Store();
                store.AddAfterTransactionListener(transaction => Follow(transaction, last));
                foreach (var steps in program.Transactions)
                {
                    store.Transaction(() => Run(steps, store));
                    AssertSame(store, mirror);
                    AssertSame(store, last);
                }
            },
            iter: 1000,
            threads: 1);
        Assert.True(nested > 1000, $"{nested} transactions inside the calls for others");
    }

    private static void Follow(StoreTransaction transaction, Store mirror)
    {
        var seen = 0;
        foreach (var (tableId, rowId, cellId, old, now) in transaction.CellChanges)
        {
            seen++;
            Assert.Equal(mirror.GetCell(tableId, rowId, cellId), old);
            Assert.NotEqual(old, now);
        }
        foreach (var change in transaction.ValueChanges)
        {
            seen++;
            Assert.Equal(mirror.GetValue(change.ValueId), change.Old);
            Assert.NotEqual(change.Old, change.New);
        }
        Assert.True(seen > 0);
        mirror.ApplyChanges(transaction.GetChanges());
    }

    private static void AssertSame(Store store, Store mirror) => Assert.Equal(Text(store), Text(mirror));

    private static string Text(Store store) => string.Join(
        "\n",
        store.GetTables().SelectMany(t => t.Value.SelectMany(r => r.Value.Select(c => $"{t.Key} {r.Key} {c.Key} {c.Value.ToJson()}")))
            .Concat(store.GetValues().Select(v => $"{v.Key} {v.Value.ToJson()}")).Order(StringComparer.Ordinal));

    private static string Text(StoreTransaction transaction)
    {
        var changes = new List<string>();
        foreach (var change in transaction.CellChanges)
        {
            changes.Add(Text(change));
        }
        return string.Join(", ", changes);
    }

    private static string Text(CellChange change) =>
        $"{change.TableId} {change.RowId} {change.CellId} {Recorder.Text(change.Old)} {Recorder.Text(change.New)}";

    private static void Run(StoreStep[] steps, Store store) => Array.ForEach(steps, step => step.Run(store));
}
