using System.Runtime.ExceptionServices;
using TinyStore.Sync;
using TinyStore.Sync.Frames;
using TinyStore.Yjs;

namespace TinyStore.SignalR;

/// <summary>What happens in the document's lane.</summary>
public sealed partial class SignalRProvider
{
    private readonly List<(TaskCompletionSource Done, Goal Goal)> _waiters = [];
    private readonly Backoff _joinBackoff;
    private ITimer? _joinTimer;
    private ITimer? _sendTimer;
    private ulong _channel;
    private int _generation;
    private int _quickJoins;
    private int _state;
    private int _unacknowledged;
    private int _access;
    private bool _markedSynced;
    private bool _readOnlyReported;

    private enum Goal
    {
        Synced,
        Acknowledged,
    }

    /// <summary>Edits were made that the relay will not take.</summary>
    private SyncFailure? ReadOnlyFailure => _session is { Access: SyncAccess.Read, State: SyncSessionState.Synced, UnacknowledgedCount: > 0 }
        ? new SyncFailure(SyncErrorCode.ReadOnly, $"the access is read-only, so {_session.UnacknowledgedCount} edits stay in this document")
        : null;

    /// <summary>The connection is up. From any thread, like the next three.</summary>
    internal void OnConnected(HubLink link, int generation) => Doc.Context.Post(() =>
    {
        if (link == _link) // not news of one that was left meanwhile
        {
            _generation = generation;
            Join();
        }
    });

    internal void OnDisconnected(HubLink link) => Doc.Context.Post(() =>
    {
        if (link == _link)
        {
            _generation = 0;
            _session.Close();
        }
    });

    internal void OnConnectFailed(Exception exception) => Doc.Context.Post(() => Error?.Invoke(this, new ProviderError(null, exception)));

    internal void OnFrames(IReadOnlyList<Frame> frames) => Doc.Context.Post(() =>
    {
        ExceptionDispatchInfo? fault = null;
        foreach (var frame in frames)
        {
            try
            {
                _session.Receive(frame);
            }
#pragma warning disable CA1031 // An app's event handler threw: the frames behind must not be lost for that.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        fault?.Throw();
    });

    private void OnDocumentDisposed(object? sender, EventArgs e) => Detach();

    private void OnDocumentUpdate(YUpdateEvent update)
    {
        if (ReferenceEquals(update.Origin, this))
        {
            return;
        }

        if (Doc.Context.IsInside)
        {
            _session.AddUpdate(update.Update);
            return;
        }

        // At once on the context that the lane captured; else somebody uses the document outside its lane, and the session waits for its turn.
        var bytes = update.Update;
        var added = Doc.Context.RunAsync(() => _session.AddUpdate(bytes));
        if (!added.IsCompletedSuccessfully)
        {
            _ = added.ContinueWith(
                static (task, state) => ((YAccessContext)state!).Post(() => ExceptionDispatchInfo.Throw(task.Exception!.InnerException!)),
                Doc.Context,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        }
    }

    private void Join()
    {
        var link = _link;
        if (link is null || _generation == 0 || _session.State != SyncSessionState.Offline)
        {
            return;
        }

        link.CloseChannel(_channel);
        _channel = link.OpenChannel(this);
        var generation = _generation;
        _session.Open(_channel, message => link.Send(generation, message));
    }

    private void Detach()
    {
        HubLink? link;
        lock (_gate)
        {
            link = _link;
            _link = null;
        }

        if (link is null)
        {
            return;
        }

        _session.Leave();
        _generation = 0;
        link.CloseChannel(_channel);
        link.Detach(this);
        Publish();
    }

    private void OnRetryWanted(object? sender, SyncRetry retry)
    {
        // A session asks to join again at once, which is right once; the second time in a row without success it has to wait.
        var delay = retry.Delay is { } wanted && (wanted > TimeSpan.Zero || _quickJoins++ < 2) ? wanted : _joinBackoff.Next();
        if (retry.Cause.Code != SyncErrorCode.None)
        {
            _logger.RetryWanted(Room, retry.Cause.Code, retry.Cause.Reason, (long)delay.TotalMilliseconds);
            Error?.Invoke(this, new ProviderError(retry.Cause, null));
        }

        if (retry.Kind == SyncRetryKind.Join)
        {
            Schedule(ref _joinTimer, delay, Join);
        }
        else
        {
            Schedule(ref _sendTimer, delay, _session.SendUnacknowledged);
        }
    }

    private void Schedule(ref ITimer? timer, TimeSpan delay, Action action)
    {
        timer ??= _options.TimeProvider.CreateTimer(_ => Doc.Context.Post(action), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private void OnDocumentFaulted(object? sender, Exception exception)
    {
        _logger.ObserverFailed(exception, Room);
        Error?.Invoke(this, new ProviderError(null, exception));
    }

    private void OnSessionChanged(object? sender, EventArgs e) => Publish();

    /// <summary>Shows the session's state to the outside: properties first, then the document, waiters, events.</summary>
    private void Publish()
    {
        var old = State;
        var state = _session.State switch
        {
            SyncSessionState.Refused => ProviderState.Refused,
            _ when _link is null => ProviderState.Disconnected,
            SyncSessionState.Syncing => ProviderState.Syncing,
            SyncSessionState.Synced => ProviderState.Synced,
            _ => ProviderState.Connecting,
        };
        var countChanged = UnacknowledgedCount != _session.UnacknowledgedCount;
        Volatile.Write(ref _state, (int)state);
        Volatile.Write(ref _unacknowledged, _session.UnacknowledgedCount);
        Volatile.Write(ref _access, (int)_session.Access);
        Refusal = state == ProviderState.Refused ? _session.Refusal : null;
        if (state == ProviderState.Synced && old != ProviderState.Synced)
        {
            _quickJoins = 0;
            _joinBackoff.Reset();
            _link?.ResetBackoff();
            if (!_markedSynced)
            {
                _markedSynced = true;
                Doc.MarkSynced(this);
            }
        }

        CheckWaiters();
        if (ReadOnlyFailure is { } readOnly && !_readOnlyReported)
        {
            _readOnlyReported = true;
            Error?.Invoke(this, new ProviderError(readOnly, null));
        }

        if (countChanged)
        {
            UnacknowledgedCountChanged?.Invoke(this, EventArgs.Empty);
        }

        if (state != old)
        {
            OnStateChanged(new ProviderStateChange(old, state, Refusal));
        }
    }

    private void OnStateChanged(ProviderStateChange change)
    {
        _logger.StateChanged(Room, change.Old, change.New);
        if (change.Refusal is { } refusal)
        {
            _logger.Refused(Room, refusal.Code, refusal.Reason);
            Error?.Invoke(this, new ProviderError(refusal, null));
        }

        StateChanged?.Invoke(this, change);
    }

    private async Task WhenAsync(Goal goal, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Doc.Context.RunAsync(() =>
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
            }

            _waiters.Add((done, goal));
            CheckWaiters();
        }, cancellationToken).ConfigureAwait(false);
        try
        {
            await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Doc.Context.Post(() => _waiters.RemoveAll(waiter => waiter.Done == done));
            throw;
        }
    }

    private void CheckWaiters()
    {
        if (_waiters.Count == 0)
        {
            return;
        }

        if (_session.State == SyncSessionState.Refused)
        {
            FailWaiters(new SyncRefusedException(Room, _session.Refusal));
            return;
        }

        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var (done, goal) = _waiters[i];
            if (goal == Goal.Synced ? _session.State == SyncSessionState.Synced : _session.IsAcknowledged)
            {
                done.SetResult();
                _waiters.RemoveAt(i);
            }
            else if (goal == Goal.Acknowledged && ReadOnlyFailure is { } readOnly)
            {
                done.SetException(new SyncRefusedException(Room, readOnly));
                _waiters.RemoveAt(i);
            }
        }
    }

    private void FailWaiters(Exception exception)
    {
        foreach (var (done, _) in _waiters)
        {
            done.SetException(exception);
        }

        _waiters.Clear();
    }
}
