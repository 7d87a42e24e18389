using Microsoft.Extensions.Logging;
using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Connections;

internal sealed partial class RelayConnection
{
    private async ValueTask JoinAsync(ulong number, JoinFrame join)
    {
        if (Check(number, join) is { } refusal)
        {
            RefuseJoin(refusal);
            return;
        }

        var (access, failure) = await AuthorizeAsync(join.Room).ConfigureAwait(false);
        if (failure is { } denied)
        {
            RefuseJoin(denied);
            return;
        }

        RelayChannel channel;
        SyncCursor head;
        bool resumed;
        try
        {
            var lease = await _services.Rooms.AcquireAsync(join.Room, _closing).ConfigureAwait(false);
            try
            {
                resumed = join.Cursor is { } cursor && await lease.Room.Log.ContainsAsync(join.Room, cursor, _closing).ConfigureAwait(false);
                channel = new RelayChannel(this, number, join.Session, access, lease, _services.Options.MaxDocumentBytes + 1024, _services.Metrics);
                head = lease.Room.Join(channel);
            }
            catch
            {
                lease.Dispose();
                throw;
            }
        }
        catch (UpdateLogException e)
        {
            RefuseJoin(_services.OpenFailure(join.Room, e));
            return;
        }

        channel.SendSmall(OutgoingFrame.Joined(new JoinedFrame(
            JoinFrame.ProtocolVersion, (SyncAccess)access, _services.Options.MaxFrameBytes, _services.Options.MaxDocumentBytes, resumed, head.Sequence)));
        if (!Add(channel))
        {
            channel.Room.Leave(channel);
            channel.Dispose();
            return;
        }

        if (resumed)
        {
            channel.Resume(join.Cursor!.Value, head);
        }

        if (access == RelayAccess.Write && (join.WantsStateVector || !resumed))
        {
            try
            {
                channel.SendSmall(OutgoingFrame.Step1(await channel.Room.Content.GetStateVectorAsync(_closing).ConfigureAwait(false)));
            }
            catch (UpdateLogException e)
            {
                CloseWithError(channel, _services.ReadFailure(channel.Room, e));
            }
        }

        void RefuseJoin(SyncFailure failure)
        {
            _services.Logger.JoinRefused(Id, join.Room, failure.Code, failure.Reason);
            SendError(number, failure);
        }
    }

    private SyncFailure? Check(ulong number, in JoinFrame join)
    {
        int joined;
        lock (_gate)
        {
            if (number == 0)
            {
                return new SyncFailure(SyncErrorCode.Malformed, "rooms are joined on channel 1 and above");
            }

            if (_channels.ContainsKey(number))
            {
                return new SyncFailure(SyncErrorCode.ChannelInUse, $"channel {number} is in use; every join takes a new one");
            }

            joined = _channels.Count;
        }

        if (join.Version != JoinFrame.ProtocolVersion)
        {
            return new SyncFailure(SyncErrorCode.Version, $"this relay speaks version {JoinFrame.ProtocolVersion} of the protocol, not {join.Version}");
        }

        if (join.Room.Length == 0 || join.Room.Any(char.IsControl))
        {
            return new SyncFailure(SyncErrorCode.BadRoom, "a room name is not empty and holds no control characters");
        }

        if (joined >= _services.Options.MaxRoomsPerConnection)
        {
            return new SyncFailure(SyncErrorCode.Busy, $"a connection joins at most {_services.Options.MaxRoomsPerConnection} rooms");
        }

        return _services.IsDraining ? new SyncFailure(SyncErrorCode.Draining, "the relay is stopping") : null;
    }

    private async ValueTask<(RelayAccess Access, SyncFailure? Failure)> AuthorizeAsync(string room)
    {
        if (_services.Options.Authorize is not { } authorize)
        {
            return _services.Options.AllowAnonymousNetwork || _caller.IsLocal
                ? (RelayAccess.Write, null)
                : (RelayAccess.None, new SyncFailure(
                    SyncErrorCode.Forbidden, "this relay serves its own machine only, until its host sets Authorize or AllowAnonymousNetwork"));
        }

        try
        {
            var access = await authorize(new RelayAuthorizeContext(_caller.User, room, _caller.HttpContext, Id), _closing).ConfigureAwait(false);
            return access is RelayAccess.Read or RelayAccess.Write
                ? (access, null)
                : (RelayAccess.None, new SyncFailure(SyncErrorCode.Forbidden, "no access to this room"));
        }
#pragma warning disable CA1031 // The delegate is the host's: whatever it throws, the answer is no, for now.
        catch (Exception e) when (!_closing.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _services.Logger.AuthorizeFailed(e, Id, room);
            return (RelayAccess.None, new SyncFailure(SyncErrorCode.Internal, "the access could not be checked"));
        }
    }

    private bool Add(RelayChannel channel)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _channels.Add(channel.Number, channel);
        }

        _services.Metrics.Channels.Add(1);
        return true;
    }
}
