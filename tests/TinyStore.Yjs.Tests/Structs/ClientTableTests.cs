using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class ClientTableTests
{
    [Fact]
    public void GetOrAdd_ManyIds_FindsEachAgain()
    {
        var table = new ClientTable(new Slab<Entry>());
        for (ulong i = 0; i < 20_000; i++)
        {
            Assert.Equal((int)i + 1, table.GetOrAdd(YItemId.MaxClient - (i * 4096)));
        }

        for (ulong i = 0; i < 20_000; i++)
        {
            Assert.Equal((int)i + 1, table.Find(YItemId.MaxClient - (i * 4096)));
        }

        Assert.Equal(0, table.Find(3));
    }

    [Fact]
    public void InWriteOrder_HasTheHighestIdFirst()
    {
        var table = new ClientTable(new Slab<Entry>());
        foreach (var id in (ulong[])[5, YItemId.MaxClient, 1UL << 40, 0])
        {
            table.GetOrAdd(id);
        }

        Assert.Equal([2, 3, 1, 4], table.InWriteOrder());
    }
}
