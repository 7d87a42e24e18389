using System.Globalization;

namespace TinyStore.Tests;

// What other tests allocate meanwhile would be counted too.
[CollectionDefinition(nameof(StoreMemoryTests), DisableParallelization = true)]
[Collection(nameof(StoreMemoryTests))]
public class StoreMemoryTests
{
    private static readonly string[] Species = ["dog", "cat", "fish", "bird", "horse", "cow", "goat", "mouse", "snake", "frog"];

    // The mixed table: 10,000 rows of 5 cells. TinyBase 10.0.1 needs 110 to 116 bytes a cell for it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MixedTable_TakesAtMost60BytesACell(bool cellByCell)
    {
        const int Rows = 10_000;
        var before = GC.GetTotalMemory(true);
        var store = Fill(Rows, cellByCell);
        var bytes = (GC.GetTotalMemory(true) - before) / (Rows * 5.0);
        Assert.Equal(Rows, store.GetRowCount("pets"));
        Assert.True(bytes <= 60, $"{bytes:F1} bytes a cell");
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Store Fill(int rows, bool cellByCell)
    {
        var store = new Store();
        for (var i = 0; i < rows; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"r{i}");
            var row = new Row
            {
                ["name"] = string.Create(CultureInfo.InvariantCulture, $"item {i}"),
                ["species"] = Species[i % 10],
                ["age"] = i % 30,
                ["price"] = i % 10000 / 100.0,
                ["sold"] = i % 3 == 0,
            };
            if (!cellByCell)
            {
                store.SetRow("pets", id, row);
                continue;
            }
            foreach (var (cellId, cell) in row)
            {
                store.SetCell("pets", id, cellId, cell);
            }
        }
        return store;
    }
}
