namespace TinyStore.Tests.Storage;

public class RowIdPoolTests
{
    [Fact]
    public void Take_ReusesReleasedIdsInTheirOrder()
    {
        var pool = new RowIdPool();
        Assert.Equal(["0", "1", "2"], Take(pool, 3));
        pool.Release("1");
        pool.Release("0");
        Assert.Equal("3", pool.Take(reuse: false));
        Assert.Equal(["1", "0", "4"], Take(pool, 3));
    }

    [Theory]
    [InlineData("7", true)]
    [InlineData("007", true)]
    [InlineData("99999999999999999999", true)]
    [InlineData("", false)]
    [InlineData("-1", false)]
    [InlineData("1.5", false)]
    [InlineData("x1", false)]
    [InlineData("1\n", false)]
    [InlineData("١", false)]
    public void Release_OnlyIdsOfDigits_AreKept(string id, bool kept)
    {
        var pool = new RowIdPool();
        pool.Release(id);
        Assert.Equal(kept ? id : "0", pool.Take(reuse: true));
    }

    [Fact]
    public void Release_MoreThanThousand_ForgetsTheRest()
    {
        var pool = new RowIdPool();
        for (var i = 0; i < 1001; i++)
        {
            pool.Release("5" + i);
        }
        Assert.Equal("5999", Take(pool, 1000)[^1]);
        Assert.Equal("0", pool.Take(reuse: true));
    }

    private static string[] Take(RowIdPool pool, int count) => [.. Enumerable.Range(0, count).Select(_ => pool.Take(reuse: true))];
}
