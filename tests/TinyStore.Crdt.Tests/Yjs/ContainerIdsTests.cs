using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Yjs;

public sealed class ContainerIdsTests
{
    private static readonly YItemId Tables = new(YItemId.MaxClient, 0);

    // These numbers are part of the format: documents that were made with others do not merge with these.
    [Fact]
    public void Of_KnownContainers_GivesTheNumbersOfTheFormat()
    {
        Assert.Equal((1UL << 53) - 1, ContainerIds.Genesis("tinybase"));
        Assert.Equal(8439555769303443UL, ContainerIds.Genesis("other"));
        Assert.Equal(8173625989661505UL, ContainerIds.Of("tinybase", Tables, "pets", null, 0));
        Assert.Equal(8634843419388762UL, ContainerIds.Of("tinybase", Tables, "pets", new YItemId(7, 3), 0));
        Assert.Equal(8129207000370485UL, ContainerIds.Of("tinybase", Tables, "pets", null, 1));
        Assert.Equal(8421376885145979UL, ContainerIds.Of("tinybase", new YItemId(123, 4), "fido\u00e9", null, 0));
        Assert.Equal(8781244709691094UL, ContainerIds.Of("other", null, "t", new YItemId(1, 0), 0));
    }

    [Fact]
    public void Of_DifferentPlaces_GivesDifferentIds()
    {
        ulong[] ids =
        [
            ContainerIds.Of("a", null, "b", null, 0),
            ContainerIds.Of("a", Tables, "b", null, 0),
            ContainerIds.Of("a", null, "b", Tables, 0),
            ContainerIds.Of("a", null, "c", null, 0),
            ContainerIds.Of("ab", null, "", null, 0),
            ContainerIds.Of("a|", null, "b", null, 0),
            ContainerIds.Of("a", null, "|b", null, 0),
            ContainerIds.Of("a", null, "b", null, 1),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_LieAboveAllIdsOfStockPeersAndApartFromEachOther()
    {
        for (var i = 0; i < 1000; i++)
        {
            var container = ContainerIds.Of("tinybase", Tables, "row" + i, null, 0);
            var copy = ContainerIds.OfCopies([(byte)i, (byte)(i >> 8)]);
            var yield = ContainerIds.OfYield([(byte)i, (byte)(i >> 8)]);

            Assert.InRange(container, (1UL << 53) - (1UL << 50), YItemId.MaxClient - 1);
            Assert.True(ContainerIds.IsWritten(container) && !ContainerIds.IsCopy(container) && !ContainerIds.IsYield(container));
            Assert.True(ContainerIds.IsCopy(copy) && !ContainerIds.IsWritten(copy) && !ContainerIds.IsYield(copy));
            Assert.True(ContainerIds.IsYield(yield) && !ContainerIds.IsWritten(yield) && !ContainerIds.IsCopy(yield));
            Assert.InRange(copy, (1UL << 53) - (1UL << 51), container);
        }
        Assert.True(ContainerIds.IsWritten(uint.MaxValue));
    }

    [Fact]
    public void FirstWrite_FreshDocuments_HaveTheSameContainers()
    {
        using var first = Peer.Started(2);
        using var second = Peer.Started(4);
        first.Store.SetCell("pets", "fido", "a", 1);
        second.Store.SetCell("pets", "fido", "b", 2);

        foreach (var peer in new[] { first, second })
        {
            var root = peer.Doc.GetMap("tinybase");
            Assert.Equal(Tables, root["t"].AsMap!.Id);
            Assert.Equal(new YItemId(YItemId.MaxClient, 1), root["v"].AsMap!.Id);
            var pets = root["t"].AsMap!["pets"].AsMap!;
            Assert.Equal(new YItemId(ContainerIds.Of("tinybase", Tables, "pets", null, 0), 0), pets.Id);
            Assert.Equal(new YItemId(ContainerIds.Of("tinybase", pets.Id, "fido", null, 0), 0), pets["fido"].AsMap!.Id);
        }
    }

    [Fact]
    public void UniqueRows_AreMadeByThePeerItself()
    {
        using var peer = Peer.Started(2, options => options.TablesWithUniqueRowIds.Add("orders"));
        peer.Store.SetCell("orders", "7", "c", 1);
        var id = peer.Store.AddUniqueRow("pets", new Row { ["c"] = 1 })!;

        var tables = peer.Doc.GetMap("tinybase")["t"].AsMap!;
        Assert.Equal(2ul, tables["orders"].AsMap!["7"].AsMap!.Id!.Value.Client);
        Assert.Equal(2ul, tables["pets"].AsMap![id].AsMap!.Id!.Value.Client);
    }
}
