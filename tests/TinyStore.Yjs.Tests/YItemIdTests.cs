using TinyStore.Yjs;

namespace TinyStore.Yjs.Tests;

public class YItemIdTests
{
    [Fact]
    public void ToString_ShowsClientAndClock() => Assert.Equal("9007199254740991:7", new YItemId(YItemId.MaxClient, 7).ToString());
}
