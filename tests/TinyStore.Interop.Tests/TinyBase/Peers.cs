using System.Text.Json.Nodes;
using TinyStore.Crdt;
using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.TinyBase;

/// <summary>A store with its document, on either side.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Connects store and document both ways.</summary>
    Task StartAsync();

    /// <summary>TinyBase calls, in one transaction: <c>["setCell", "t", "r", "c", 1]</c> ….</summary>
    Task ExecuteAsync(params JsonArray[] calls);

    /// <summary>The updates that this peer itself made since the last call, as it made them.</summary>
    Task<List<byte[]>> TakeUpdatesAsync();

    Task ApplyAsync(byte[] update);

    Task<byte[]> EncodeAsync(byte[] stateVector);

    Task<byte[]> StateVectorAsync();

    /// <summary><c>[tables, values]</c> of the store.</summary>
    Task<JsonNode> ContentAsync();

    /// <summary><c>[tables, values]</c> as the document holds them, empty containers left out.</summary>
    Task<JsonNode> VisibleAsync();
}

/// <summary>The real TinyBase and yjs.</summary>
internal sealed class TinyBasePeer : IPeer
{
    private readonly JsonLineProcess _oracle;
    private readonly JavaScriptDoc _doc;

    private TinyBasePeer(JsonLineProcess oracle, JavaScriptDoc doc)
    {
        _oracle = oracle;
        _doc = doc;
    }

    public static async Task<TinyBasePeer> CreateAsync(JsonLineProcess oracle, ulong? clientId = null)
    {
        var peer = new TinyBasePeer(oracle, await JavaScriptDoc.CreateAsync(oracle, clientId));
        await peer.CallAsync("store.new");
        await peer._doc.CallAsync("doc.outbox");
        return peer;
    }

    public async Task StartAsync()
    {
        await CallAsync("persist.start");
        await SettleAsync();
    }

    /// <summary>Saves only: what the document has is not loaded.</summary>
    public async Task StartSavingAsync()
    {
        await CallAsync("persist.start", new() { ["autoLoad"] = false });
        await SettleAsync();
    }

    /// <summary>TinyBase calls in one turn of the event loop, each a transaction of its own, if wanted each after the persister came to rest.</summary>
    public async Task BurstAsync(bool untilIdle, params JsonArray[] calls)
    {
        await CallAsync("store.burst", new() { ["calls"] = new JsonArray([.. calls.Select(call => call.DeepClone())]), ["untilIdle"] = untilIdle });
        await SettleAsync();
    }

    public async Task ExecuteAsync(params JsonArray[] calls)
    {
        await CallAsync("store.exec", new() { ["ops"] = new JsonArray([.. calls.Select(call => call.DeepClone())]) });
        await SettleAsync();
    }

    public async Task<List<byte[]>> TakeUpdatesAsync() =>
        [.. (await _doc.CallAsync("doc.outbox"))!["updates"]!.AsArray().Select(update => Convert.FromBase64String((string)update!))];

    public async Task ApplyAsync(byte[] update)
    {
        await _doc.ApplyAsync(update);
        await SettleAsync();
    }

    public Task<byte[]> EncodeAsync(byte[] stateVector) => _doc.EncodeAsync(stateVector);

    public Task<byte[]> StateVectorAsync() => _doc.StateVectorAsync();

    public async Task<JsonNode> ContentAsync() => (await CallAsync("store.content"))!;

    public async Task<JsonNode> VisibleAsync() => Layout.Visible(await _doc.JsonAsync("tinybase"));

    public async ValueTask DisposeAsync() => await _doc.FreeAsync();

    private async Task SettleAsync() => await _oracle.CallAsync("settle");

    private Task<JsonNode?> CallAsync(string op, JsonObject? fields = null)
    {
        fields ??= [];
        fields["store"] = _doc.Name;
        fields["doc"] = _doc.Name;
        return _oracle.CallAsync(op, fields);
    }
}

/// <summary>Our store, persister and document.</summary>
internal sealed class DotNetPeer : IPeer
{
    private readonly YDoc _doc;
    private readonly YjsPersister _persister;
    private readonly IDisposable _following;
    private readonly List<byte[]> _updates = [];

    public DotNetPeer(ulong? clientId = null, Action<YjsPersisterOptions>? configure = null)
    {
        var options = new YjsPersisterOptions();
        configure?.Invoke(options);
        _doc = new YDoc(new YDocOptions { ClientId = clientId });
        _persister = new YjsPersister(Store, _doc, options);
        _following = _doc.ObserveUpdates(update =>
        {
            if (update.IsLocal)
            {
                _updates.Add(update.Update.ToArray());
            }
        });
    }

    public Store Store { get; } = new();

    public YDoc Doc => _doc;

    public Task StartAsync() => OnLaneAsync(() => _persister.StartAutoPersistingAsync());

    public Task ExecuteAsync(params JsonArray[] calls) => OnLaneAsync(() => Store.Transaction(() =>
    {
        foreach (var call in calls)
        {
            StoreCalls.Run(Store, call);
        }
    }));

    public Task<List<byte[]>> TakeUpdatesAsync() => OnLaneAsync(() =>
    {
        List<byte[]> taken = [.. _updates];
        _updates.Clear();
        return taken;
    });

    public Task ApplyAsync(byte[] update) => OnLaneAsync(() => _doc.ApplyUpdate(update, this));

    public Task<byte[]> EncodeAsync(byte[] stateVector) => OnLaneAsync(() => _doc.EncodeStateAsUpdate(stateVector));

    public Task<byte[]> StateVectorAsync() => OnLaneAsync(_doc.EncodeStateVector);

    public Task<JsonNode> ContentAsync() => OnLaneAsync(() => StoreCalls.Json(Store));

    public Task<JsonNode> VisibleAsync() => OnLaneAsync(() => Layout.Visible(JsonNode.Parse(_doc.GetMap("tinybase").ToJson())));

    public async ValueTask DisposeAsync()
    {
        await _persister.DisposeAsync();
        _following.Dispose();
        await OnLaneAsync(_doc.Dispose);
    }

    private Task OnLaneAsync(Action work) => _doc.Context.RunAsync(work);

    private Task<T> OnLaneAsync<T>(Func<T> work) => _doc.Context.RunAsync(work);

    private async Task OnLaneAsync(Func<Task> work) => await await _doc.Context.RunAsync(work);
}
