using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests;

/// <summary>A document of the real yjs, in the oracle.</summary>
internal sealed class JavaScriptDoc
{
    private static long _lastName;

    private readonly JsonLineProcess _oracle;

    private JavaScriptDoc(JsonLineProcess oracle)
    {
        _oracle = oracle;
    }

    public string Name { get; } = $"doc{Interlocked.Increment(ref _lastName)}";

    public static async Task<JavaScriptDoc> CreateAsync(JsonLineProcess oracle, ulong? clientId = null, bool gc = true)
    {
        var doc = new JavaScriptDoc(oracle);
        await doc.CallAsync("doc.new", new() { ["clientId"] = clientId, ["gc"] = gc });
        return doc;
    }

    /// <returns>Whether something waits for missing updates.</returns>
    public async Task<bool> ApplyAsync(byte[] update, int version = 1) =>
        (bool)(await CallAsync("doc.apply", new() { ["update"] = Convert.ToBase64String(update), ["v"] = version }))!["pending"]!;

    /// <returns>The update, or null where nothing changed.</returns>
    public async Task<byte[]?> ExecuteAsync(JsonArray operations, int version = 1)
    {
        var result = await CallAsync("doc.exec", new() { ["ops"] = operations.DeepClone(), ["v"] = version });
        return result!["update"] is { } update ? Convert.FromBase64String((string)update!) : null;
    }

    public async Task<byte[]> EncodeAsync(byte[]? stateVector = null, int version = 1) =>
        Bytes(await CallAsync("doc.encode", new() { ["v"] = version, ["sv"] = stateVector is null ? null : Convert.ToBase64String(stateVector) }));

    public async Task<byte[]> StateVectorAsync() => Bytes(await CallAsync("doc.sv"));

    public async Task<byte[]> SnapshotAsync(int version = 1) => Bytes(await CallAsync("doc.snapshot", new() { ["v"] = version }));

    public Task<JsonNode?> JsonAsync(string root, string type = "map") => CallAsync("doc.json", new() { ["root"] = root, ["type"] = type });

    /// <summary>Edits with every kind of content, from a seed; the updates of the transactions.</summary>
    public async Task<List<byte[]>> EditAtRandomAsync(int seed, int transactions)
    {
        var result = await CallAsync("doc.random", new() { ["seed"] = seed, ["transactions"] = transactions });
        return [.. result!["updates"]!.AsArray().Select(Bytes)];
    }

    /// <returns>How many structs are items, deleted items and collected structs.</returns>
    public async Task<(int Items, int Deleted, int Collected)> StructsAsync()
    {
        var result = (await CallAsync("doc.structs"))!;
        return ((int)result["items"]!, (int)result["deleted"]!, (int)result["gc"]!);
    }

    public Task FreeAsync() => CallAsync("doc.free");

    public Task<JsonNode?> CallAsync(string op, JsonObject? fields = null)
    {
        fields ??= [];
        fields["doc"] = Name;
        return _oracle.CallAsync(op, fields);
    }

    private static byte[] Bytes(JsonNode? base64) => Convert.FromBase64String((string)base64!);
}
