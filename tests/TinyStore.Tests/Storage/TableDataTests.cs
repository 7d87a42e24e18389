using CsCheck;

namespace TinyStore.Tests.Storage;

public class TableDataTests
{
    // Many different cells, so that rows get wide, get layouts of their own, and the table runs out of shared layouts.
    [Fact]
    public void RandomRows_BehaveAsListsOfCells()
    {
        int wide = 0, own = 0, exhausted = 0;
        Gen.Select(Gen.Int[1, 200], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 199], Gen.Int[0, 19]).Array[0, 1500]).Sample(t =>
        {
            var (cellCount, steps) = t;
            var table = new TableData("t");
            var rows = Enumerable.Range(0, 20).Select(_ => table.NewRow()).ToArray();
            var expected = Enumerable.Range(0, 20).Select(_ => new List<(int Cell, CellValue Content)>()).ToArray();
            for (var i = 0; i < steps.Length; i++)
            {
                var (action, number, r) = steps[i];
                var cell = number % cellCount;
                ref var row = ref rows[r];
                var slot = row.Layout.SlotOf(cell);
                var at = expected[r].FindIndex(e => e.Cell == cell);
                Assert.Equal(at >= 0, slot >= 0);
                if (slot < 0)
                {
                    table.AddCell(ref row, cell, i, number % 7);
                    expected[r].Add((cell, i));
                }
                else if (action == 0)
                {
                    table.RemoveCell(ref row, slot);
                    expected[r].RemoveAt(at);
                }
                else
                {
                    row.Contents[slot] = i;
                    expected[r][at] = (cell, i);
                }
            }
            for (var r = 0; r < rows.Length; r++)
            {
                Assert.Equal(expected[r].Count, rows[r].Layout.Count);
                Assert.Equal(expected[r], All(rows[r]));
                Interlocked.Add(ref wide, rows[r].Layout.Count > RowLayout.MaxShared ? 1 : 0);
                Interlocked.Add(ref own, rows[r].Layout.IsShared ? 0 : 1);
            }
            Interlocked.Add(ref exhausted, table.LayoutCount == RowLayout.MaxLayouts ? 1 : 0);
        }, iter: 200);
        Assert.True(wide > 0 && own > wide && exhausted > 0, $"wide {wide}, own {own}, exhausted {exhausted}");
    }

    [Fact]
    public void AddCell_RowsWithTheSameCells_ShareOneLayout()
    {
        var table = new TableData("t");
        var (first, second) = (table.NewRow(), table.NewRow());
        foreach (var cell in new[] { 4, 2, 9 })
        {
            table.AddCell(ref first, cell, "x", 0);
        }
        foreach (var cell in new[] { 4, 2, 9 })
        {
            table.AddCell(ref second, cell, "y", 3);
        }
        Assert.Same(first.Layout, second.Layout);
        Assert.Equal(3, table.LayoutCount);
    }

    [Fact]
    public void RemoveCell_OneByOneFromAVeryWideRow_LeavesTheOthers()
    {
        var table = new TableData("t");
        var row = table.NewRow();
        for (var cell = 0; cell < 20_000; cell++)
        {
            table.AddCell(ref row, cell, cell, 0);
        }
        for (var cell = 0; cell < 19_990; cell++)
        {
            table.RemoveCell(ref row, row.Layout.SlotOf(cell));
        }
        Assert.Equal(Enumerable.Range(19_990, 10).Select(c => (c, (CellValue)c)), All(row));
        Assert.True(row.Layout.End < 30, $"{row.Layout.End} slots for 10 cells");
    }

    private static List<(int, CellValue)> All(RowData row)
    {
        var all = new List<(int, CellValue)>();
        for (var slot = 0; slot < row.Layout.End; slot++)
        {
            if (row.Layout.CellAt(slot) >= 0)
            {
                all.Add((row.Layout.CellAt(slot), row.Contents[slot]));
            }
        }
        return all;
    }
}
