using System.Text.Json;
using System.Text.Json.Nodes;
using TinyStore.Node;
using TinyStore.Yjs;

namespace PeerSync;

/// <summary>One cell that the JavaScript peer is asked to set.</summary>
internal sealed record CellEdit(string Table, string Row, string Cell, JsonNode Value);

/// <summary>
/// A web app in small: the real TinyBase and yjs under Node (<c>interop/js/peer.mjs</c>), driven by JSON lines. Its store is
/// compared too, so it is only asked for what TinyBase keeps: one transaction at a time, no deletes, no new tables.
/// </summary>
internal sealed class WebPeer : IPeer
{
    private readonly JsonLineProcess _process;
    private readonly Uri _relay;
    private readonly string _room;

    private WebPeer(string name, JsonLineProcess process, Uri relay, string room)
    {
        Name = name;
        _process = process;
        _relay = relay;
        _room = room;
        _process.EventReceived += (_, e) => State = (string?)e["state"] ?? State;
    }

    public string Name { get; }

    public string State { get; private set; } = "disconnected";

    public int Unacknowledged { get; private set; }

    /// <summary>Starts the process, after <c>npm ci</c> where that has not run yet.</summary>
    /// <exception cref="NodeUnavailableException">There is no Node that can run it; the message says what is missing.</exception>
    public static async Task<WebPeer> CreateAsync(string name, Uri relay, string room, CancellationToken cancellationToken)
    {
        await NodePackages.EnsureInstalledAsync(Repository.JavaScript, cancellationToken).ConfigureAwait(false);
        return new WebPeer(name, JsonLineProcess.Start("the JavaScript peer", "node", Path.Combine(Repository.JavaScript, "peer.mjs")), relay, room);
    }

    public async Task StartAsync(CancellationToken cancellationToken) =>
        await _process.CallAsync("start", new JsonObject { ["url"] = _relay.ToString(), ["room"] = _room }).WaitAsync(cancellationToken).ConfigureAwait(false);

    public async Task EditAsync(IEnumerable<CellEdit> edits, CancellationToken cancellationToken)
    {
        var ops = new JsonArray([.. edits.Select(e => new JsonArray("setCell", e.Table, e.Row, e.Cell, e.Value))]);
        await _process.CallAsync("store", new JsonObject { ["ops"] = ops }).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<Snapshot> TakeAsync(CancellationToken cancellationToken)
    {
        await _process.CallAsync("wait", new JsonObject { ["for"] = "settled" }).WaitAsync(cancellationToken).ConfigureAwait(false);
        var content = await _process.CallAsync("content").WaitAsync(cancellationToken).ConfigureAwait(false);
        var update = Convert.FromBase64String((string)(await _process.CallAsync("update").WaitAsync(cancellationToken).ConfigureAwait(false))!);
        var status = await _process.CallAsync("status").WaitAsync(cancellationToken).ConfigureAwait(false);
        State = (string)status!["state"]!;
        Unacknowledged = (int)status["unacknowledged"]!;
        using var doc = new YDoc();
        doc.ApplyUpdate(update);
        return new Snapshot(ContentReader.Of(JsonSerializer.SerializeToElement(content)), ContentReader.Of(doc), doc.EncodeStateVector());
    }

    public async ValueTask DisposeAsync() => await _process.DisposeAsync().ConfigureAwait(false);
}
