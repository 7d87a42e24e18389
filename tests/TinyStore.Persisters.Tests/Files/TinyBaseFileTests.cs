using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests.Files;

/// <summary>One file, and the real TinyBase with its own file persister on it.</summary>
public sealed class TinyBaseFileTests : IDisposable
{
    private const string Everything =
        """[{"t":{"r1":{"a":"text","b":1,"c":true,"d":null,"e":"\uFFFD{\"k\":[1,null]}"},"r2":{"x":0.1,"y":"日本 \ud800"}},"__proto__":{"constructor":{"z":-1}}},{"v":false,"w":""}]""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tinybasefile");
    private readonly TestLane _lane = new();
    private readonly Store _store = new();

    private string FilePath => Path.Combine(_folder.FullName, "store.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task TinyBaseSaves_WeLoad()
    {
        await using (var theirs = await TinyBasePersister.OfFileAsync(FilePath))
        {
            await theirs.SetAsync(Everything);
            await theirs.CallAsync("save");
        }
        await using var ours = new FilePersister(_store, FilePath);

        await ours.LoadAsync();

        Assert.Equal(Canonical(Everything), _store.GetContent().Canonical());
    }

    [Fact]
    public async Task WeSave_TinyBaseLoads()
    {
        _store.SetJson(Everything);
        await using (var ours = new FilePersister(_store, FilePath))
        {
            await ours.SaveAsync();
        }
        await using var theirs = await TinyBasePersister.OfFileAsync(FilePath);

        await theirs.CallAsync("load");

        Assert.Equal(Canonical(Everything), await theirs.GetAsync());
    }

    [Fact]
    public async Task BothAutoPersist_EachTakesInWhatTheOtherWrites()
    {
        await using var theirs = await TinyBasePersister.OfFileAsync(FilePath);
        await theirs.SetCellAsync("t", "r", "theirs", 1);
        await theirs.CallAsync("save");
        await using var ours = new FilePersister(_store, FilePath, new FilePersisterOptions { Post = _lane.Post, PollInterval = TimeSpan.FromMilliseconds(50) });
        await ours.StartAutoPersistingAsync();
        await theirs.CallAsync("startAutoPersisting");

        for (var i = 2; i < 6; i++)
        {
            var value = i;
            await _lane.RunAsync(() => _store.SetCell("t", "r", "ours", value));
            await PersisterFixtures.UntilAsync(async () => (await theirs.GetAsync()).Contains($"\"ours\":{value}", StringComparison.Ordinal), "TinyBase has ours");
            await theirs.SetCellAsync("t", "r", "theirs", value);
            await PersisterFixtures.UntilAsync(() => _lane.RunAsync(() => _store.GetCell("t", "r", "theirs") == value), "we have theirs");
        }

        Assert.Equal("[{\"t\":{\"r\":{\"ours\":5,\"theirs\":5}}},{}]", await _lane.RunAsync(() => _store.GetContent().Canonical()));
        Assert.Equal(0, ours.Stats.Errors);
    }

    [Fact]
    public async Task TinyBaseMakesAnEmptyFile_CountsAsNothingPersisted()
    {
        await File.WriteAllTextAsync(FilePath, "");
        await using var ours = new FilePersister(_store, FilePath);

        await ours.StartAutoPersistingAsync(new Store().SetValue("v", 1).GetContent());

        Assert.Equal("[{},{\"v\":1}]", await File.ReadAllTextAsync(FilePath));
    }

    private static string Canonical(string json) => new Store().SetJson(json).GetContent().Canonical();
}
