namespace TinyStore.Relay.Tests;

public class ByteBudgetTests
{
    [Fact]
    public async Task Acquire_WhenNothingIsLeft_WaitsInOrder()
    {
        var budget = new ByteBudget(100);
        await budget.AcquireAsync(60);
        var large = budget.AcquireAsync(90);
        var small = budget.AcquireAsync(10); // would fit, but is behind
        Assert.False(budget.TryAcquire(1));
        Assert.False(large.IsCompleted || small.IsCompleted);
        budget.Release(60);
        await large;
        await small;
        Assert.Equal(100, budget.Used);
        budget.Release(90);
        budget.Release(10);
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Acquire_MoreThanTheWhole_TakesTheWhole()
    {
        var budget = new ByteBudget(100);
        await budget.AcquireAsync(1000);
        Assert.Equal(100, budget.Used);
        budget.Release(1000);
        Assert.Equal(0, budget.Used);
    }
}
