using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class MapIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(1024)]
    [InlineData(65_536)]
    public void Find_KeysAtAnyDistance_FindsAllFast(int distance)
    {
        var index = new MapIndex();
        for (var i = 0; i < 30_000; i++)
        {
            index.Add(1 + (i * distance), i + 7);
        }

        for (var i = 0; i < 30_000; i++)
        {
            var ordinal = index.Find(1 + (i * distance));
            Assert.Equal(i, ordinal);
            Assert.Equal(i + 7, index[ordinal]);
        }

        Assert.Equal(-1, index.Find(2 + (30_000 * distance)));
    }
}
