using System.Globalization;
using Microsoft.AspNetCore.SignalR.Client;
using TinyStore;
using TinyStore.Crdt;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace BlazorPeer.Client;

/// <summary>The data of the page: a store, the document it is kept in, and the provider that shares it through the relay.</summary>
internal sealed class Peer : IAsyncDisposable
{
    public const string Pets = "pets";

    private readonly YDoc _doc = new();
    private readonly YjsPersister _persister;
    private readonly HubConnection _connection;
    private readonly SignalRProvider _provider;

    public Peer(Uri relay, string room)
    {
        _connection = new HubConnectionBuilder().WithUrl(relay).Build();
        _provider = new SignalRProvider(_connection, room, _doc);
        _provider.StateChanged += (_, _) => Changed?.Invoke(this, EventArgs.Empty);
        _provider.UnacknowledgedCountChanged += (_, _) => Changed?.Invoke(this, EventArgs.Empty);
        _persister = new YjsPersister(Store, _doc);
        Store.AddTablesListener(_ => Changed?.Invoke(this, EventArgs.Empty));
    }

    public Store Store { get; } = new();

    public ProviderState State => _provider.State;

    public int Unacknowledged => _provider.UnacknowledgedCount;

    /// <summary>Raised when there is something else to show.</summary>
    public event EventHandler? Changed;

    public async Task StartAsync()
    {
        await _doc.Context.RunAsync(() => _persister.StartAutoPersistingAsync()).Unwrap().ConfigureAwait(false);
        await GoOnlineAsync().ConfigureAwait(false);
    }

    public Task GoOnlineAsync() => _provider.StartAsync();

    public Task GoOfflineAsync() => _provider.StopAsync();

    /// <summary>Sets a cell to what was typed: a number, a text, or nothing.</summary>
    public Task SetAsync(string row, string cell, string? text) => _doc.Context.RunAsync(() =>
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            Store.DeleteCell(Pets, row, cell);
        }
        else
        {
            Store.SetCell(Pets, row, cell, double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : text);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync().ConfigureAwait(false);
        await _persister.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _doc.Dispose();
    }
}
