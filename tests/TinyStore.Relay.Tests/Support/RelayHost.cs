using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TinyStore.Relay.Tests.Support;

/// <summary>How a SignalR connection carries its calls.</summary>
public enum HubProtocol
{
    MessagePack,
    Json,
}

/// <summary>A real relay on Kestrel, on a free port of the loopback address.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RelayHost(WebApplication app, LogCollector log)
    {
        _app = app;
        Log = log;
        Url = app.Urls.First();
    }

    public string Url { get; }

    public int Port => new Uri(Url).Port;

    public IServiceProvider Services => _app.Services;

    public LogCollector Log { get; }

    public static Task<RelayHost> StartAsync(string folder, int port = 0, Action<IServiceCollection>? services = null) =>
        StartAsync(options => options.DataPath = folder, port, services);

    public static async Task<RelayHost> StartAsync(Action<RelayOptions> configure, int port = 0, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var log = new LogCollector();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        services?.Invoke(builder.Services);
        builder.Services.AddTinyStoreRelay(configure).AddMessagePackProtocol();
        var app = builder.Build();
        app.MapTinyStoreRelay();
        await app.StartAsync();
        return new RelayHost(app, log);
    }

    public HubConnection Connect(HubProtocol protocol = HubProtocol.MessagePack, Action<IHubConnectionBuilder>? configure = null) => Connect(Port, protocol, configure);

    public static HubConnection Connect(int port, HubProtocol protocol = HubProtocol.MessagePack, Action<IHubConnectionBuilder>? configure = null)
    {
        var builder = new HubConnectionBuilder().WithUrl($"http://127.0.0.1:{port}/tinystore");
        if (protocol == HubProtocol.MessagePack)
        {
            builder.AddMessagePackProtocol();
        }

        configure?.Invoke(builder);
        return builder.Build();
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>Completes when the process was asked to end, and the relay has stopped.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
