using System.Text.Json.Nodes;
using TinyStore.Node;

namespace TinyStore.Crdt.Tests;

/// <summary>A peer that writes the flat layout with the real yjs under Node, and knows no store.</summary>
internal sealed class PlainYjsPeer(JsonLineProcess node, string name)
{
    private static long _lastName;

    public static async Task<PlainYjsPeer> CreateAsync(JsonLineProcess node, ulong clientId)
    {
        var peer = new PlainYjsPeer(node, $"plain{Interlocked.Increment(ref _lastName)}");
        await peer.CallAsync("doc.new", new() { ["clientId"] = clientId });
        return peer;
    }

    public Task ApplyAsync(byte[] update) => CallAsync("doc.apply", new() { ["update"] = Convert.ToBase64String(update), ["v"] = 1 });

    public async Task<byte[]> EncodeAsync() => Convert.FromBase64String((string)(await CallAsync("doc.encode", new() { ["v"] = 1 }))!);

    /// <returns>The update; null where nothing changed.</returns>
    public Task<byte[]?> SetAsync(string key, JsonNode value, string root = "tinybase/cells") =>
        ExecuteAsync("map.set", root, key, value);

    public Task<byte[]?> DeleteAsync(string key, string root = "tinybase/cells") => ExecuteAsync("map.delete", root, key);

    public async Task<JsonObject> JsonAsync(string root = "tinybase/cells") =>
        (await CallAsync("doc.json", new() { ["root"] = root, ["type"] = "map" }))!.AsObject();

    public Task FreeAsync() => CallAsync("doc.free", []);

    private async Task<byte[]?> ExecuteAsync(string op, string root, string key, params JsonNode[] rest)
    {
        var operation = new JsonArray([op, new JsonArray(root, "map"), key, .. rest]);
        var result = await CallAsync("doc.exec", new() { ["ops"] = new JsonArray(operation) });
        return result!["update"] is { } update ? Convert.FromBase64String((string)update!) : null;
    }

    private Task<JsonNode?> CallAsync(string op, JsonObject fields)
    {
        fields["doc"] = name;
        return node.CallAsync(op, fields);
    }
}
