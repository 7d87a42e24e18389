namespace TinyStore.Tests;

public class StoreAllocationTests
{
    private static readonly string[] RowIds = [.. Enumerable.Range(0, 1000).Select(i => "r" + i)];

    private static Store Filled()
    {
        var store = new Store();
        foreach (var rowId in RowIds)
        {
            store.SetRow("t", rowId, new() { ["name"] = rowId, ["age"] = 1, ["sold"] = false });
        }
        return store;
    }

    [Fact]
    public void OneCellTransactions_AllocateNothing()
    {
        var store = Filled();
        AssertAllocatesNothing(i => store.SetCell("t", RowIds[i % 1000], "age", i));
        AssertAllocatesNothing(i => store.SetValue("v", i));
        var heard = 0;
        using var any = store.AddCellListener(null, null, null, _ => heard++);
        using var one = store.AddCellListener("t", "r1", "age", _ => heard++);
        AssertAllocatesNothing(i => store.SetCell("t", RowIds[i % 1000], "age", -i));
        Assert.True(heard > 1000);
    }

    [Fact]
    public void Reading_AllocatesNothing()
    {
        var store = Filled();
        double sum = 0;
        AssertAllocatesNothing(i =>
        {
            store.TryGetCell("t", RowIds[i % 1000], "age", out var age);
            foreach (var (_, cell) in store.Cells("t", RowIds[i % 1000]))
            {
                sum += cell.TryGetDouble(out var number) ? number : 0;
            }
        });
        AssertAllocatesNothing(_ =>
        {
            foreach (var (_, cells) in store.Rows("t"))
            {
                foreach (var (_, cell) in cells)
                {
                    sum += cell.TryGetDouble(out var number) ? number : 0;
                }
            }
        }, times: 5);
        Assert.True(sum > 0);
    }

    [Fact]
    public void EnumeratingChanges_AllocatesNothing()
    {
        var store = Filled();
        long allocated = 0;
        var changes = 0;
        store.AddAfterTransactionListener(t =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var change in t.CellChanges)
            {
                changes += change.New is null ? 0 : 1;
            }
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        });
        for (var i = 0; i < 100; i++)
        {
            store.Transaction(() =>
            {
                foreach (var rowId in RowIds)
                {
                    store.SetCell("t", rowId, "age", i + 2);
                }
            });
            allocated = i == 50 ? 0 : allocated;
        }
        Assert.Equal(100_000, changes);
        Assert.Equal(0, allocated);
    }

    // The buffers of a large transaction are not kept, and the next small one does not pay for it.
    [Fact]
    public void SmallTransaction_AfterALargeOne_StillAllocatesNothing()
    {
        var store = Filled();
        store.Transaction(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                store.SetCell("t", "large" + i, "age", i);
            }
        });
        AssertAllocatesNothing(i => store.SetCell("t", RowIds[i % 1000], "age", i));
    }

    private static void AssertAllocatesNothing(Action<int> action, int times = 2000)
    {
        long allocated = 0;
        // Once more for what the runtime allocates of itself while it compiles better code.
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                action(i + (round * times));
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
