using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TinyStore.Crdt;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.SignalR;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.Relay;

/// <summary>Store, persister, document and provider of .NET.</summary>
internal sealed class DotNetRelayPeer : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly YjsPersister _persister;

    private DotNetRelayPeer(string url, string room)
    {
        _connection = new HubConnectionBuilder().WithUrl(url).AddMessagePackProtocol().Build();
        Provider = new SignalRProvider(_connection, room, Doc, new SignalRProviderOptions
        {
            ReconnectDelay = TimeSpan.FromMilliseconds(50),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(500),
        });
        _persister = new YjsPersister(Store, Doc);
    }

    public YDoc Doc { get; } = new();

    public Store Store { get; } = new();

    public SignalRProvider Provider { get; }

    public static async Task<DotNetRelayPeer> StartAsync(string url, string room, bool waitForSync = true)
    {
        var peer = new DotNetRelayPeer(url, room);
        await await peer.Doc.Context.RunAsync(() => peer._persister.StartAutoPersistingAsync());
        await peer.Provider.StartAsync();
        if (waitForSync)
        {
            await peer.Provider.WhenSyncedAsync().WaitAsync(JavaScriptPeer.Patience);
        }

        return peer;
    }

    public Task ExecuteAsync(params JsonArray[] calls) => Doc.Context.RunAsync(() => Store.Transaction(() =>
    {
        foreach (var call in calls)
        {
            StoreCalls.Run(Store, call);
        }
    }));

    public Task<JsonNode> ContentAsync() => Doc.Context.RunAsync(() => StoreCalls.Json(Store));

    public Task<byte[]> StateVectorAsync() => Doc.Context.RunAsync(Doc.EncodeStateVector);

    /// <summary>Waits until this document has what a state vector says.</summary>
    public async Task ReachAsync(byte[] stateVector)
    {
        var wanted = YStateVector.Decode(stateVector);
        for (var end = DateTime.UtcNow + JavaScriptPeer.Patience; ;)
        {
            if (await Doc.Context.RunAsync(() => wanted.All(client => Doc.GetClock(client.Key) >= client.Value)))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < end, "The .NET peer did not get everything.");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _persister.DisposeAsync();
        await Provider.DisposeAsync();
        await _connection.DisposeAsync();
        Doc.Dispose();
    }
}

/// <summary>The JavaScript peer: TinyBase, yjs and the JavaScript provider in a process of its own.</summary>
internal sealed class JavaScriptPeer : IAsyncDisposable
{
    private readonly JsonLineProcess _process;
    private readonly List<string> _states = [];

    private JavaScriptPeer(JsonLineProcess process)
    {
        _process = process;
        _process.EventReceived += (_, line) =>
        {
            lock (_states)
            {
                _states.Add((string?)line["state"] ?? (string?)line["error"] ?? "");
            }
        };
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>States and errors as they came.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_states)
            {
                return [.. _states];
            }
        }
    }

    public static async Task<JavaScriptPeer> CreateAsync() => new(await Oracles.StartPeerAsync());

    public static async Task<JavaScriptPeer> StartAsync(string url, string room)
    {
        var peer = await CreateAsync();
        await peer.CallAsync("start", new() { ["url"] = url, ["room"] = room });
        return peer;
    }

    public Task ExecuteAsync(params JsonArray[] calls) => CallAsync("store", new() { ["ops"] = new JsonArray([.. calls.Select(call => call.DeepClone())]) });

    public Task WaitAsync(string what) => CallAsync("wait", new() { ["for"] = what, ["timeoutMs"] = Patience.TotalMilliseconds });

    public async Task ReachAsync(byte[] stateVector)
    {
        await CallAsync("wait", new() { ["for"] = "stateVector", ["sv"] = Convert.ToBase64String(stateVector), ["timeoutMs"] = Patience.TotalMilliseconds });
        await CallAsync("wait", new() { ["for"] = "settled" });
    }

    public async Task<JsonNode> ContentAsync() => (await CallAsync("content"))!;

    public async Task<byte[]> StateVectorAsync() => Convert.FromBase64String((string)(await CallAsync("sv"))!);

    public async Task<(string State, int Unacknowledged)> StatusAsync()
    {
        var status = (await CallAsync("status"))!;
        return ((string)status["state"]!, (int)status["unacknowledged"]!);
    }

    /// <summary>Waits until the provider is in that state.</summary>
    public async Task UntilAsync(string state)
    {
        for (var end = DateTime.UtcNow + Patience; (await StatusAsync()).State != state;)
        {
            Assert.True(DateTime.UtcNow < end, $"The JavaScript provider never was {state}: {string.Join(", ", Events)}");
            await Task.Delay(10);
        }
    }

    public Task<JsonNode?> CallAsync(string op, JsonObject? fields = null) => _process.CallAsync(op, fields);

    public async Task<int> StopAsync()
    {
        await CallAsync("stop");
        return await _process.StopAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
