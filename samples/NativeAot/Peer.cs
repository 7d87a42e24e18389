using Microsoft.AspNetCore.SignalR.Client;
using TinyStore;
using TinyStore.Crdt;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace NativeAot;

/// <summary>A store, the document it is kept in, and the provider that shares the document.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly YDoc _doc = new();
    private readonly Store _store = new();
    private readonly YjsPersister _persister;
    private readonly HubConnection _connection;
    private readonly SignalRProvider _provider;

    public Peer(Uri relay, string room)
    {
        _connection = new HubConnectionBuilder().WithUrl(relay)
            .AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, FrameJson.Default))
            .Build();
        _provider = new SignalRProvider(_connection, room, _doc);
        _persister = new YjsPersister(_store, _doc);
    }

    public int Unacknowledged => _provider.UnacknowledgedCount;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _doc.Context.RunAsync(() => _persister.StartAutoPersistingAsync(cancellationToken: cancellationToken), cancellationToken).Unwrap().ConfigureAwait(false);
        await GoOnlineAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task GoOnlineAsync(CancellationToken cancellationToken)
    {
        await _provider.StartAsync(cancellationToken).ConfigureAwait(false);
        await _provider.WhenSyncedAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task GoOfflineAsync(CancellationToken cancellationToken) => _provider.StopAsync(cancellationToken);

    public Task WhenAcknowledgedAsync(CancellationToken cancellationToken) => _provider.WhenAcknowledgedAsync(cancellationToken);

    /// <summary>Works on the store in the document's own lane, where the provider's updates arrive too.</summary>
    public Task EditAsync(Action<Store> work, CancellationToken cancellationToken) => _doc.Context.RunAsync(() => work(_store), cancellationToken);

    /// <summary>Waits until something is so.</summary>
    /// <returns>False where it was not so within the time of the token.</returns>
    public async Task<bool> UntilAsync(Func<Store, bool> condition, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await _doc.Context.RunAsync(() => condition(_store), CancellationToken.None).ConfigureAwait(false))
            {
                return true;
            }

            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync().ConfigureAwait(false);
        await _persister.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _doc.Dispose();
    }
}
