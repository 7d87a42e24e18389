using System.Diagnostics;
using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using TinyStore;
using TinyStore.Crdt;
using TinyStore.Yjs;

/// <summary>What the page times: the work itself, without the way between JavaScript and .NET.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Work
{
    private static byte[] _update = [];

    // The page's script does the rest.
    private static void Main()
    {
    }

    [JSExport]
    internal static void Keep([JSMarshalAs<JSType.Array<JSType.Number>>] byte[] update) => _update = update;

    /// <summary>Milliseconds to apply the update to a new document.</summary>
    [JSExport]
    internal static double Load()
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        using var doc = new YDoc();
        doc.ApplyUpdate(_update);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Milliseconds until a store holds what the update brings into a new document.</summary>
    [JSExport]
    [return: JSMarshalAs<JSType.Promise<JSType.Number>>]
    internal static async Task<double> LoadStoreAsync()
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        var store = new Store();
        using var doc = new YDoc();
        doc.ApplyUpdate(_update);
        await using var persister = new YjsPersister(store, doc);
        await persister.LoadAsync();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var cells = store.GetRowIds("table").Sum(row => store.GetCellIds("table", row).Count);
        return cells == 100_000 ? elapsed : throw new InvalidOperationException($"The store holds {cells} cells.");
    }
}
