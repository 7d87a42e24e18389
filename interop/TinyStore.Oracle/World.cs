using TinyStore.Crdt;
using TinyStore.Oracle.Documents;

namespace TinyStore.Oracle;

/// <summary>What one oracle process holds: documents, stores and the persisters between them, by name.</summary>
internal sealed class World : IDisposable
{
    public World(EventLoop loop)
    {
        Loop = loop;
    }

    public EventLoop Loop { get; }

    public Dictionary<string, OracleDoc> Docs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Store> Stores { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Store, string Doc), YjsPersister> Persisters { get; } = [];

    public OracleDoc Doc(Request request) => Get(Docs, request.String("doc"), "document");

    public Store Store(Request request) => Get(Stores, request.String("store"), "store");

    public async ValueTask StopPersistersAsync(string doc)
    {
        foreach (var key in Persisters.Keys.Where(key => key.Doc == doc).ToList())
        {
            Persisters.Remove(key, out var persister);
            await persister!.DisposeAsync();
        }
    }

    /// <summary>Adds under a new name; a name in use is an error.</summary>
    public static void Add<T>(Dictionary<string, T> things, string name, string kind, Func<T> make)
    {
        if (things.ContainsKey(name))
        {
            throw new OracleRequestException($"There is already a {kind} \"{name}\".");
        }

        things.Add(name, make());
    }

    public void Dispose()
    {
        foreach (var doc in Docs.Values)
        {
            doc.Dispose();
        }
    }

    private static T Get<T>(Dictionary<string, T> things, string name, string kind) =>
        things.TryGetValue(name, out var thing) ? thing : throw new OracleRequestException($"There is no {kind} \"{name}\".");
}
