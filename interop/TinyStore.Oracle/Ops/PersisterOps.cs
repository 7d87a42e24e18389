using TinyStore.Crdt;
using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Oracle.Ops;

/// <summary><c>persist.*</c>, <c>store.load</c> and <c>settle</c>: persisters between stores and documents.</summary>
internal static class PersisterOps
{
    private const int MaxTurns = 2000;
    private const int QuietTurns = 3;

    public static void AddTo(Dictionary<string, OracleOp> ops)
    {
        ops.Add("persist.start", StartAsync);
        ops.Add("persist.stop", StopAsync);
        ops.Add("store.load", LoadAsync);
        ops.Add("settle", SettleAsync);
    }

    private static async ValueTask StartAsync(World world, Request request, Answer answer)
    {
        var store = world.Store(request);
        var doc = world.Doc(request);
        var key = (request.String("store"), request.String("doc"));
        if (world.Persisters.ContainsKey(key))
        {
            throw new OracleRequestException("That store already persists to that document.");
        }

        var (autoLoad, autoSave) = (request.Boolean("autoLoad", true), request.Boolean("autoSave", true));
        var options = Options(request);
        foreach (var suffix in options.Layout == DocLayout.Flat ? (string[])["/cells", "/values"] : [""])
        {
            doc.Root(options.RootName + suffix, "map");
        }

        var persister = new YjsPersister(store, doc.Doc, options);
        persister.Error += (_, error) => Console.Error.WriteLine($"A persister reports ({error.Operation}, {error.Path}): {error.Exception}");
        world.Persisters.Add(key, persister);
        try
        {
            var start = (autoLoad, autoSave) switch
            {
                (true, true) => persister.StartAutoPersistingAsync(),
                (true, false) => persister.StartAutoLoadAsync(),
                (false, true) => persister.StartAutoSaveAsync(),
                _ => Task.CompletedTask,
            };
            await start;
        }
        catch
        {
            world.Persisters.Remove(key);
            await persister.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask StopAsync(World world, Request request, Answer answer)
    {
        if (!world.Persisters.Remove((request.String("store"), request.String("doc")), out var persister))
        {
            throw new OracleRequestException("That store does not persist to that document.");
        }

        await persister.DisposeAsync();
    }

    private static async ValueTask LoadAsync(World world, Request request, Answer answer)
    {
        var version = request.Version();
        var update = request.Bytes("update");
        var options = Options(request);
        await Repetition.RunAsync(request, answer, async () =>
        {
            using var doc = new YDoc();
            DocumentOps.Apply(doc, version, update);
            await using var persister = new YjsPersister(new Store(), doc, options);
            await persister.LoadAsync();
        });
    }

    /// <summary>Waits until a few turns of the event loop in a row had nothing to do.</summary>
    private static async ValueTask SettleAsync(World world, Request request, Answer answer)
    {
        for (int turn = 0, quiet = 0; turn < MaxTurns; turn++)
        {
            await Task.Yield();
            var isIdle = world.Loop.Waiting == 0 && world.Persisters.Values.All(persister => persister.Status == PersisterStatus.Idle);
            quiet = isIdle ? quiet + 1 : 0;
            if (quiet == QuietTurns)
            {
                return;
            }

            if (!isIdle && world.Loop.Waiting == 0)
            {
                await Task.Delay(1);
            }
        }

        throw new OracleRequestException($"Something was still going on after {MaxTurns} turns.");
    }

    private static YjsPersisterOptions Options(Request request)
    {
        var options = new YjsPersisterOptions
        {
            Layout = request.OptionalString("layout") switch
            {
                null or "nested" => DocLayout.Nested,
                "flat" => DocLayout.Flat,
                var other => throw new OracleRequestException($"There is no layout \"{other}\": it is nested or flat."),
            },
        };
        if (request.OptionalString("root") is { } root)
        {
            options.RootName = root;
        }

        return options;
    }
}
