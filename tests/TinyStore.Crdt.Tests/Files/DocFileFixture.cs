using TinyStore.Crdt;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Files;

/// <summary>What the tests of document files share: documents with a map of numbered edits, on a simulated disk.</summary>
internal static class DocFileFixture
{
    public const string ZooPath = "zoo.doc";

    public static Task<DocFile> OpenAsync(SimulatedDisk disk, YDoc doc, Action<DocFileOptions>? configure = null)
    {
        // The two thresholds keep compaction out of tests that are not about it.
        var options = new DocFileOptions { Storage = disk, CompactionMinimumBytes = 1 << 30 };
        configure?.Invoke(options);
        return DocFile.OpenAsync(ZooPath, doc, options);
    }

    /// <summary>Opens the file with a new document, as the next start of the app does.</summary>
    public static async Task<(DocFile File, YDoc Doc)> StartAsync(SimulatedDisk disk, Action<DocFileOptions>? configure = null)
    {
        var doc = new YDoc();
        return (await OpenAsync(disk, doc, configure), doc);
    }

    /// <summary>What a new document holds after loading the file; the disk is left as it is.</summary>
    public static async Task<string> ContentAsync(SimulatedDisk disk)
    {
        var (file, doc) = await StartAsync(disk.LoseProcess());
        await using (file)
        {
            return Content(doc);
        }
    }

    public static string Content(YDoc doc) =>
        string.Join(' ', doc.GetMap("edits").Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));

    public static void Edit(this YDoc doc, string key, YValue value) => doc.GetMap("edits").Set(key, value);

    public static void Edit(this YDoc doc, string key) => doc.Edit(key, 1);

    /// <summary>The bytes that another peer's edits make, one update each.</summary>
    public static byte[][] UpdatesOf(ulong client, params Action<YDoc>[] edits)
    {
        using var doc = new YDoc(new YDocOptions { ClientId = client });
        List<byte[]> updates = [];
        using var observer = doc.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        foreach (var edit in edits)
        {
            edit(doc);
        }

        return [.. updates];
    }

    public static byte[] UpdateOf(Action<YDoc> edit, ulong client) => Assert.Single(UpdatesOf(client, edit));
}
