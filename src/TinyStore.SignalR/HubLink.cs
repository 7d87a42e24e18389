using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TinyStore.Sync.Frames;

namespace TinyStore.SignalR;

/// <summary>
/// What the providers on one hub connection share: the loop that keeps it connected, the channel numbers, and the one queue of
/// messages to send. It exists while a provider is started.
/// </summary>
/// <remarks>
/// <code>
/// while used:  Disconnected ── jittered delay, StartAsync ──► Connected ── a new generation: providers join
///                   ▲                                             │ Closed, or Reconnecting (automatic reconnect)
///                   └────────── providers are told ◄──────────────┘   a reconnected connection is a new generation too
/// </code>
/// </remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Detach ends the link; a cancelled source without a timer holds nothing to dispose.")]
internal sealed partial class HubLink
{
    private const string FrameMethod = "Frame";

    /// <summary>Messages are put together up to this length; the relay takes it before it has told its own limit.</summary>
    private const int CoalesceBytes = 64 << 10;

    private static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(50);

    private static readonly ConditionalWeakTable<HubConnection, HubLink> Links = [];

    /// <summary>The last channel number of each connection; lives on when the link does not, for the connection may be the same.</summary>
    private static readonly ConditionalWeakTable<HubConnection, StrongBox<long>> LastChannels = [];

    private readonly HubConnection _connection;
    private readonly ConcurrentDictionary<ulong, SignalRProvider> _channels = [];
    private readonly Channel<(int Generation, ReadOnlyMemory<byte> Message)> _outgoing =
        Channel.CreateUnbounded<(int, ReadOnlyMemory<byte>)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<SignalRProvider> _providers = [];
    private readonly IDisposable _subscription;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TaskCompletionSource _lost = NewSignal();
    private int _generation;
    private bool _connected;

    private HubLink(HubConnection connection, SignalRProviderOptions options)
    {
        _connection = connection;
        _backoff = new Backoff(options);
        _time = options.TimeProvider;
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("TinyStore.SignalR.Connection");
        _subscription = connection.On<byte[]>(FrameMethod, OnMessage);
        connection.Closed += OnLostAsync;
        connection.Reconnecting += OnLostAsync;
    }

    /// <summary>Makes a provider part of the link of its connection; the first starts it.</summary>
    public static HubLink Attach(HubConnection connection, SignalRProvider provider, SignalRProviderOptions options)
    {
        lock (Links)
        {
            if (!Links.TryGetValue(connection, out var link))
            {
                Links.Add(connection, link = new HubLink(connection, options));
                _ = Task.Run(link.RunAsync);
                _ = Task.Run(link.SendAsync);
            }

            link._providers.Add(provider);
            if (link._connected)
            {
                provider.OnConnected(link, link._generation);
            }

            return link;
        }
    }

    /// <summary>Takes a provider out; the last ends the link. The connection stays as it is: it is the app's.</summary>
    public void Detach(SignalRProvider provider)
    {
        lock (Links)
        {
            if (_providers.Remove(provider) && _providers.Count == 0)
            {
                Links.Remove(_connection);
                _connection.Closed -= OnLostAsync;
                _connection.Reconnecting -= OnLostAsync;
                _subscription.Dispose();
                _outgoing.Writer.TryComplete();
                _stopping.Cancel();
            }
        }
    }

    /// <summary>A channel number for a provider, and the way to send on it. Numbers are never used twice.</summary>
    public ulong OpenChannel(SignalRProvider provider)
    {
        var channel = (ulong)Interlocked.Increment(ref LastChannels.GetOrCreateValue(_connection).Value);
        _channels[channel] = provider;
        return channel;
    }

    public void CloseChannel(ulong channel) => _channels.TryRemove(channel, out _);

    /// <summary>Queues a message. It is dropped when its generation of the connection is over; the session sends again what matters.</summary>
    public void Send(int generation, ReadOnlyMemory<byte> message) => _outgoing.Writer.TryWrite((generation, message));

    /// <summary>A provider is synced, so the connection works.</summary>
    public void ResetBackoff() => _backoff.Reset();

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        var wasConnected = false;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var lost = NewSignal();
                Volatile.Write(ref _lost, lost);
                switch (_connection.State)
                {
                    case HubConnectionState.Connected:
                        wasConnected = true;
                        SetConnected(true);
                        await lost.Task.WaitAsync(stopping).ConfigureAwait(false);
                        SetConnected(false);
                        break;
                    case HubConnectionState.Disconnected:
                        if (wasConnected)
                        {
                            await Task.Delay(_backoff.Next(), _time, stopping).ConfigureAwait(false);
                        }

                        wasConnected = await TryStartAsync(stopping).ConfigureAwait(false);
                        break;
                    default:
                        // The app, or automatic reconnect, is at it.
                        await Task.Delay(PollDelay, _time, stopping).ConfigureAwait(false);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // no provider is left
        }
        finally
        {
            SetConnected(false);
        }
    }

    /// <summary>Starts the connection; after a failure, waits.</summary>
    private async ValueTask<bool> TryStartAsync(CancellationToken stopping)
    {
        try
        {
            await _connection.StartAsync(stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (ObjectDisposedException e)
        {
            _logger.ConnectionDisposed();
            Report(e);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (_connection.State != HubConnectionState.Disconnected)
        {
            return false; // somebody else started it meanwhile
        }
#pragma warning disable CA1031 // Whatever kept the connection from starting may be over the next time.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var delay = _backoff.Next();
            _logger.ConnectFailed(e, (long)delay.TotalMilliseconds);
            Report(e);
            await Task.Delay(delay, _time, stopping).ConfigureAwait(false);
        }

        return false;
    }

    private void SetConnected(bool connected)
    {
        lock (Links)
        {
            if (_connected == connected)
            {
                return;
            }

            _connected = connected;
            if (connected)
            {
                _generation++;
                _logger.Connected();
            }
            else
            {
                _channels.Clear();
                _logger.ConnectionLost();
            }

            foreach (var provider in _providers)
            {
                if (connected)
                {
                    provider.OnConnected(this, _generation);
                }
                else
                {
                    provider.OnDisconnected(this);
                }
            }
        }
    }

    private void Report(Exception exception)
    {
        lock (Links)
        {
            foreach (var provider in _providers)
            {
                provider.OnConnectFailed(exception);
            }
        }
    }

    private Task OnLostAsync(Exception? exception)
    {
        Volatile.Read(ref _lost).TrySetResult();
        return Task.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
