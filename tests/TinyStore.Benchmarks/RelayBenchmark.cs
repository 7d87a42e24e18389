using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using TinyStore.Crdt;
using TinyStore.Relay;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>The way of one cell from a store through document, provider, relay (committed to disk) and back up into another store, on loopback.</summary>
internal static class RelayBenchmark
{
    private const int WarmUps = 200;
    private const int Cells = 1000;

    public static async Task RunAsync(Figures figures, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tinystore-bench-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSignalR().AddMessagePackProtocol();
        builder.Services.AddTinyStoreRelay(options => options.DataPath = folder);
        await using (var app = builder.Build())
        {
            app.MapTinyStoreRelay("/tinystore");
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            var url = new Uri(new Uri(app.Urls.First()), "/tinystore");
            await MeasureAsync(figures, url, cancellationToken).ConfigureAwait(false);
            await app.StopAsync(cancellationToken).ConfigureAwait(false);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task MeasureAsync(Figures figures, Uri url, CancellationToken cancellationToken)
    {
        await using var writer = await Peer.StartAsync(url, cancellationToken).ConfigureAwait(false);
        await using var reader = await Peer.StartAsync(url, cancellationToken).ConfigureAwait(false);

        var arrived = new TaskCompletionSource();
        var wanted = 0;
        await reader.Doc.Context.RunAsync(() =>
        {
            reader.Store.AddCellListener("bench", null, null, change =>
            {
                if (change.New is { } value && value.AsDouble() == wanted)
                {
                    arrived.TrySetResult();
                }
            });
        }, cancellationToken).ConfigureAwait(false);

        var ms = new double[Cells];
        for (var i = -WarmUps; i < Cells; i++)
        {
            arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wanted = i + WarmUps + 1;
            var start = Stopwatch.GetTimestamp();
            await writer.Doc.Context.RunAsync(() => { writer.Store.SetCell("bench", $"r{wanted % 100}", "value", wanted); }, cancellationToken).ConfigureAwait(false);
            await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken).ConfigureAwait(false);
            if (i >= 0)
            {
                ms[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        figures.Add(new Figure("one cell, store to store through the relay, p50", "ms", Timing.Percentile(ms, 50)));
        figures.Add(new Figure("one cell, store to store through the relay, p99", "ms", Timing.Percentile(ms, 99)));
    }

    private sealed class Peer : IAsyncDisposable
    {
        private readonly HubConnection _connection;
        private readonly SignalRProvider _provider;
        private readonly YjsPersister _persister;

        private Peer(Uri url)
        {
            _connection = new HubConnectionBuilder().WithUrl(url).AddMessagePackProtocol().Build();
            _provider = new SignalRProvider(_connection, "bench", Doc);
            _persister = new YjsPersister(Store, Doc);
        }

        public YDoc Doc { get; } = new();

        public Store Store { get; } = new();

        public static async Task<Peer> StartAsync(Uri url, CancellationToken cancellationToken)
        {
            var peer = new Peer(url);
            await peer._provider.StartAsync(cancellationToken).ConfigureAwait(false);
            await peer._provider.WhenSyncedAsync(cancellationToken).ConfigureAwait(false);
            await peer.Doc.Context.RunAsync(() => peer._persister.StartAutoPersistingAsync(cancellationToken: cancellationToken), cancellationToken).Unwrap().ConfigureAwait(false);
            return peer;
        }

        public async ValueTask DisposeAsync()
        {
            await _provider.DisposeAsync().ConfigureAwait(false);
            await _persister.DisposeAsync().ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
            Doc.Dispose();
        }
    }
}
