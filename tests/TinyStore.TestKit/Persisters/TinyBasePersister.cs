using System.Text.Json.Nodes;

namespace TinyStore.TestKit.Persisters;

/// <summary>A real TinyBase store with one of TinyBase's own persisters, in a Node process (<c>interop/js/persist.mjs</c>).</summary>
public sealed class TinyBasePersister : IAsyncDisposable
{
    private readonly JsonLineProcess _process;

    private TinyBasePersister(JsonLineProcess process) => _process = process;

    /// <summary>With the file persister. The running test is skipped where Node is missing.</summary>
    public static Task<TinyBasePersister> OfFileAsync(string path) => StartAsync("file", new JsonObject { ["path"] = path });

    /// <summary>With the SQLite persister over sqlite-wasm, on a copy of the database in memory.</summary>
    /// <param name="path">The database; <see cref="ExportAsync"/> writes it.</param>
    /// <param name="config">TinyBase's configuration, or the name of a table.</param>
    public static Task<TinyBasePersister> OfSqliteAsync(string path, JsonNode? config = null) =>
        StartAsync("sqlite", new JsonObject { ["path"] = path, ["config"] = config });

    /// <summary>Replaces the store's content.</summary>
    public Task SetAsync(string json) => _process.CallAsync("set", new JsonObject { ["json"] = json });

    /// <summary>Sets a cell.</summary>
    public Task SetCellAsync(string tableId, string rowId, string cellId, JsonNode cell) =>
        _process.CallAsync("cell", new JsonObject { ["args"] = new JsonArray(tableId, rowId, cellId, cell) });

    /// <summary>The store's content, in canonical order.</summary>
    public async Task<string> GetAsync() => new Store().SetJson((string)(await _process.CallAsync("get"))!).GetContent().Canonical();

    /// <summary>Calls a method of the persister, and fails with the errors that it ignored.</summary>
    public Task CallAsync(string method) => _process.CallAsync("persister", new JsonObject { ["method"] = method });

    /// <summary>Writes the database to its file.</summary>
    public Task ExportAsync() => _process.CallAsync("export");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    private static async Task<TinyBasePersister> StartAsync(string op, JsonObject fields)
    {
        await Requirement.NodeAsync();
        var process = JsonLineProcess.Start("TinyBase's persister", "node", Path.Combine(Repository.JavaScript, "persist.mjs"));
        await process.CallAsync(op, fields);
        return new TinyBasePersister(process);
    }
}
