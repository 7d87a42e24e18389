using System.Text;
using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Tests.Rooms;

public class AwarenessBoardTests
{
    private readonly AwarenessBoard _board = new();
    private readonly object _a = new();
    private readonly object _b = new();
    private long _versionOfB;

    [Fact]
    public void Read_AfterManyChanges_GivesTheLastOfEachOnly()
    {
        for (ulong clock = 1; clock <= 50; clock++)
        {
            Assert.True(Update(_a, 1, 7, clock, $"{clock}"));
            Update(_a, 1, 8, clock, $"{clock}");
        }

        Assert.Equal([(7UL, 50UL, "50"), (8UL, 50UL, "50")], ReadB());
        Assert.Empty(ReadB());
    }

    [Theory]
    [InlineData(3, "x", false)] // older
    [InlineData(5, "x", false)] // as old, by another
    [InlineData(5, "null", false)] // gone at the same clock, but said by another
    [InlineData(6, "x", true)]
    public void Update_OfAClientOfAnotherChannel_TakesANewerClock(ulong clock, string json, bool expected)
    {
        Update(_a, 1, 7, 5, "a");
        Assert.Equal(expected, Update(_b, 2, 7, clock, json));
    }

    [Fact]
    public void Update_SameClockGone_Wins()
    {
        Update(_a, 1, 7, 5, "a");
        Assert.True(Update(_a, 1, 7, 5, "null"));
        Assert.Equal([], ReadB()); // a newcomer does not hear of those who are gone
    }

    [Fact]
    public void Remove_SaysGoneAtTheKnownClock_SoThatTheReturnIsNotOlder()
    {
        Update(_a, 1, 7, 5, "a");
        ReadB();
        Assert.True(_board.Remove(_a));
        Assert.Equal([(7UL, 5UL, "null")], ReadB());
        Assert.True(Update(new object(), 1, 7, 5, "a")); // the same client on a new connection
    }

    [Fact]
    public void Update_SameSessionOnANewChannel_TakesItsClientAlong()
    {
        Update(_a, 1, 7, 5, "a");
        var again = new object();
        Assert.True(Update(again, 1, 7, 5, "a"));
        Assert.False(_board.Remove(_a)); // the old connection goes: its client has moved
    }

    [Fact]
    public void Update_MoreClientsThanAChannelMayHave_DropsThem()
    {
        for (ulong client = 1; client <= 64; client++)
        {
            Assert.True(Update(_a, 1, client, 1, "x"));
        }

        Assert.False(Update(_a, 1, 65, 1, "x"));
        Assert.True(Update(_b, 2, 65, 1, "x"));
    }

    private bool Update(object owner, UInt128 session, ulong client, ulong clock, string json) =>
        _board.Update(owner, session, [new AwarenessState(client, clock, Encoding.UTF8.GetBytes(json))]);

    private List<(ulong, ulong, string)> ReadB()
    {
        var frame = _board.Read(_b, ref _versionOfB);
        return frame is null ? [] : [.. AwarenessUpdate.Read(frame.Value.Payload).Select(s => (s.Client, s.Clock, Encoding.UTF8.GetString(s.Json.Span)))];
    }
}
