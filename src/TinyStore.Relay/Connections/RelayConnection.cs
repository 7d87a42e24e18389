using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Connections;

/// <summary>
/// One client's connection, whatever carries it: messages in (<c>ReceiveAsync</c>, one at a time), messages out through
/// one pump that sends the next only when the last was taken. So a client that does not read costs one message.
/// </summary>
internal sealed partial class RelayConnection : IAsyncDisposable
{
    /// <summary>Larger messages would only hold more memory for a slow client.</summary>
    private const int MaxOutgoingBytes = 256 << 10;

    /// <summary>Errors for channels that are not (any more) joined may wait in this number; who causes more without reading is cut off.</summary>
    private const int MaxErrors = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, RelayChannel> _channels = [];
    private readonly Queue<(ulong Channel, OutgoingFrame Frame)> _last = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _closingSource = new();
    private readonly CancellationToken _closing;
    private readonly RelayServices _services;
    private readonly RelayCaller _caller;
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, Task> _send;
    private readonly Action _abort;
    private Task _pump = Task.CompletedTask;
    private int _nextToFill;
    private int _wakes;
    private int _served;
    private bool _disposed;

    /// <param name="services">What all connections share.</param>
    /// <param name="caller">Who is at the other end.</param>
    /// <param name="send">Sends a message; completes when the transport has taken it.</param>
    /// <param name="abort">Cuts the connection.</param>
    public RelayConnection(RelayServices services, RelayCaller caller, Func<ReadOnlyMemory<byte>, CancellationToken, Task> send, Action abort)
    {
        _services = services;
        _caller = caller;
        _send = send;
        _abort = abort;
        _closing = _closingSource.Token;
        services.Metrics.Connections.Add(1);
    }

    public string Id => _caller.ConnectionId;

    /// <summary>Starts sending.</summary>
    public void Start() => _pump = Task.Run(PumpAsync);

    /// <summary>There may be something to send.</summary>
    public void Wake()
    {
        Interlocked.Increment(ref _wakes);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>A channel's small frames ran over: it is closed, and the client told so when it reads again.</summary>
    public void Overflow(RelayChannel channel)
    {
        if (Close(channel, OutgoingFrame.Resync))
        {
            _services.Metrics.Resyncs.Add(1);
            _services.Logger.ChannelOverflow(Id, channel.Room.Name);
        }
    }

    /// <summary>Tells the client that the relay is stopping.</summary>
    public void SendDraining() => SendLast(0, OutgoingFrame.Error(
        new SyncFailure(SyncErrorCode.Draining, "the relay is stopping"), Random.Shared.Next(200, 2000)));

    /// <summary>True when everything that <see cref="Wake"/> told of is sent.</summary>
    public bool IsIdle => Volatile.Read(ref _served) == Volatile.Read(ref _wakes);

    public async ValueTask DisposeAsync()
    {
        RelayChannel[] channels;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            channels = [.. _channels.Values];
        }

        await _closingSource.CancelAsync().ConfigureAwait(false);
        foreach (var channel in channels)
        {
            Close(channel, null);
        }

        await _pump.ConfigureAwait(false);
        _closingSource.Dispose();
        _services.Metrics.Connections.Add(-1);
    }

    /// <summary>Forgets a channel, with a last frame for it; false when it was closed before.</summary>
    private bool Close(RelayChannel channel, OutgoingFrame? last)
    {
        lock (_gate)
        {
            if (!_channels.Remove(channel.Number))
            {
                return false;
            }
        }

        lock (channel.Incoming)
        {
            _services.TransferBudget.Release(channel.Incoming.BufferedBytes);
            channel.Incoming.Clear();
            channel.IsClosed = true;
        }

        channel.Room.Leave(channel);
        channel.Dispose();
        _services.Metrics.Channels.Add(-1);
        if (last is { } frame)
        {
            SendLast(channel.Number, frame);
        }

        return true;
    }

    private void CloseWithError(RelayChannel channel, SyncFailure failure)
    {
        _services.Metrics.Refused(failure.Code);
        Close(channel, OutgoingFrame.Error(failure));
    }

    private void SendError(ulong channel, SyncFailure failure)
    {
        _services.Metrics.Refused(failure.Code);
        SendLast(channel, OutgoingFrame.Error(failure));
    }

    private void SendLast(ulong channel, in OutgoingFrame frame)
    {
        lock (_gate)
        {
            if (_last.Count < MaxErrors)
            {
                _last.Enqueue((channel, frame));
                Wake();
                return;
            }
        }

        _services.Logger.ConnectionFlooded(Id);
        _abort();
    }

    private async Task PumpAsync()
    {
        try
        {
            using var message = new MessageWriter(Math.Min(_services.Options.MaxFrameBytes, MaxOutgoingBytes));
            while (await _wake.Reader.WaitToReadAsync(_closing).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                var wakes = Volatile.Read(ref _wakes);
                while (await FillAsync(message, _closing).ConfigureAwait(false))
                {
                    await _send(message.Take(), _closing).ConfigureAwait(false);
                }

                Volatile.Write(ref _served, wakes);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // closed
        }
#pragma warning disable CA1031 // One connection's failure is its own.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _services.Logger.ConnectionFailed(e, Id);
            _abort();
        }
    }

    /// <summary>Fills a message from all channels, beginning with another one each time; false when there is nothing to send.</summary>
    private async ValueTask<bool> FillAsync(MessageWriter message, CancellationToken cancellationToken)
    {
        RelayChannel[] channels;
        lock (_gate)
        {
            while (_last.TryPeek(out var last) && message.TryWrite(last.Channel, last.Frame))
            {
                _last.Dequeue();
            }

            channels = [.. _channels.Values];
        }

        for (var i = 0; i < channels.Length; i++)
        {
            var channel = channels[(_nextToFill + i) % channels.Length];
            try
            {
                if (await channel.FillAsync(message, cancellationToken).ConfigureAwait(false))
                {
                    _nextToFill = (_nextToFill + i + 1) % channels.Length;
                    break;
                }
            }
            catch (UpdateLogException e)
            {
                CloseWithError(channel, _services.ReadFailure(channel.Room, e));
            }
        }

        return !message.IsEmpty;
    }
}
