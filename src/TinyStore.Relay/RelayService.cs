using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TinyStore.Relay.Connections;

namespace TinyStore.Relay;

/// <summary>Opens the log when the host starts, keeps the connections, and drains when the host stops.</summary>
internal sealed class RelayService : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<string, RelayConnection> _connections = [];
    private readonly RelayServices _services;
    private readonly IUpdateLog _log;
    private readonly IHubContext<RelayHub> _hub;
    private readonly IHostApplicationLifetime _lifetime;
    private CancellationTokenRegistration _stopping;
    private Task? _draining;

    public RelayService(RelayServices services, IUpdateLog log, IHubContext<RelayHub> hub, IHostApplicationLifetime lifetime)
    {
        _services = services;
        _log = log;
        _hub = hub;
        _lifetime = lifetime;
    }

    public bool IsDraining => _services.IsDraining;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _log.OpenAsync(cancellationToken).ConfigureAwait(false);
        _services.Writer.Start();
        _services.Logger.Started();

        // SignalR closes its connections on this signal. Registrations run last first, so acknowledgements still go out here.
        // (A host that is stopped by a call, not by a signal, has drained before, in StoppingAsync, without blocking.)
        _stopping = _lifetime.ApplicationStopping.Register(() => DrainAsync().Wait(_services.Options.DrainTimeout));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await DrainAsync().ConfigureAwait(false);
        foreach (var connection in _connections.Values)
        {
            await DisconnectAsync(connection).ConfigureAwait(false);
        }

        // Dispose the log here, not only with the host: whoever awaits the stop may open the file.
        await _log.DisposeAsync().ConfigureAwait(false);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => DrainAsync();

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public RelayConnection Connect(RelayCaller caller, Action abort)
    {
        var client = _hub.Clients.Client(caller.ConnectionId);
        var connection = new RelayConnection(_services, caller, (message, cancellation) => client.SendAsync(RelayHub.FrameMethod, ToArray(message), cancellation), abort);
        _connections[caller.ConnectionId] = connection;
        connection.Start();
        return connection;
    }

    public async Task DisconnectAsync(RelayConnection connection)
    {
        _connections.TryRemove(connection.Id, out _);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Lets nobody in, commits what was received, sends what that causes, and says goodbye.</summary>
    private Task DrainAsync() => LazyInitializer.EnsureInitialized(ref _draining, () => Task.Run(async () =>
    {
        _services.IsDraining = true;
        var began = _services.Time.GetTimestamp();
        try
        {
            await _services.Writer.StopAsync().WaitAsync(_services.Options.DrainTimeout, _services.Time).ConfigureAwait(false);
            _services.Logger.Drained();
        }
        catch (TimeoutException)
        {
            _services.Logger.DrainTimedOut();
        }

        await WhenSentAsync(began).ConfigureAwait(false); // acknowledgements first
        foreach (var connection in _connections.Values)
        {
            connection.SendDraining();
        }

        await WhenSentAsync(began).ConfigureAwait(false);
    }));

    private async Task WhenSentAsync(long began)
    {
        while (_connections.Values.Any(static connection => !connection.IsIdle) && _services.Time.GetElapsedTime(began) < _services.Options.DrainTimeout)
        {
            await Task.Delay(DrainPoll, _services.Time).ConfigureAwait(false);
        }
    }

    private static byte[] ToArray(ReadOnlyMemory<byte> message) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(message, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : message.ToArray();
}
