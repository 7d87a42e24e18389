using Microsoft.AspNetCore.SignalR.Client;
using TinyStore;
using TinyStore.Crdt;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace PeerSync;

/// <summary>A .NET app in small: a store, the document it is kept in, and the provider that shares the document.</summary>
internal sealed class DotnetPeer : IPeer
{
    private readonly YDoc _doc = new();
    private readonly Store _store = new();
    private readonly YjsPersister _persister;
    private readonly HubConnection _connection;
    private readonly SignalRProvider _provider;

    public DotnetPeer(string name, Uri relay, string room)
    {
        Name = name;
        _connection = new HubConnectionBuilder().WithUrl(relay).AddMessagePackProtocol().Build();
        _provider = new SignalRProvider(_connection, room, _doc);
        _persister = new YjsPersister(_store, _doc);
        _persister.Error += (_, e) => Errors.Add(e.Exception);
    }

    public string Name { get; }

    public List<Exception> Errors { get; } = [];

    public string State => _provider.State.ToString().ToLowerInvariant();

    public int Unacknowledged => _provider.UnacknowledgedCount;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _doc.Context.RunAsync(() => _persister.StartAutoPersistingAsync(cancellationToken: cancellationToken), cancellationToken).Unwrap().ConfigureAwait(false);
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _provider.StartAsync(cancellationToken).ConfigureAwait(false);
        await _provider.WhenSyncedAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task DisconnectAsync(CancellationToken cancellationToken) => _provider.StopAsync(cancellationToken);

    /// <summary>Works on the store in the document's own lane, where the provider's updates arrive too.</summary>
    public Task EditAsync(Action<Store> work, CancellationToken cancellationToken) =>
        _doc.Context.RunAsync(() => { _store.Transaction(() => work(_store)); }, cancellationToken);

    public Task<Snapshot> TakeAsync(CancellationToken cancellationToken) => _doc.Context.RunAsync(
        () => new Snapshot(ContentReader.Of(_store), ContentReader.Of(_doc), _doc.EncodeStateVector()), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync().ConfigureAwait(false);
        await _persister.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _doc.Dispose();
    }
}
