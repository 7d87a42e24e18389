using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TinyStore.Relay;

namespace TinyStore.Interop.Tests.Relay;

/// <summary>A relay on a loopback port with its log in a temporary folder; it can be stopped, and started on the same port and log.</summary>
internal sealed class RelayServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tinystore-interop-").FullName;
    private readonly Action<RelayOptions>? _configure;
    private WebApplication? _app;
    private int _port;

    private RelayServer(Action<RelayOptions>? configure)
    {
        _configure = configure;
    }

    public string Url => $"http://127.0.0.1:{_port}/tinystore";

    public static async Task<RelayServer> StartNewAsync(Action<RelayOptions>? configure = null)
    {
        var server = new RelayServer(configure);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_port}");
        builder.Services.AddTinyStoreRelay(options =>
        {
            options.DataPath = _folder;
            _configure?.Invoke(options);
        }).AddMessagePackProtocol();
        _app = builder.Build();
        _app.MapTinyStoreRelay();
        await _app.StartAsync();
        _port = new Uri(_app.Urls.First()).Port;
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
