namespace TinyStore.Persisters.Tests;

public sealed class StoreLaneTests
{
    [Fact]
    public async Task RunAsync_FromManyThreads_OneAtATimeAndInOrder()
    {
        var lane = new StoreLane();
        var (inside, most, seen) = (0, 0, new List<int>());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var number = (writer * 1000) + i;
                await lane.RunAsync(() =>
                {
                    most = Math.Max(most, ++inside);
                    seen.Add(number);
                    inside--;
                });
            }
        })));

        Assert.Equal(1, most);
        Assert.Equal(1600, seen.Count);
        Assert.All(seen.GroupBy(number => number / 1000), own => Assert.Equal(own.Order(), own));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_ItsTaskFailsAndTheLaneGoesOn()
    {
        var lane = new StoreLane();

        await Assert.ThrowsAsync<InvalidOperationException>(() => lane.RunAsync(() => throw new InvalidOperationException("its own")));

        Assert.Equal(2, await lane.RunAsync(() => 2));
    }
}
