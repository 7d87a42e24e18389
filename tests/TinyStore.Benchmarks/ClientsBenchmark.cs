using TinyStore.Yjs;

namespace TinyStore.Benchmarks;

/// <summary>A map made by ten thousand clients: what a client costs in memory, and that writing does not get slower with them.</summary>
internal static class ClientsBenchmark
{
    private const int Clients = 10_000;
    private const int ItemsOfAClient = 10;
    private const int Count = 20_000;

    public static void Run(Figures figures, string script, string folder)
    {
        var file = Path.Combine(folder, "clients.bin");
        NodeBench.Run(script, "clients", file, Clients, ItemsOfAClient);
        var update = File.ReadAllBytes(file);
        var items = (double)Clients * ItemsOfAClient;
        var peerBytes = NodeBench.Run(script, "memory", file).GetProperty("bytes").GetDouble();
        figures.Add(new Figure("memory of 10,000 clients with 10 items each", "B an item", Timing.Retained(() => Load(update)) / items, peerBytes / items, "≤ 100 B"));

        var many = Edits(update);
        var one = Edits(ByOneClient());
        figures.Add(new Figure("one-cell transaction with update bytes, 10,000 clients", "µs", many));
        figures.Add(new Figure("the same as a multiple of that with one client", "×", many / one, Goal: "≤ 1.3"));
    }

    private static YDoc Load(byte[] update)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 2 });
        doc.ApplyUpdate(update);
        return doc;
    }

    private static byte[] ByOneClient()
    {
        using var doc = new YDoc(new YDocOptions { ClientId = 1 });
        doc.Transact(_ =>
        {
            var map = doc.GetMap("m");
            foreach (var key in Keys())
            {
                map.Set(key, 0);
            }
        });
        return doc.EncodeStateAsUpdate();
    }

    private static IEnumerable<string> Keys() =>
        from client in Enumerable.Range(1, Clients) from item in Enumerable.Range(0, ItemsOfAClient) select $"{client}/{item}";

    /// <returns>Microseconds a transaction.</returns>
    private static double Edits(byte[] update)
    {
        using var doc = Load(update);
        long emitted = 0;
        using var subscription = doc.ObserveUpdates(e => emitted += e.Update.Length);
        var map = doc.GetMap("m");
        var keys = Keys().ToArray();
        var value = 0;
        var ms = Timing.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                value++;
                map.Set(keys[(int)(value * 7919L % keys.Length)], value);
            }
        });
        return emitted > 0 ? Timing.Median(ms) * 1000 / Count : throw new InvalidOperationException("No update was emitted: the measurement is void.");
    }
}
