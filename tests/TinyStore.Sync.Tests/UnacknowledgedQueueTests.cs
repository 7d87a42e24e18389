using TinyStore.Sync.Frames;

namespace TinyStore.Sync.Tests;

public class UnacknowledgedQueueTests
{
    [Fact]
    public void Acknowledge_InAnyOrder_CountsWhatIsLeft()
    {
        var queue = new UnacknowledgedQueue();
        for (var i = 0; i < 3; i++)
        {
            queue.Add(UpdateKind.Update, new byte[10], 1);
        }

        Assert.False(queue.Acknowledge(1)); // not sent
        Take(queue, 3);
        Assert.Equal((3, 30L, 0), (queue.InFlightCount, queue.InFlightBytes, queue.WaitingCount));
        Assert.True(queue.Acknowledge(2));
        Assert.False(queue.Acknowledge(2));
        Assert.True(queue.Acknowledge(1));
        Assert.Equal((1, 10L, 1), (queue.InFlightCount, queue.InFlightBytes, queue.Edits));
    }

    [Fact]
    public void ResetSent_GivesTheSameNumbersInTheSameOrder()
    {
        var queue = new UnacknowledgedQueue();
        for (var i = 0; i < 4; i++)
        {
            queue.Add(UpdateKind.Update, new[] { (byte)i }, 1);
        }

        Assert.Equal([1L, 2], Take(queue, 2));
        queue.Acknowledge(1);
        queue.ResetSent();
        Assert.Equal((0, 3, 3L), (queue.InFlightCount, queue.WaitingCount, queue.WaitingBytes));
        Assert.Equal([2L, 3, 4], Take(queue, 3));
        Assert.False(queue.TryTakeNext(out _));
    }

    [Fact]
    public void Clear_ForgetsAllButNeverReusesANumber()
    {
        var queue = new UnacknowledgedQueue();
        queue.Add(UpdateKind.Step2, new byte[1], 5);
        Assert.True(queue.HasStep2);
        Assert.Equal(5, queue.Clear());
        Assert.False(queue.HasStep2);
        queue.Add(UpdateKind.Update, new byte[1], 1);
        Assert.Equal([2L], Take(queue, 1));
        Assert.False(queue.Acknowledge(1));
    }

    private static List<long> Take(UnacknowledgedQueue queue, int count)
    {
        var numbers = new List<long>();
        for (var i = 0; i < count; i++)
        {
            Assert.True(queue.TryTakeNext(out var batch));
            numbers.Add(batch.Number);
        }

        return numbers;
    }
}
