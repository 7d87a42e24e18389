using System.Runtime.CompilerServices;
using System.Text.Json;
using TinyStore;
using TinyStore.Crdt;
using TinyStore.Crdt.Files;
using TinyStore.Persisters;
using TinyStore.Persisters.Sqlite;
using TinyStore.Yjs;

namespace NativeAot;

/// <summary>Each library once, in a program without a just-in-time compiler: every step checks what came out of it.</summary>
internal static class Demo
{
    private static int _failed;

    /// <returns>The exit code: 0 where every check held.</returns>
    public static async Task<int> RunAsync(Uri? relay)
    {
        Console.WriteLine(RuntimeFeature.IsDynamicCodeSupported ? "this program has a just-in-time compiler" : "this program was compiled ahead of time");
        var folder = Directory.CreateTempSubdirectory("nativeaot-sample-").FullName;
        try
        {
            await DocumentOfYjsAsync().ConfigureAwait(false);
            await StorageAsync(folder).ConfigureAwait(false);
            await DocumentFileAsync(folder).ConfigureAwait(false);
            await RelayAsync(relay, folder).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine(_failed == 0 ? "all checks hold" : $"{_failed} checks do not hold");
        return _failed == 0 ? 0 : 1;
    }

    /// <summary>What yjs and TinyBase recorded is read into a store, edited there, and merged into another document.</summary>
    private static async Task DocumentOfYjsAsync()
    {
        using var fixture = JsonDocument.Parse(Fixture());
        using YDoc doc = new(), other = new();
        foreach (var update in fixture.RootElement.GetProperty("updates").EnumerateArray())
        {
            doc.ApplyUpdate(update.GetBytesFromBase64());
        }

        Check("the document encodes to the bytes of yjs", doc.EncodeStateAsUpdate().AsSpan().SequenceEqual(fixture.RootElement.GetProperty("state").GetBytesFromBase64()));

        Store store = new(), otherStore = new();
        await using var persister = new YjsPersister(store, doc);
        await using var otherPersister = new YjsPersister(otherStore, other);
        await persister.StartAutoPersistingAsync().ConfigureAwait(false);
        await otherPersister.StartAutoPersistingAsync().ConfigureAwait(false);
        var kept = new Store().SetJson("""[{"pets":{"fido":{"species":"dog","age":4,"sold":false,"owner":null,"tags":["a",{"b":1}]}}},{"since":1.5,"address":{"street":"x"}}]""");
        Check("the store holds what TinyBase kept in it", Same(store, kept), store.GetJson());

        store.SetCell("pets", "fido", "age", 5);
        otherStore.SetRow("pets", "felix", new Row { ["species"] = "cat" });
        other.ApplyUpdate(doc.EncodeStateAsUpdate(other.EncodeStateVector()));
        doc.ApplyUpdateV2(other.EncodeStateAsUpdateV2(doc.EncodeStateVector()));
        Check("two documents are one after they met", doc.EncodeStateVector().AsSpan().SequenceEqual(other.EncodeStateVector()) && Same(store, otherStore));
        Check("and hold both edits", store.GetCell("pets", "fido", "age") == 5 && store.GetCell("pets", "felix", "species") == "cat");
    }

    /// <summary>The JSON of a store, by itself, in a file and in a database.</summary>
    private static async Task StorageAsync(string folder)
    {
        Store store = new(), fromJson = new(), fromFile = new(), fromDatabase = new();
        store.SetTablesSchema(new TablesSchema { ["pets"] = new TableSchema { ["sold"] = new CellSchema(CellKind.Boolean) { Default = false } } });
        store.SetRow("pets", "fido", new Row { ["species"] = "dog" });
        Check("a schema adds its defaults", store.GetCell("pets", "fido", "sold") == false);
        Check("JSON gives the same store again", fromJson.SetJson(store.GetJson()).GetJson() == store.GetJson());

        var file = Path.Combine(folder, "store.json");
        await using (var writer = new FilePersister(store, file))
        {
            await writer.SaveAsync().ConfigureAwait(false);
        }

        await using var reader = new FilePersister(fromFile, file);
        await reader.LoadAsync().ConfigureAwait(false);
        Check("so does a file", Same(store, fromFile));

        var database = $"Data Source={Path.Combine(folder, "store.db")};Pooling=False";
        await using (var writer = new SqlitePersister(store, database))
        {
            await writer.SaveAsync().ConfigureAwait(false);
        }

        await using var databaseReader = new SqlitePersister(fromDatabase, database);
        await databaseReader.LoadAsync().ConfigureAwait(false);
        Check("and a SQLite database", Same(store, fromDatabase));
    }

    private static async Task DocumentFileAsync(string folder)
    {
        var path = Path.Combine(folder, "pets.ydoc");
        for (var run = 1; run <= 2; run++)
        {
            using YDoc doc = new();
            await using var file = await DocFile.OpenAsync(path, doc).ConfigureAwait(false);
            if (run == 1)
            {
                doc.GetMap("pets").Set("fido", "dog");
                await file.WhenSavedAsync().ConfigureAwait(false);
            }
            else
            {
                Check("a document file gives the document again", doc.GetMap("pets").ToJson() == """{"fido":"dog"}""");
            }
        }
    }

    /// <summary>Two peers in a room, over the wire: the relay is in this program, unless the address of another was given.</summary>
    private static async Task RelayAsync(Uri? url, string folder)
    {
        await using var relay = url is null ? await RelayHost.StartAsync(folder).ConfigureAwait(false) : null;
        var room = Guid.NewGuid().ToString();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using Peer ada = new(url ?? relay!.Url, room), grace = new(url ?? relay!.Url, room);
        await ada.StartAsync(patience.Token).ConfigureAwait(false);
        await ada.EditAsync(store => store.SetRow("pets", "fido", new Row { ["species"] = "dog" }), patience.Token).ConfigureAwait(false);
        await grace.StartAsync(patience.Token).ConfigureAwait(false);
        Check("a peer that comes later gets what the room holds", await grace.UntilAsync(store => store.HasRow("pets", "fido"), patience.Token).ConfigureAwait(false));

        await grace.GoOfflineAsync(patience.Token).ConfigureAwait(false);
        await grace.EditAsync(store => store.SetCell("pets", "fido", "age", 3), patience.Token).ConfigureAwait(false);
        await ada.EditAsync(store => store.SetCell("pets", "fido", "sold", true), patience.Token).ConfigureAwait(false);
        await grace.GoOnlineAsync(patience.Token).ConfigureAwait(false);
        Check("what was edited apart is together again", await ada.UntilAsync(store => store.GetCell("pets", "fido", "age") == 3, patience.Token).ConfigureAwait(false)
            && await grace.UntilAsync(store => store.GetCell("pets", "fido", "sold") == true, patience.Token).ConfigureAwait(false));
        await grace.WhenAcknowledgedAsync(patience.Token).ConfigureAwait(false);
        Check("and the relay has acknowledged it", grace.Unacknowledged == 0);
    }

    private static byte[] Fixture()
    {
        using var stream = typeof(Demo).Assembly.GetManifestResourceStream("tinybase-store.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static bool Same(Store one, Store other) =>
        JsonElement.DeepEquals(JsonDocument.Parse(one.GetJson()).RootElement, JsonDocument.Parse(other.GetJson()).RootElement);

    private static void Check(string what, bool holds, string? found = null)
    {
        _failed += holds ? 0 : 1;
        Console.WriteLine(holds ? $"ok: {what}" : $"NOT SO: {what}{(found is null ? "" : $"; found {found}")}");
    }
}
