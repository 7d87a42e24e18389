using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Sync.Tests;

public sealed class SyncSessionTests : IDisposable
{
    private readonly BytesDocument _document = new();
    private readonly SyncSession _session;
    private readonly ScriptedRelay _relay;
    private readonly List<SyncRetry> _retries = [];
    private uint _clock;

    public SyncSessionTests()
    {
        _session = new SyncSession("zoo", _document, new SyncSessionOptions { MaxQueuedUpdates = 5, MaxInFlightBytes = 100, MaxDocumentBytes = 1 << 20 });
        _session.RetryWanted += (_, retry) => _retries.Add(retry);
        _relay = new ScriptedRelay(_session);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Open_Fresh_AsksForTheRoomAndSendsItsStateVectorInOneGo()
    {
        _relay.Open();
        var join = _relay.Next(FrameType.Join).ReadJoin();
        Assert.Equal(("zoo", (SyncCursor?)null, true), (join.Room, join.Cursor, join.WantsStateVector));
        Assert.Equal([0], _relay.Next(FrameType.Sync).ReadSync().ToArray());
        Assert.Equal(SyncSessionState.Joining, _session.State);
    }

    [Fact]
    public void Sync_EmptyDocumentAndRoom_IsSyncedWithoutSendingAnUpdate()
    {
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined();
        Assert.Equal(SyncSessionState.Syncing, _session.State);
        _relay.StateVector(0);
        _relay.CaughtUp(0);
        Assert.Empty(_relay.Sent);
        Assert.Equal(SyncSessionState.Synced, _session.State);
        Assert.True(_session.IsAcknowledged);
    }

    [Fact]
    public void Sync_DocumentThatTheRelayLacks_IsSyncedOnceItsAnswerIsAcknowledged()
    {
        var edit = Edit();
        Assert.False(_session.IsAcknowledged);
        Assert.Equal(1, _session.UnacknowledgedCount);
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined();
        _relay.CaughtUp(0);
        _relay.StateVector(0);
        var update = _relay.NextUpdate();
        Assert.Equal((1L, UpdateKind.Step2), (update.Batch, update.Kind));
        Assert.Equal(edit, update.Update.ToArray());
        Assert.Equal(SyncSessionState.Syncing, _session.State);
        _relay.Ack(1, 1);
        Assert.Equal(SyncSessionState.Synced, _session.State);
        Assert.Equal(new SyncCursor(1, 11), _session.Cursor);
        Assert.Equal(0, _session.UnacknowledgedCount);
    }

    [Fact]
    public void Receive_RowsThenSyncStep2_AppliesThemInOrderAndKeepsTheCursor()
    {
        _relay.Open();
        _relay.Joined();
        _relay.StateVector(0);
        _relay.Row(3, TestUpdates.Item(9, 0));
        Assert.Equal(new SyncCursor(3, 33), _session.Cursor); // numbers may jump until the catching-up is complete
        _relay.Row(7, TestUpdates.Item(9, 1));
        Assert.Equal(SyncSessionState.Syncing, _session.State);
        _relay.CaughtUp(8);
        Assert.Equal(SyncSessionState.Synced, _session.State);
        Assert.Equal([TestUpdates.Item(9, 0), TestUpdates.Item(9, 1)], _document.Applied);
        Assert.Equal(new SyncCursor(8, 88), _session.Cursor);
    }

    [Fact]
    public void Receive_RepeatedRow_IsNotAppliedAgain()
    {
        _relay.Sync();
        _relay.Row(1, TestUpdates.Item(9, 0));
        _relay.Row(1, TestUpdates.Item(9, 0));
        Assert.Single(_document.Applied);
        Assert.Empty(_retries);
    }

    [Fact]
    public void Receive_GapInTheNumbers_JoinsAgainWithTheLastCursorAndAppliesNothing()
    {
        _relay.Sync();
        _relay.Row(1, TestUpdates.Item(9, 0));
        _relay.Row(3, TestUpdates.Item(9, 2));
        Assert.Single(_document.Applied);
        Assert.Equal(SyncRetryKind.Join, Assert.Single(_retries).Kind);
        _relay.Next(FrameType.Leave);
        _relay.Open();
        Assert.Equal(new SyncCursor(1, 11), _relay.Next(FrameType.Join).ReadJoin().Cursor);
    }

    [Fact]
    public void AddUpdate_Synced_GoesOutAtOnceAndIsCountedUntilItsAck()
    {
        _relay.Sync();
        var edit = Edit();
        Assert.Equal(edit, _relay.NextUpdate().Update.ToArray());
        Assert.Equal(1, _session.UnacknowledgedCount);
        _relay.Ack(1, 1);
        Assert.Equal(0, _session.UnacknowledgedCount);
        Assert.Equal(1, _session.Cursor?.Sequence);
    }

    [Fact]
    public void Ack_OfARowThatIsNotTheNext_DoesNotMoveTheCursor()
    {
        _relay.Sync();
        Edit();
        _relay.Ack(1, 5); // rows 1 to 4 have not come
        Assert.Equal((0, 0L), (_session.UnacknowledgedCount, _session.Cursor?.Sequence));
    }

    [Fact]
    public void Open_AfterALostConnection_ResumesAndSendsTheUnacknowledgedAgainUnderTheirNumbers()
    {
        _relay.Sync();
        Edit();
        Edit();
        _relay.Ack(1, 1);
        _session.Close();
        Edit(); // offline
        Assert.Equal((SyncSessionState.Offline, 2), (_session.State, _session.UnacknowledgedCount));
        _relay.Open();
        var join = _relay.Next(FrameType.Join).ReadJoin();
        Assert.Equal((new SyncCursor(1, 11), false), (join.Cursor, join.WantsStateVector));
        Assert.Empty(_relay.Sent);
        _relay.Joined(resumed: true);
        Assert.Equal([2L, 3], [_relay.NextUpdate().Batch, _relay.NextUpdate().Batch]);
        _relay.Ack(2, 2);
        _relay.Ack(3, 3);
        _relay.CaughtUp(3);
        Assert.Equal((SyncSessionState.Synced, 0), (_session.State, _session.UnacknowledgedCount));
    }

    [Fact]
    public void Joined_LogLostItsTail_SendsTheStateVectorAndAnswersTheRelays()
    {
        _relay.Sync();
        var edit = Edit();
        _relay.Ack(1, 1);
        _session.Close();
        var offline = Edit();
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined(resumed: false);
        _relay.Next(FrameType.Sync);
        Assert.Empty(_relay.Sent); // not the queued update: the relay's state vector decides
        _relay.StateVector(0);
        var answer = _relay.NextUpdate();
        Assert.Equal(UpdateKind.Step2, answer.Kind);
        Assert.Equal(3, answer.Batch); // never a number again for other bytes
        Assert.Equal(YUpdateMerge(edit, offline), answer.Update.ToArray());
        Assert.Equal(1, _session.UnacknowledgedCount);
        _relay.CaughtUp(0);
        _relay.Ack(3, 1);
        Assert.Equal((SyncSessionState.Synced, 0), (_session.State, _session.UnacknowledgedCount));
    }

    [Fact]
    public void AddUpdate_MoreThanTheQueueHolds_AsksForTheStateVectorInstead()
    {
        _relay.Sync();
        _session.Close();
        var all = Enumerable.Range(0, 9).Select(_ => Edit()).ToArray();
        Assert.Equal(9, _session.UnacknowledgedCount);
        _relay.Open();
        Assert.True(_relay.Next(FrameType.Join).ReadJoin().WantsStateVector);
        _relay.Joined(resumed: true);
        Assert.Empty(_relay.Sent);
        _relay.StateVector(0);
        var answer = _relay.NextUpdate();
        Assert.Equal(YUpdateMerge(all), answer.Update.ToArray());
        Assert.Equal(9, _session.UnacknowledgedCount);
        _relay.CaughtUp(0);
        _relay.Ack(answer.Batch, 1);
        Assert.Equal((SyncSessionState.Synced, 0), (_session.State, _session.UnacknowledgedCount));
    }

    [Fact]
    public void AddUpdate_RelayDoesNotKeepUp_StopsAtTheWindowAndThenRejoins()
    {
        _relay.Sync();
        for (var i = 0; i < 20; i++)
        {
            Edit(valueLength: 30);
        }

        var sent = _relay.Sent.Count(f => f.Type == FrameType.Update);
        Assert.InRange(sent, 1, 5);
        Assert.Equal(SyncRetryKind.Join, Assert.Single(_retries).Kind);
        Assert.Equal(20, _session.UnacknowledgedCount);
        _relay.Open();
        Assert.True(_relay.Next(FrameType.Join).ReadJoin().WantsStateVector);
    }

    [Fact]
    public void Nack_Permanent_RefusesWithTheReasonAndKeepsTheCount()
    {
        _relay.Sync();
        Edit();
        _relay.Sent.Clear();
        _relay.Nack(1, SyncErrorCode.ReadOnly);
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.ReadOnly, 1), (_session.State, _session.Refusal.Code, _session.UnacknowledgedCount));
        _relay.Next(FrameType.Leave);
        Assert.Empty(_retries);
        Assert.Throws<InvalidOperationException>(_relay.Open);
        Edit();
        Assert.Equal(2, _session.UnacknowledgedCount);
        _session.Reset();
        _relay.Open();
        Assert.True(_relay.Next(FrameType.Join).ReadJoin().WantsStateVector);
    }

    [Fact]
    public void Nack_Transient_HoldsEverythingUntilItIsSentAgain()
    {
        _relay.Sync();
        Edit();
        _relay.Sent.Clear();
        _relay.Nack(1, SyncErrorCode.Unavailable, retryAfter: 250);
        Assert.Equal(new SyncRetry(SyncRetryKind.Send, TimeSpan.FromMilliseconds(250), new SyncFailure(SyncErrorCode.Unavailable, "because")), Assert.Single(_retries));
        Edit();
        Assert.Empty(_relay.Sent);
        _session.SendUnacknowledged();
        Assert.Equal([1L, 2], [_relay.NextUpdate().Batch, _relay.NextUpdate().Batch]);
    }

    [Fact]
    public void AddUpdate_QueueRunsOverWhileANackIsWaitedOut_JoinsAgain()
    {
        _relay.Sync();
        Edit();
        _relay.Nack(1, SyncErrorCode.Unavailable);
        for (var i = 0; i < 10; i++)
        {
            Edit();
        }

        Assert.Equal([SyncRetryKind.Send, SyncRetryKind.Join], _retries.Select(r => r.Kind));
        _relay.Sync();
        Assert.Equal(0, _session.UnacknowledgedCount);
    }

    [Fact]
    public void AddUpdate_LargerThanADocument_RefusesBeforeSending()
    {
        _relay.Sync();
        Edit(valueLength: 2 << 20);
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.TooLarge), (_session.State, _session.Refusal.Code));
        Assert.DoesNotContain(_relay.Sent, f => f.Type == FrameType.Update);
        Assert.Equal(1, _session.UnacknowledgedCount);
    }

    [Fact]
    public void StateVector_AnswerLargerThanTheRelaysLimit_RefusesBeforeSending()
    {
        Edit(valueLength: 100_000);
        _relay.Open();
        _relay.Joined(maxDocumentBytes: 70_000);
        _relay.StateVector(0);
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.TooLarge), (_session.State, _session.Refusal.Code));
        Assert.DoesNotContain(_relay.Sent, f => f.Type == FrameType.Update);
        Assert.Equal(1, _session.UnacknowledgedCount);
    }

    [Fact]
    public void Send_UpdateLargerThanAFrame_TravelsInMessagesWithinTheLimit()
    {
        var edit = Edit(valueLength: 500_000);
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined(maxFrameBytes: 80_000);
        _relay.StateVector(0);
        Assert.Equal(edit, _relay.NextUpdate().Update.ToArray());
        Assert.InRange(_relay.LongestMessage, 70_000, 80_000);
    }

    [Fact]
    public void Error_PermanentOnItsChannel_RefusesWithoutRetry()
    {
        _relay.Open();
        _relay.Error(SyncErrorCode.Forbidden);
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.Forbidden), (_session.State, _session.Refusal.Code));
        Assert.Empty(_retries);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0UL)]
    public void Error_Transient_WantsToJoinAgainAfterTheDelay(ulong? channel)
    {
        _relay.Sync();
        _relay.Error(SyncErrorCode.Draining, 700, channel);
        Assert.Equal(SyncSessionState.Offline, _session.State);
        Assert.Equal((SyncRetryKind.Join, TimeSpan.FromMilliseconds(700)), (_retries[0].Kind, _retries[0].Delay));
    }

    [Fact]
    public void Error_OnAnotherChannel_ConcernsNobody()
    {
        _relay.Sync();
        _relay.Error(SyncErrorCode.Forbidden, channel: 99);
        Assert.Equal(SyncSessionState.Synced, _session.State);
    }

    [Fact]
    public void Resync_JoinsAgainWithItsCursor()
    {
        _relay.Sync();
        _relay.Row(1, TestUpdates.Item(9, 0));
        _relay.Send(OutgoingFrame.Resync);
        Assert.Equal((SyncRetryKind.Join, TimeSpan.Zero), (_retries[0].Kind, _retries[0].Delay));
        _relay.Open();
        Assert.Equal(1, _relay.Next(FrameType.Join).ReadJoin().Cursor?.Sequence);
    }

    [Fact]
    public void Joined_ReadAccess_IsSyncedWithoutSendingAndCountsItsEdits()
    {
        Edit();
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined(access: SyncAccess.Read);
        _relay.CaughtUp(0);
        Edit();
        Assert.Empty(_relay.Sent);
        Assert.Equal((SyncSessionState.Synced, SyncAccess.Read, 2), (_session.State, _session.Access, _session.UnacknowledgedCount));
        Assert.False(_session.IsAcknowledged);
    }

    [Fact]
    public void Joined_UnknownVersion_Refuses()
    {
        _relay.Open();
        _relay.Send(OutgoingFrame.Joined(new JoinedFrame(2, SyncAccess.Write, 1 << 20, 1 << 20, false, 0)));
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.Version), (_session.State, _session.Refusal.Code));
    }

    [Fact]
    public void Receive_UpdateThatCannotBeRead_RefusesAndLeavesTheDocument()
    {
        _relay.Sync();
        _relay.Row(1, [1, 1, 1]);
        Assert.Equal((SyncSessionState.Refused, SyncErrorCode.Malformed), (_session.State, _session.Refusal.Code));
        Assert.Empty(_document.Applied);
        Assert.Equal(0, _session.Cursor?.Sequence);
    }

    [Fact]
    public void Receive_ObserverThrows_IsReportedAndTheSessionGoesOn()
    {
        Exception? reported = null;
        _session.DocumentFaulted += (_, e) => reported = e;
        _relay.Sync();
        _document.ObserverFault = new InvalidOperationException("an app's observer");
        _relay.Row(1, TestUpdates.Item(9, 0));
        Assert.Equal("an app's observer", reported?.Message);
        _relay.Row(2, TestUpdates.Item(9, 1));
        Assert.Equal(2, _session.Cursor?.Sequence);
    }

    /// <summary>The document was in use by somebody else: nothing is lost, the row comes again.</summary>
    [Fact]
    public void Receive_DocumentCannotBeUsed_JoinsAgainFromTheCursorBeforeTheRow()
    {
        var faults = 0;
        _session.DocumentFaulted += (_, _) => faults++;
        _relay.Sync();
        _relay.Row(1, TestUpdates.Item(9, 0));
        _document.Unusable = true;
        _relay.Row(2, TestUpdates.Item(9, 1));
        Assert.Equal((SyncRetryKind.Join, (TimeSpan?)null, 2), (_retries[0].Kind, _retries[0].Delay, faults));
        _document.Unusable = false;
        _relay.Open();
        Assert.Equal(1, _relay.Next(FrameType.Join).ReadJoin().Cursor?.Sequence);
    }

    [Fact]
    public void Open_DocumentCannotBeUsed_TriesAgainLater()
    {
        _document.Unusable = true;
        _relay.Open();
        Assert.Equal((SyncRetryKind.Join, SyncSessionState.Offline), (_retries[0].Kind, _session.State));
        _document.Unusable = false;
        _relay.Sync();
    }

    [Fact]
    public void StateVector_DocumentCannotBeUsed_TriesAgainLater()
    {
        Edit();
        _relay.Open();
        _relay.Joined();
        _document.Unusable = true;
        _relay.StateVector(0);
        Assert.Equal((SyncRetryKind.Join, 1), (_retries[0].Kind, _session.UnacknowledgedCount));
        _document.Unusable = false;
        _relay.Sync();
    }

    [Fact]
    public void Open_WhileUpdatesWaitForMissingOnes_DoesNotTrustTheCursor()
    {
        _relay.Sync();
        _relay.Row(1, TestUpdates.Item(9, 0));
        _session.Close();
        _document.HasPending = true;
        _relay.Open();
        Assert.Null(_relay.Next(FrameType.Join).ReadJoin().Cursor);
        _relay.Next(FrameType.Sync);
    }

    [Fact]
    public void SendAwareness_GoesOutNowAndAfterEachJoin()
    {
        _relay.Sync();
        _session.SendAwareness(new byte[] { 0 });
        Assert.Equal([0], _relay.Next(FrameType.Awareness).ReadAwareness().ToArray());
        _session.Close();
        _relay.Open();
        _relay.Sent.Clear();
        _relay.Joined(resumed: true);
        _relay.Next(FrameType.Awareness);
    }

    [Fact]
    public void Session_NameOfTheRoom_IsChecked()
    {
        Assert.Throws<ArgumentException>(() => new SyncSession("", _document));
        Assert.Throws<ArgumentException>(() => new SyncSession(new string('é', 257), _document));
        _ = new SyncSession(new string('é', 256), _document);
    }

    private byte[] Edit(int valueLength = 1)
    {
        var update = _document.Edit(TestUpdates.Item(1, _clock++, valueLength));
        _session.AddUpdate(update);
        return update;
    }

    private static byte[] YUpdateMerge(params byte[][] updates) => Yjs.YUpdate.Merge([.. updates]);
}
