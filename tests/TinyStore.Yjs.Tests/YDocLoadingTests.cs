namespace TinyStore.Yjs.Tests;

/// <summary>Tests that count collections of the whole process: no others run beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

[Collection(nameof(RunsAlone))]
public class YDocLoadingTests
{
    [Fact]
    public void Loading_CausesHardlyAnyCollection()
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
        // Any generation counts.
        var collections = GC.CollectionCount(0);
        var doc = new YDoc();
        doc.ApplyUpdate(update);
        Assert.InRange(GC.CollectionCount(0) - collections, 0, 3);
        Assert.Equal(update, doc.EncodeStateAsUpdate());
        Assert.True(doc.Store.Bytes < 50 * 120_000, $"{doc.Store.Bytes / 120_000.0} bytes an item");
    }
}
