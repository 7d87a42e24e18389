using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TinyStore.Crdt;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace TinyStore.Browser.Tests;

/// <summary>The other side of the page: a peer of the same room in this process, over MessagePack.</summary>
internal sealed class DotNetPeer : IAsyncDisposable
{
    private readonly YDoc _doc = new();
    private readonly Store _store = new();
    private readonly YjsPersister _persister;
    private readonly HubConnection _connection;
    private readonly SignalRProvider _provider;

    private DotNetPeer(Uri page)
    {
        _connection = new HubConnectionBuilder().WithUrl(new Uri(page, "/tinystore")).AddMessagePackProtocol().Build();
        _provider = new SignalRProvider(_connection, "pets", _doc);
        _persister = new YjsPersister(_store, _doc);
    }

    public static async Task<DotNetPeer> StartAsync(Uri page)
    {
        var peer = new DotNetPeer(page);
        await peer._doc.Context.RunAsync(() => peer._persister.StartAutoPersistingAsync()).Unwrap();
        await peer._provider.StartAsync();
        await peer._provider.WhenSyncedAsync();
        return peer;
    }

    public Task SetCellAsync(string row, string cell, CellValue value) => _doc.Context.RunAsync(() => { _store.SetCell("pets", row, cell, value); });

    /// <summary>Waits until the store holds that cell.</summary>
    public async Task UntilCellAsync(string row, string cell, CellValue value)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        CellValue? last;
        while ((last = await _doc.Context.RunAsync(() => _store.GetCell("pets", row, cell))) != value)
        {
            Assert.False(patience.IsCancellationRequested, $"the .NET peer still holds '{last}' in {row}/{cell}, not '{value}'");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _persister.DisposeAsync();
        await _connection.DisposeAsync();
        _doc.Dispose();
    }
}
