using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests.Conformance;

/// <summary>A file in a folder of its own.</summary>
internal sealed class FilePlace : IPersisterFixture
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("filepersister");
    private byte[] _intact = [];

    public string FilePath => Path.Combine(_folder.FullName, "store.json");

    private string TemporaryPath => FilePath + ".tinystore.tmp";

    public StoragePersister Create(Store store, StoragePersisterOptions options) => new FilePersister(
        store,
        FilePath,
        options.Fill(new FilePersisterOptions { PollInterval = TimeSpan.FromMilliseconds(50) }));

    public async Task<StoreContent?> ReadAsync()
    {
        if (!File.Exists(FilePath))
        {
            return null;
        }
        return new Store().SetJson(await File.ReadAllBytesAsync(FilePath)).GetContent();
    }

    // Like an editor that writes another file and renames it.
    public async Task WriteAsync(StoreContent content)
    {
        var other = Path.Combine(_folder.FullName, "other.tmp");
        await File.WriteAllTextAsync(other, new Store().SetContent(content).GetJson());
        File.Move(other, FilePath, overwrite: true);
    }

    public Task BreakWritesAsync()
    {
        for (; ; )
        {
            try
            {
                Directory.CreateDirectory(TemporaryPath);
                return Task.CompletedTask;
            }
            catch (IOException)
            {
                // A save is just under way there.
            }
        }
    }

    public Task RepairWritesAsync()
    {
        if (Directory.Exists(TemporaryPath))
        {
            Directory.Delete(TemporaryPath);
        }
        return Task.CompletedTask;
    }

    public async Task BreakReadsAsync()
    {
        _intact = await File.ReadAllBytesAsync(FilePath);
        await File.WriteAllBytesAsync(FilePath, _intact[..(_intact.Length / 2)]);
    }

    public Task RepairReadsAsync() => File.WriteAllBytesAsync(FilePath, _intact);

    public async Task<IAsyncDisposable> HoldWritesAsync() => await FileLock.TakeAsync(FilePath + ".lock", TimeSpan.FromMinutes(1), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }
}
