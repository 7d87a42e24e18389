namespace TinyStore.Yjs.Tests;

/// <summary>What observers can learn about containers that lose their key to a concurrent one.</summary>
public sealed class DeadContainersTests : IDisposable
{
    private readonly YDoc _low = new(new YDocOptions { ClientId = 10 });
    private readonly YDoc _high = new(new YDocOptions { ClientId = 20 });

    public void Dispose()
    {
        _low.Dispose();
        _high.Dispose();
    }

    [Fact]
    public void ReceivesDeleteOf_DiedWithContainerOrDeletedInUpdate_TellsThemApart()
    {
        var container = _low.GetMap("m").SetMap("k");
        container.Set("dead", 1);
        container.Set("live", 2);
        container.Delete("dead");
        _high.GetMap("m").SetMap("k");
        var told = new Dictionary<string, (bool Deletes, bool Received)>();
        _high.ObserveAfterTransaction(transaction => transaction.ForEachDeletedMapItem(
            item => told[item.Key] = (transaction.Deletes(item.Id), transaction.ReceivesDeleteOf(item.Id))));

        _high.ApplyUpdate(_low.EncodeStateAsUpdate(), "test");

        Assert.Equal((true, false), told["k"]);
        Assert.Equal((true, false), told["live"]);
        Assert.Equal((true, true), told["dead"]);
    }

    [Fact]
    public void ReceivesDeleteOf_DeletesThatWaited_AreNamedByTheTransactionThatAppliesThem()
    {
        _low.GetMap("m").Set("a", 1);
        var write = _low.EncodeStateAsUpdate();
        var before = _low.EncodeStateVector();
        _low.GetMap("m").Delete("a");
        var received = new List<bool>();
        _high.ObserveAfterTransaction(transaction => transaction.ForEachDeletedMapItem(item => received.Add(transaction.ReceivesDeleteOf(item.Id))));

        _high.ApplyUpdate(_low.EncodeStateAsUpdate(before), "test");
        Assert.True(_high.HasPending);
        _high.ApplyUpdate(write, "test");

        Assert.Equal([true], received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keep_DeadContainer_LaterEntriesInItCanBeRead(bool keep)
    {
        var container = _low.GetMap("m").SetMap("k");
        container.Set("a", 1);
        var first = _low.EncodeStateAsUpdate();
        var before = _low.EncodeStateVector();
        container.Set("b", 2);
        var second = _low.EncodeStateAsUpdate(before);
        _high.GetMap("m").SetMap("k");
        var read = new List<string>();
        _high.ObserveAfterTransaction(transaction => transaction.ForEachDeletedMapItem(item =>
        {
            read.Add($"{item.Key}={item.Value.ToJson()}");
            if (keep && item.IsMap)
            {
                transaction.Keep(item);
            }
        }));

        _high.ApplyUpdate(first, "test");
        _high.ApplyUpdate(second, "test");

        Assert.Equal(keep ? ["k={}", "a=1", "b=2"] : ["k={}", "a=1"], read);
        Assert.Empty(_high.GetMap("m")["k"].AsMap!);
        var stock = new YDoc();
        stock.ApplyUpdate(_high.EncodeStateAsUpdate(), "test");
        Assert.Equal(_high.GetMap("m").ToJson(), stock.GetMap("m").ToJson());
        Assert.Equal(_high.EncodeStateVector(), stock.EncodeStateVector());
    }

    [Fact]
    public void ForEachLastItem_LiveAndDeadKeys_VisitsEachOnce()
    {
        var map = _low.GetMap("m");
        map.Set("a", 1);
        map.Set("a", 2);
        map.Set("b", 3);
        map.Delete("b");
        var visited = new List<string>();

        map.ForEachLastItem(item => visited.Add($"{item.Key} {item.IsDeleted}"));

        Assert.Equal(["a False", "b True"], visited);
    }
}
