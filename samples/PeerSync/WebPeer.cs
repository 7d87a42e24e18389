using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyStore.Yjs;

namespace PeerSync;

/// <summary>One cell that the JavaScript peer is asked to set; the value is JSON.</summary>
internal sealed record CellEdit(string Table, string Row, string Cell, string Json);

/// <summary>
/// A web app in small: the real TinyBase and yjs under Node (<c>interop/js/peer.mjs</c>), driven by JSON lines. Its store is
/// compared too, so it is only asked for what TinyBase keeps: one transaction at a time, no deletes, no new tables.
/// </summary>
internal sealed class WebPeer : IPeer
{
    private readonly Process _process;
    private readonly Uri _relay;
    private readonly string _room;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _reading;
    private int _id;
    private string _state = "disconnected";
    private int _unacknowledged;

    private WebPeer(string name, Process process, Uri relay, string room)
    {
        Name = name;
        _process = process;
        _relay = relay;
        _room = room;
        _reading = ReadAsync();
    }

    public string Name { get; }

    public string State => _state;

    public int Unacknowledged => _unacknowledged;

    /// <summary>Starts the process, after <c>npm ci</c> where that has not run yet; null where there is no Node of version 20 or newer.</summary>
    public static async Task<WebPeer?> TryCreateAsync(string name, Uri relay, string room, CancellationToken cancellationToken)
    {
        if (!NodePackages.HasNode(out _))
        {
            return null;
        }

        var folder = await NodePackages.EnsureInstalledAsync(Console.WriteLine, cancellationToken).ConfigureAwait(false);
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add("peer.mjs");
        return new WebPeer(name, Process.Start(start)!, relay, room);
    }

    public async Task StartAsync(CancellationToken cancellationToken) =>
        await AskAsync("start", new JsonObject { ["url"] = _relay.ToString(), ["room"] = _room }, cancellationToken).ConfigureAwait(false);

    public async Task EditAsync(IEnumerable<CellEdit> edits, CancellationToken cancellationToken)
    {
        var ops = new JsonArray([.. edits.Select(e => new JsonArray("setCell", e.Table, e.Row, e.Cell, JsonNode.Parse(e.Json)))]);
        await AskAsync("store", new JsonObject { ["ops"] = ops }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Snapshot> TakeAsync(CancellationToken cancellationToken)
    {
        var status = await AskAsync("status", [], cancellationToken).ConfigureAwait(false);
        _state = status.GetProperty("state").GetString()!;
        _unacknowledged = status.GetProperty("unacknowledged").GetInt32();
        await AskAsync("wait", new JsonObject { ["for"] = "settled" }, cancellationToken).ConfigureAwait(false);
        var content = await AskAsync("content", [], cancellationToken).ConfigureAwait(false);
        var update = (await AskAsync("update", [], cancellationToken).ConfigureAwait(false)).GetBytesFromBase64();
        using var doc = new YDoc();
        doc.ApplyUpdate(update);
        return new Snapshot(ContentReader.Of(content), ContentReader.Of(doc), doc.EncodeStateVector());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading.ConfigureAwait(false);
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task<JsonElement> AskAsync(string op, JsonObject fields, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _id);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        var request = new JsonObject { ["id"] = id, ["op"] = op };
        foreach (var (name, value) in fields.ToList())
        {
            fields.Remove(name);
            request[name] = value;
        }

        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _process.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var answer = json.RootElement;
            if (answer.TryGetProperty("event", out var kind))
            {
                if (kind.GetString() == "state")
                {
                    _state = answer.GetProperty("state").GetString()!;
                }
            }
            else if (_asked.TryRemove(answer.GetProperty("id").GetInt32(), out var asked))
            {
                if (answer.GetProperty("ok").GetBoolean())
                {
                    asked.TrySetResult(answer.GetProperty("result").Clone());
                }
                else
                {
                    asked.TrySetException(new InvalidOperationException($"the JavaScript peer: {answer.GetProperty("error").GetString()}"));
                }
            }
        }

        foreach (var asked in _asked.Values)
        {
            asked.TrySetException(new InvalidOperationException("the JavaScript peer ended"));
        }
    }
}
