using CsCheck;

namespace TinyStore.Tests.Storage;

public class CellIdsTests
{
    [Fact]
    public void RandomUse_CountsRowsAndKeepsTheOrderOfAppearance() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 40]).Array[0, 300].Sample(steps =>
        {
            var cells = new CellIds();
            var expected = new List<(string Id, int Rows)>();
            foreach (var (action, number) in steps)
            {
                var id = "c" + number;
                var at = expected.FindIndex(e => e.Id == id);
                if (action == 0)
                {
                    cells.Release();
                }
                else if (action < 3 && at >= 0)
                {
                    var (_, rows) = expected[at];
                    Assert.Equal(rows == 1, cells.RemoveRow(cells.Find(id)));
                    expected[at] = (id, rows - 1);
                    expected.RemoveAll(e => e.Rows == 0);
                }
                else if (at >= 0)
                {
                    cells.AddRow(cells.Intern(id));
                    expected[at] = (id, expected[at].Rows + 1);
                }
                else
                {
                    cells.AddRow(cells.Intern(id));
                    expected.Add((id, 1));
                }
            }
            Assert.Equal(expected.Count, cells.Count);
            Assert.Equal(expected, All(cells));
        });

    [Fact]
    public void Release_IdsThatNoRowHas_MakesTheirNumbersFree()
    {
        var cells = new CellIds();
        for (var i = 0; i < 10_000; i++)
        {
            var cell = cells.Intern("c" + i);
            Assert.True(cell < 2);
            cells.AddRow(cell);
            cells.RemoveRow(cell);
            Assert.Equal("c" + i, cells.Name(cell));
            cells.Release();
            Assert.Equal(-1, cells.Find("c" + i));
        }
    }

    [Fact]
    public void Release_IdThatCameBack_KeepsItsNumber()
    {
        var cells = new CellIds();
        var cell = cells.Intern("c");
        cells.AddRow(cell);
        cells.RemoveRow(cell);
        cells.AddRow(cells.Intern("c"));
        cells.Release();
        Assert.Equal(cell, cells.Find("c"));
        Assert.Equal(1, cells.Rows(cell));
    }

    private static List<(string, int)> All(CellIds cells)
    {
        var all = new List<(string, int)>();
        for (var cell = cells.First; cell >= 0; cell = cells.Next(cell))
        {
            all.Add((cells.Name(cell), cells.Rows(cell)));
        }
        return all;
    }
}
