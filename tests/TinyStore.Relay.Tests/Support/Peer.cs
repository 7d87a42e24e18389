using Microsoft.AspNetCore.SignalR.Client;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace TinyStore.Relay.Tests.Support;

/// <summary>A document with its provider.</summary>
internal sealed class Peer : IAsyncDisposable
{
    public Peer(HubConnection connection, string room, YDoc? doc = null, Action<SignalRProviderOptions>? configure = null)
    {
        Connection = connection;
        Doc = doc ?? new YDoc();
        var options = new SignalRProviderOptions
        {
            ReconnectDelay = TimeSpan.FromMilliseconds(50),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(300),
            LoggerFactory = Log,
        };
        configure?.Invoke(options);
        Provider = new SignalRProvider(connection, room, Doc, options);
        Provider.Error += (_, error) => Errors.Enqueue(error);
        Provider.StateChanged += (_, change) => Changes.Enqueue(change);
    }

    public HubConnection Connection { get; }

    public YDoc Doc { get; }

    public SignalRProvider Provider { get; }

    public LogCollector Log { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<ProviderError> Errors { get; } = [];

    public System.Collections.Concurrent.ConcurrentQueue<ProviderStateChange> Changes { get; } = [];

    public static async Task<Peer> StartAsync(RelayHost host, string room, HubProtocol protocol = HubProtocol.MessagePack, YDoc? doc = null)
    {
        var peer = new Peer(host.Connect(protocol), room, doc);
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        return peer;
    }

    public Task SyncedAsync() => Provider.WhenSyncedAsync().WaitAsync(RawClient.Patience);

    public async Task AcknowledgedAsync()
    {
        try
        {
            await Provider.WhenAcknowledgedAsync().WaitAsync(RawClient.Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"not acknowledged: {Provider.State}, {Provider.UnacknowledgedCount} edits, connection {Connection.State}; {string.Join("\n", Log.Entries.TakeLast(30))}");
        }
    }

    public Task SetAsync(string key, YValue value) => Doc.Context.RunAsync(() => Doc.GetMap("t").Set(key, value));

    /// <summary>The map's JSON, keys in order: their order is the document's own affair.</summary>
    public async Task<string> JsonAsync()
    {
        using var json = System.Text.Json.JsonDocument.Parse(await Doc.Context.RunAsync(() => Doc.GetMap("t").ToJson()));
        return $"{{{string.Join(",", json.RootElement.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"\"{p.Name}\":{p.Value.GetRawText()}"))}}}";
    }

    public Task<byte[]> StateAsync() => Doc.Context.RunAsync(() => Doc.EncodeStateAsUpdate());

    public Task<bool> HasAsync(string key) => Doc.Context.RunAsync(() => Doc.GetMap("t").ContainsKey(key));

    public Task UntilAsync(string key) => Wait.UntilAsync(() => HasAsync(key), $"key {key}");

    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        await Connection.DisposeAsync();
    }
}

internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? RawClient.Patience);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"waited in vain for {what}");
            await Task.Delay(5);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? patience = null) => UntilAsync(() => Task.FromResult(condition()), what, patience);
}
