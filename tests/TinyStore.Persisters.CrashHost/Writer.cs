namespace TinyStore.Persisters.CrashHost;

/// <summary>One of several processes that persist in one place.</summary>
internal static class Writer
{
    public static async Task RunAsync(PlaceKind kind, string folder, string id, int count)
    {
        var (store, lane) = (new Store(), new StoreLane());
        await using var persister = Places.Persist(folder, kind, store, lane.Post);
        persister.Error += (_, e) => Console.WriteLine($"error {e.Operation} {e.Exception}");
        await persister.StartAutoPersistingAsync();
        Console.WriteLine("started");
        for (var i = 0; i < count; i++)
        {
            await lane.RunAsync(() => store.SetCell("t", $"{id} {i}", "n", i).SetCell("t", "shared", id, i));
            if (i % 4 == 0)
            {
                await persister.FlushAsync();
            }
        }
        await persister.FlushAsync();
        Console.WriteLine("saved");
        await Console.In.ReadToEndAsync();
    }
}
