using CsCheck;
using TinyStore.Relay.Rooms;
using TinyStore.Sync;

namespace TinyStore.Relay.Tests.Rooms;

public class RoomTailTests
{
    /// <summary>Whatever it keeps, it answers with the rows after a number, without gaps, or with nothing.</summary>
    [Fact]
    public void Read_AfterAnyAdds_GivesRowsWithoutGapsOrNothing()
    {
        var hits = 0;
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 400], Gen.Int[1, 3000]).Sample(
            c =>
            {
                var (rows, length, maxBytes) = c;
                var tail = new RoomTail(20_000);
                for (long sequence = 1; sequence <= rows; sequence++)
                {
                    tail.Add(Row(sequence, length));
                }

                for (long after = 0; after <= rows; after += 7)
                {
                    var read = tail.Read(after, maxBytes);
                    Assert.Equal(Enumerable.Range(0, read.Count).Select(i => after + 1 + i), read.Select(r => r.Sequence));
                    Interlocked.Add(ref hits, read.Count);
                }

                Assert.Single(tail.Read(rows - 1, 1)); // the last is always there
                Assert.Empty(tail.Read(rows, 1000));
            },
            iter: 300);
        Assert.True(hits > 1000);
    }

    [Fact]
    public void Add_ARowThatDoesNotFollow_ForgetsTheOnesBefore()
    {
        var tail = new RoomTail(10_000);
        tail.Add(Row(1, 1));
        tail.Add(Row(5, 1));
        Assert.Empty(tail.Read(0, 1000));
        Assert.Empty(tail.Read(3, 1000));
        Assert.Single(tail.Read(4, 1000));
    }

    [Fact]
    public void Add_ARowLargerThanTheWhole_KeepsNothing()
    {
        var tail = new RoomTail(1000);
        tail.Add(Row(1, 1));
        tail.Add(Row(2, 5000));
        Assert.Empty(tail.Read(1, 10_000));
        tail.Add(Row(3, 1));
        Assert.Single(tail.Read(2, 10_000));
        Assert.Empty(tail.Read(1, 10_000));
    }

    private static RoomRow Row(long sequence, int length) => new(new LogRow(new SyncCursor(sequence, 1), 1, sequence, new byte[length]));
}
