using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;
using TinyStore.Yjs;

namespace TinyStore.Sync.Tests;

/// <summary>Sessions of several runs of an app, with what is kept of the room between them.</summary>
public sealed class SyncSessionKeptTests : IDisposable
{
    private readonly BytesDocument _document = new();
    private readonly KeptState _kept = new();
    private uint _clock;

    public void Dispose() => _kept.Dispose();

    [Fact]
    public void New_NothingKept_BeginsAsWithoutAState()
    {
        var (session, relay) = Start();
        Assert.Equal(0, session.UnacknowledgedCount);
        Assert.False(session.IsAcknowledged);
        relay.Open();
        var join = relay.Next(FrameType.Join).ReadJoin();
        Assert.Null(join.Cursor);
        Assert.True(join.WantsStateVector);
        Assert.Equal(0, _kept.Saves);
    }

    [Fact]
    public void Join_EverythingWasAcknowledged_ResumesAndAsksForNothing()
    {
        RunUntilSynced(rows: 3);
        var (session, relay) = Start();
        Assert.True(session.IsAcknowledged);
        Assert.Equal(new SyncCursor(3, 33), session.Cursor);
        relay.Open();
        var join = relay.Next(FrameType.Join).ReadJoin();
        Assert.Equal(new SyncCursor(3, 33), join.Cursor);
        Assert.False(join.WantsStateVector);
        Assert.Empty(relay.Sent);

        relay.Joined(resumed: true);
        relay.CaughtUp(3);
        Assert.Equal(SyncSessionState.Synced, session.State);
        var edit = Edit(session);
        Assert.Equal(edit, relay.NextUpdate().Update.ToArray());
    }

    [Fact]
    public void Join_EditedOffline_ResumesAndSendsWhatTheRelayLacks()
    {
        RunUntilSynced(rows: 3);
        var offline = _document.Edit(TestUpdates.Item(5, _clock++));
        _kept.UnacknowledgedCount++; // the state counts it, no session is there

        var (session, relay) = Start();
        Assert.Equal(1, session.UnacknowledgedCount);
        Assert.False(session.IsAcknowledged);
        relay.Open();
        var join = relay.Next(FrameType.Join).ReadJoin();
        Assert.Equal(new SyncCursor(3, 33), join.Cursor);
        Assert.True(join.WantsStateVector);
        Assert.Empty(relay.Sent);

        relay.Joined(resumed: true);
        relay.StateVector(1, 9, 3); // the rows of client 9
        relay.CaughtUp(3);
        var update = relay.NextUpdate();
        Assert.Equal(UpdateKind.Step2, update.Kind);
        Assert.Equal(offline, update.Update.ToArray());
        Assert.Equal(1, session.UnacknowledgedCount);
        Assert.Equal(1, _kept.UnacknowledgedCount);
        relay.Ack(1, 4);
        Assert.Equal(0, _kept.UnacknowledgedCount);
        Assert.Equal(new SyncCursor(4, 44), Start().Session.Cursor);
    }

    [Fact]
    public void Join_RelayDoesNotKnowTheCursor_ComparesEverything()
    {
        RunUntilSynced(rows: 3);
        var (session, relay) = Start();
        relay.Open();
        relay.Sent.Clear();
        relay.Joined(resumed: false);
        relay.Next(FrameType.Sync);
        Assert.False(session.IsAcknowledged);
        Assert.True(_kept.Cursor.IsEmpty);
        Assert.Equal(1, _kept.UnacknowledgedCount);
        relay.StateVector(0);
        Assert.Equal(UpdateKind.Step2, relay.NextUpdate().Kind);
    }

    [Fact]
    public void Keep_EditsInFlight_AreKeptAsUnacknowledged()
    {
        var (session, relay) = Start();
        relay.Sync();
        Edit(session);
        Edit(session);
        Edit(session);
        relay.Ack(1, 1);
        Assert.Equal(2, _kept.UnacknowledgedCount);
        Assert.Equal(2, session.UnacknowledgedCount);

        var (next, _) = Start();
        Assert.Equal(2, next.UnacknowledgedCount);
        Assert.Equal(new SyncCursor(1, 11), next.Cursor);
    }

    [Fact]
    public void Keep_BeforeTheStateVectorOfTheRelayCame_TheRoomMayLackSomething()
    {
        var (_, relay) = Start();
        relay.Open();
        relay.Joined();
        relay.Row(1, TestUpdates.Item(9, 0));
        Assert.Equal(1, _kept.UnacknowledgedCount);
        relay.StateVector(0);
        relay.CaughtUp(1);
        Assert.Equal(1, _kept.UnacknowledgedCount); // what it lacks, by that state vector, is on its way
        relay.Ack(1, 1);
        Assert.Equal(0, _kept.UnacknowledgedCount);
    }

    [Fact]
    public void Keep_Reader_HasNothingUnacknowledgedUntilItEdits()
    {
        var (session, relay) = Start();
        relay.Open();
        relay.Joined(access: SyncAccess.Read);
        relay.Row(1, TestUpdates.Item(9, 0));
        relay.CaughtUp(1);
        Assert.Equal(0, _kept.UnacknowledgedCount);
        Assert.Equal(0, Start().Session.UnacknowledgedCount);
        Edit(session);
        relay.CaughtUp(1);
        Assert.Equal(1, _kept.UnacknowledgedCount);
    }

    [Fact]
    public void Recall_ForeignCursor_IsNotUsed()
    {
        _kept.Save([1, 2, 3], 0);
        var (session, relay) = Start();
        Assert.Null(session.Cursor);
        relay.Open();
        Assert.Null(relay.Next(FrameType.Join).ReadJoin().Cursor);
    }

    private (SyncSession Session, ScriptedRelay Relay) Start()
    {
        var session = new SyncSession("zoo", _document, null, _kept);
        return (session, new ScriptedRelay(session));
    }

    private void RunUntilSynced(int rows)
    {
        var (_, relay) = Start();
        relay.Open();
        relay.Joined();
        for (var row = 1; row <= rows; row++)
        {
            relay.Row(row, TestUpdates.Item(9, (uint)row - 1));
        }

        relay.StateVector(1, 9, (byte)rows);
        relay.CaughtUp(rows);
        Assert.Equal(0, _kept.UnacknowledgedCount);
    }

    private byte[] Edit(SyncSession session)
    {
        var edit = _document.Edit(TestUpdates.Item(5, _clock++));
        _kept.UnacknowledgedCount++;
        session.AddUpdate(edit);
        return edit;
    }

    private sealed class KeptState : IProviderState
    {
        public ReadOnlyMemory<byte> Cursor { get; private set; }

        public int UnacknowledgedCount { get; set; }

        public int Saves { get; private set; }

        public void Save(ReadOnlySpan<byte> cursor, int unacknowledgedCount)
        {
            Saves++;
            Cursor = cursor.ToArray();
            UnacknowledgedCount = unacknowledgedCount;
        }

        public void Dispose()
        {
        }
    }
}
