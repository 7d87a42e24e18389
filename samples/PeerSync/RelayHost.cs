using TinyStore.Relay;

namespace PeerSync;

/// <summary>The relay in a process: Kestrel, SignalR with MessagePack, and a log in a folder. It can be stopped and started again on that log.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly string _folder;
    private WebApplication? _app;

    private RelayHost(string folder) => _folder = folder;

    /// <summary>The address of the hub; it stays the same over a restart.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1:0");

    public string Folder => _folder;

    public static async Task<RelayHost> StartAsync(string folder)
    {
        var host = new RelayHost(folder);
        await host.StartAgainAsync().ConfigureAwait(false);
        return host;
    }

    /// <summary>Runs a relay until it is stopped from outside.</summary>
    public static async Task<int> RunAsync(string urls, string folder, CancellationToken cancellationToken)
    {
        await using var app = Build(urls, folder, LogLevel.Information);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"relay: {string.Join(' ', app.Urls)}/tinystore, log in {folder}");
        await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return 0;
    }

    public async Task StartAgainAsync()
    {
        _app = Build(Url.GetLeftPart(UriPartial.Authority), _folder, LogLevel.Error);
        await _app.StartAsync().ConfigureAwait(false);
        Url = new Uri(new Uri(_app.Urls.First()), "/tinystore");
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync().ConfigureAwait(false);
            await app.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static WebApplication Build(string urls, string folder, LogLevel level)
    {
        Directory.CreateDirectory(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.Logging.SetMinimumLevel(level);
        builder.Services.AddSignalR().AddMessagePackProtocol();
        builder.Services.AddTinyStoreRelay(options => options.DataPath = folder);
        var app = builder.Build();
        app.MapTinyStoreRelay("/tinystore");
        return app;
    }
}
