namespace TinyStore.Yjs.Tests;

/// <summary>Tests that count collections of the whole process: no others run beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

[Collection(nameof(RunsAlone))]
public class YDocLoadingTests
{
    [Fact]
    public void Loading_CausesNoFullCollection()
    {
        var table = new YDoc();
        table.Transact(_ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var row = table.GetMap("m").SetMap("r" + i);
                for (var c = 0; c < 5; c++)
                {
                    row.Set("c" + c, c * i);
                }
            }
        });
        var update = table.EncodeStateAsUpdate();
        var full = GC.CollectionCount(2);
        var doc = new YDoc();
        doc.ApplyUpdate(update);
        Assert.Equal(full, GC.CollectionCount(2));
        Assert.Equal(update, doc.EncodeStateAsUpdate());
        Assert.True(doc.Store.Bytes < 50 * 120_000, $"{doc.Store.Bytes / 120_000.0} bytes an item");
    }
}
