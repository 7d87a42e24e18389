namespace TinyStore.Yjs.Tests;

public sealed class PendingChainTests
{
    // Yjs 13.6.33 leaves these structs parked for ever: on a retry it notes only what the topmost of a chain of waiting structs
    // misses, and that one waits (over another update) for the one below it.
    [Fact]
    public void ApplyUpdate_ParkedChainIsRetriedTooEarly_NothingStaysParked()
    {
        var low = new YDoc(new YDocOptions { ClientId = 10 });
        var high = new YDoc(new YDocOptions { ClientId = 20 });
        var other = new YDoc(new YDocOptions { ClientId = 30 });
        var low0 = Write(low, "k", 1);
        high.ApplyUpdate(low0, "test");
        var high0 = Write(high, "k", 2);
        low.ApplyUpdate(high0, "test");
        var low1 = Write(low, "k", 3);
        var low2 = Write(low, "j", 4);
        var other0 = Write(other, "x", 5);
        var other1 = Write(other, "x", 6);
        var reader = new YDoc();

        foreach (var update in new[] { high0, low2, other1, other0, low0, low1 })
        {
            reader.ApplyUpdate(update, "test");
        }

        Assert.False(reader.HasPending);
        Assert.Equal(3, Number(reader, "k"));
        Assert.Equal(4, Number(reader, "j"));
        Assert.Equal(6, Number(reader, "x"));
    }

    private static byte[] Write(YDoc doc, string key, int value)
    {
        var before = doc.EncodeStateVector();
        doc.GetMap("m").Set(key, value);
        return doc.EncodeStateAsUpdate(before);
    }

    private static double Number(YDoc doc, string key) => doc.GetMap("m")[key].TryGetDouble(out var number) ? number : double.NaN;
}
