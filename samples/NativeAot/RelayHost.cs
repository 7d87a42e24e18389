using TinyStore.Relay;

namespace NativeAot;

/// <summary>The relay in this process. It speaks JSON only: the MessagePack protocol writes code while it runs.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RelayHost(WebApplication app) => _app = app;

    public Uri Url => new(new Uri(_app.Urls.First()), "/tinystore");

    public static async Task<RelayHost> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTinyStoreRelay(options => options.DataPath = folder)
            .AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, FrameJson.Default));
        var app = builder.Build();
        app.MapTinyStoreRelay("/tinystore");
        await app.StartAsync().ConfigureAwait(false);
        return new RelayHost(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);
}
