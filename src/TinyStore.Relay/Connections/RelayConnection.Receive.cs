using Microsoft.Extensions.Logging;
using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;
using TinyStore.Yjs;

namespace TinyStore.Relay.Connections;

internal sealed partial class RelayConnection
{
    private const int MaxAwarenessBytes = 64 << 10;

    /// <summary>Handles a message. Waits when the log cannot take more, which slows this client's reading down.</summary>
    public async Task ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        if (message.Length > _services.Options.MaxFrameBytes)
        {
            Refuse(new SyncFailure(SyncErrorCode.TooLarge, $"a message is at most {_services.Options.MaxFrameBytes} bytes long, not {message.Length}"));
            return;
        }

        var reader = new MessageReader(message);
        while (true)
        {
            Frame frame;
            try
            {
                if (!reader.TryRead(out frame))
                {
                    return;
                }
            }
            catch (FrameFormatException e)
            {
                Refuse(new SyncFailure(e.Code, $"the message cannot be read: {e.Message}"));
                return;
            }

            await ReceiveAsync(frame).ConfigureAwait(false);
        }
    }

    /// <summary>What cannot be assigned to a channel closes all of them.</summary>
    private void Refuse(SyncFailure failure)
    {
        _services.Logger.MalformedMessage(Id, failure.Reason);
        RelayChannel[] channels;
        lock (_gate)
        {
            channels = [.. _channels.Values];
        }

        foreach (var channel in channels)
        {
            Close(channel, null);
        }

        SendError(0, failure);
    }

    private async ValueTask ReceiveAsync(Frame frame)
    {
        RelayChannel? channel;
        lock (_gate)
        {
            _channels.TryGetValue(frame.Channel, out channel);
        }

        try
        {
            if (frame.Type == FrameType.Join)
            {
                await JoinAsync(frame.Channel, frame.ReadJoin()).ConfigureAwait(false);
            }
            else if (channel is not null)
            {
                await DispatchAsync(channel, frame).ConfigureAwait(false);
            }
            else if (frame.Type is FrameType.Sync or FrameType.Update or FrameType.Chunk or FrameType.Awareness && frame.Channel != 0)
            {
                SendError(frame.Channel, new SyncFailure(SyncErrorCode.NotJoined, "the channel is not joined"));
            }
        }
        catch (FrameFormatException e)
        {
            _services.Logger.MalformedMessage(Id, e.Message);
            var failure = new SyncFailure(e.Code, e.Message);
            if (channel is null)
            {
                SendError(frame.Channel, failure);
            }
            else
            {
                CloseWithError(channel, failure);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // the connection is gone
        }
        catch (UpdateLogException e) when (channel is not null)
        {
            CloseWithError(channel, _services.ReadFailure(channel.Room, e));
        }
    }

    private async ValueTask DispatchAsync(RelayChannel channel, Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Leave:
                Close(channel, null);
                break;
            case FrameType.Sync:
                OnStateVector(channel, frame.ReadSync());
                break;
            case FrameType.Update:
                await OnUpdateAsync(channel, frame.ReadClientUpdate()).ConfigureAwait(false);
                break;
            case FrameType.Chunk:
                await OnChunkAsync(channel, frame.ReadChunk()).ConfigureAwait(false);
                break;
            case FrameType.Awareness:
                OnAwareness(channel, frame.ReadAwareness());
                break;
            default:
                break; // a later version's
        }
    }

    private static void OnStateVector(RelayChannel channel, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            channel.Answer(YStateVector.Decode(bytes.Span));
        }
        catch (YUpdateFormatException e)
        {
            throw new FrameFormatException($"the state vector cannot be read: {e.Message}", e.Offset);
        }
    }

    private async ValueTask OnUpdateAsync(RelayChannel channel, ClientUpdateFrame frame)
    {
        var update = frame.Update;
        if (channel.Access != RelayAccess.Write)
        {
            Nack(new SyncFailure(SyncErrorCode.ReadOnly, "the access to this room is read-only"));
        }
        else if (update.Length > _services.Options.MaxDocumentBytes)
        {
            Nack(new SyncFailure(SyncErrorCode.TooLarge, $"an update is at most {_services.Options.MaxDocumentBytes} bytes long, not {update.Length}"));
        }
        else if (!YUpdate.TryValidate(update.Span, out var error, out _))
        {
            Nack(new SyncFailure(SyncErrorCode.Malformed, $"the update cannot be read: {error}"));
        }
        else if (YUpdate.IsEmpty(update.Span)
            || (frame.Kind == UpdateKind.Step2 && await channel.Room.Content.CoversAsync(update, _closing).ConfigureAwait(false)))
        {
            channel.SendAck(frame.Batch, SyncCursor.Start); // durable already
        }
        else
        {
            var append = new LogAppend(channel.Room.Name, channel.Session, frame.Batch, update);
            var lease = channel.Lease.Retain();
            if (!await _services.Writer.EnqueueAsync(new PendingAppend(channel, lease, append, _services.Time.GetTimestamp())).ConfigureAwait(false))
            {
                lease.Dispose();
                Nack(new SyncFailure(SyncErrorCode.Draining, "the relay is stopping"));
            }
        }

        void Nack(SyncFailure failure)
        {
            _services.Logger.UpdateRefused(Id, channel.Room.Name, failure.Code, failure.Reason);
            channel.SendNack(frame.Batch, failure);
        }
    }

    private async ValueTask OnChunkAsync(RelayChannel channel, ChunkFrame chunk)
    {
        if (!_services.TransferBudget.TryAcquire(chunk.Part.Length))
        {
            CloseWithError(channel, new SyncFailure(SyncErrorCode.Busy, "too many unfinished transfers; try again later"));
            return;
        }

        bool complete;
        Frame whole = default;
        lock (channel.Incoming)
        {
            var before = channel.Incoming.BufferedBytes;
            try
            {
                complete = !channel.IsClosed && channel.Incoming.Add(channel.Number, chunk, out whole);
            }
            finally
            {
                // What is held now stays accounted; a finished or dropped transfer gives everything back.
                _services.TransferBudget.Release(before + chunk.Part.Length - channel.Incoming.BufferedBytes);
            }
        }

        if (complete)
        {
            await DispatchAsync(channel, whole).ConfigureAwait(false);
        }
    }

    private static void OnAwareness(RelayChannel channel, ReadOnlyMemory<byte> update)
    {
        if (update.Length <= MaxAwarenessBytes && channel.Room.Awareness.Update(channel, channel.Session, AwarenessUpdate.Read(update)))
        {
            channel.Room.Wake();
        }
    }
}
