namespace TinyStore.Tests;

/// <summary>Cells of one row at once do what the same cells one by one do.</summary>
public class StoreSetCellsTests
{
    private static readonly CellValue[] Contents = [1, -0.5, "text", true, CellValue.Null, double.NaN, "\uFFFC", CellValue.FromJson("[1]"), default];

    [Theory]
    [InlineData(null)]
    [InlineData("""{"t":{"a":{"type":"number","default":7},"b":{"type":"string"},"c":{"type":["number","string"],"required":true},"d":{"enum":["text",1],"default":1}}}""")]
    [InlineData("""{"u":{"a":{"type":"number"}}}""")]
    public void SetCells_Anything_IsWhatSetCellDoesInOneTransaction(string? schema)
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (atOnce, heardAtOnce) = Make(schema);
            var (oneByOne, heardOneByOne) = Make(schema);
            for (var step = 0; step < 4; step++)
            {
                var rowId = $"r{random.Next(2)}";
                var cells = Enumerable.Range(0, random.Next(6))
                    .Select(_ => KeyValuePair.Create(((char)('a' + random.Next(5))).ToString(), Contents[random.Next(Contents.Length)]))
                    .ToArray();
                atOnce.SetCells("t", rowId, cells);
                oneByOne.Transaction(() =>
                {
                    foreach (var (cellId, cell) in cells)
                    {
                        oneByOne.SetCell("t", rowId, cellId, cell);
                    }
                });
            }
            Assert.Equal(oneByOne.GetJson(), atOnce.GetJson());
            Assert.Equal(heardOneByOne, heardAtOnce);
        }
    }

    [Fact]
    public void SetCells_AnIdIsNull_ThrowsAndSetsNothing()
    {
        var store = new Store();

        Assert.Throws<ArgumentNullException>(() => store.SetCells("t", "r", [new("a", 1), new(null!, 2)]));

        Assert.False(store.HasTables());
    }

    private static (Store Store, List<string> Heard) Make(string? schema)
    {
        var store = new Store();
        if (schema is not null)
        {
            store.SetTablesSchema(TablesSchema.FromJson(schema));
        }
        List<string> heard = [];
        store.AddCellListener(null, null, null, e => heard.Add($"{e.RowId} {e.CellId} {Recorder.Text(e.Old)} {Recorder.Text(e.New)}"));
        store.AddRowIdsListener(null, e => heard.Add($"{e.TableId} {string.Join(',', e.GetIdChanges())}"));
        store.AddInvalidCellListener(null, null, null, e => heard.Add($"{e.RowId} {e.CellId} {e.Values.Count} invalid"));
        store.AddDidFinishTransactionListener(_ => heard.Add("end"));
        return (store, heard);
    }
}
