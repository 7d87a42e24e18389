using System.Runtime.Versioning;
using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests.Files;

public sealed class FilePersisterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("filepersister");
    private readonly TestLane _lane = new();
    private readonly Store _store = new();

    private string FilePath => Path.Combine(_folder.FullName, "store.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("[{\"t\":{\"r\":{\"c\":1}}},{\"v\"")]
    [InlineData("[{}")]
    [InlineData("[")]
    [InlineData("[{},{}] and more")]
    [InlineData("null")]
    [InlineData("{\"t\":{}}")]
    [InlineData("[]")]
    [InlineData("[{},{},1]")]
    [InlineData("[1,{}]")]
    [InlineData("[[{\"t\":[{},\"\",0]},\"\",0],[{},\"\",0]]")]
    [InlineData("\u0000\u0001binary")]
    public async Task Load_NotAStoresFile_IsReportedWithItsPathAndLeftAlone(string content)
    {
        await File.WriteAllTextAsync(FilePath, content);
        _store.SetValue("v", "mine");
        await using var persister = Persist();
        var errors = new List<PersisterErrorEventArgs>();
        persister.Error += (_, e) => errors.Add(e);

        var error = await Assert.ThrowsAsync<PersistedDataException>(() => persister.StartAutoPersistingAsync());

        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
        Assert.Same(error, Assert.Single(errors).Exception);
        Assert.Equal("mine", _store.GetValue("v"));
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task AutoPersisting_FileIsCutShortMeanwhile_NoSaveReplacesItUntilItIsWholeAgain()
    {
        await using var persister = Persist();
        await persister.StartAutoPersistingAsync(new Store().SetValue("a", 1).GetContent());
        var whole = await File.ReadAllTextAsync(FilePath);
        await File.WriteAllTextAsync(FilePath, whole[..5]);
        await PersisterFixtures.UntilAsync(() => persister.Stats.Errors > 0, "it is reported");

        await _lane.RunAsync(() => _store.SetValue("b", 2));
        await Assert.ThrowsAsync<PersistedDataException>(() => persister.FlushAsync());
        Assert.Equal(whole[..5], await File.ReadAllTextAsync(FilePath));
        Assert.True(persister.IsDirty);

        await File.WriteAllTextAsync(FilePath, "[{},{\"a\":1,\"c\":3}]");
        await persister.FlushAsync();
        Assert.Equal("[{},{\"a\":1,\"b\":2,\"c\":3}]", Canonical());
    }

    [Fact]
    public async Task AutoPersisting_TheAppInsistsOnItsOwnContent_TheDamagedFileIsReplaced()
    {
        await using var persister = Persist();
        await persister.StartAutoPersistingAsync(new Store().SetValue("a", 1).GetContent());
        await File.WriteAllTextAsync(FilePath, "[{");

        await persister.StopAutoLoadAsync();
        await persister.SaveAsync();

        Assert.Equal("[{},{\"a\":1}]", Canonical());
    }

    [Theory]
    [InlineData("in place")]
    [InlineData("renamed over it")]
    [InlineData("removed and made anew")]
    [InlineData("moved away, then written")]
    public async Task AutoLoad_HoweverAnEditorSaves_ComesIn(string how)
    {
        await using var persister = Persist();
        await persister.StartAutoPersistingAsync(new Store().SetValue("v", 0).GetContent());
        for (var i = 1; i < 6; i++)
        {
            var content = $"[{{}},{{\"v\":{i}}}]";
            switch (how)
            {
                case "in place":
                    await File.WriteAllTextAsync(FilePath, content);
                    break;
                case "renamed over it":
                    await File.WriteAllTextAsync(FilePath + "~", content);
                    File.Move(FilePath + "~", FilePath, overwrite: true);
                    break;
                case "removed and made anew":
                    File.Delete(FilePath);
                    await File.WriteAllTextAsync(FilePath, content);
                    break;
                default:
                    File.Move(FilePath, FilePath + ".bak", overwrite: true);
                    await File.WriteAllTextAsync(FilePath, content);
                    break;
            }
            var value = i;
            await PersisterFixtures.UntilAsync(() => _lane.RunAsync(() => _store.GetValue("v") == value), $"{how}, round {i}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AutoLoad_ByTheSystemsWordOrByPollingAlone_ComesIn(bool polls)
    {
        // Where it polls, its folder is not there yet when it starts, so that there is nothing to watch.
        var path = polls ? Path.Combine(_folder.FullName, "later", "store.json") : FilePath;
        await using var persister = new FilePersister(_store, path, new FilePersisterOptions
        {
            Post = _lane.Post,
            PollInterval = polls ? TimeSpan.FromMilliseconds(20) : TimeSpan.FromHours(1),
        });
        await persister.StartAutoLoadAsync();

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "[{},{\"v\":1}]");

        await PersisterFixtures.UntilAsync(() => _lane.RunAsync(() => _store.GetValue("v") == 1), "it comes in");
    }

    [Fact]
    public async Task Load_WithByteOrderMark_OrWithoutValues_IsRead()
    {
        await File.WriteAllTextAsync(FilePath, "\uFEFF[{\"t\":{\"r\":{\"c\":1}}}]");
        _store.SetValue("v", "stays");
        await using var persister = Persist();

        await persister.LoadAsync();

        Assert.Equal("[{\"t\":{\"r\":{\"c\":1}}},{\"v\":\"stays\"}]", _store.GetJson());
    }

    [Fact]
    public async Task Save_FolderIsNotThere_IsMade()
    {
        var path = Path.Combine(_folder.FullName, "a", "b", "store.json");
        await using var persister = new FilePersister(_store.SetValue("v", 1), path);

        await persister.SaveAsync();

        Assert.Equal("[{},{\"v\":1}]", await File.ReadAllTextAsync(path));
        Assert.Equal(["store.json", "store.json.lock"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Save_ThroughASymbolicLink_KeepsTheLinkAndTheMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var target = Path.Combine(_folder.CreateSubdirectory("elsewhere").FullName, "target.json");
        await File.WriteAllTextAsync(target, "[{},{}]");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(FilePath, target);
        await using var persister = Persist();

        await persister.LoadAsync();
        await _lane.RunAsync(() => _store.SetValue("v", 1));
        await persister.SaveAsync();

        // Auto-load follows the link too, though nothing changes in its folder but the file that it names.
        await persister.StartAutoLoadAsync();
        await File.WriteAllTextAsync(target, "[{},{\"v\":22}]");
        await PersisterFixtures.UntilAsync(() => _lane.RunAsync(() => _store.GetValue("v") == 22), "it comes in");
        await _lane.RunAsync(() => _store.SetValue("v", 1));
        await persister.SaveAsync();

        Assert.Equal(target, new FileInfo(FilePath).LinkTarget);
        Assert.Equal("[{},{\"v\":1}]", await File.ReadAllTextAsync(target));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
    }

    [Fact]
    public async Task Save_SomebodyHoldsTheLockTooLong_SaysSoAndWritesNothing()
    {
        await using var taken = await FileLock.TakeAsync(FilePath + ".lock", TimeSpan.FromMinutes(1), CancellationToken.None);
        await using var persister = new FilePersister(_store.SetValue("v", 1), FilePath, new FilePersisterOptions { LockTimeout = TimeSpan.FromMilliseconds(30) });

        var error = await Assert.ThrowsAsync<IOException>(() => persister.SaveAsync());

        Assert.Contains("store.json.lock", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath));
        Assert.True(persister.IsDirty);
    }

    [Fact]
    public async Task Save_AKilledProcessLeftItsTemporaryFile_ItIsReplaced()
    {
        await File.WriteAllTextAsync(AtomicFile.TemporaryOf(FilePath), "[{\"half");
        await using var persister = new FilePersister(_store.SetValue("v", 1), FilePath);

        await persister.SaveAsync();

        Assert.False(File.Exists(AtomicFile.TemporaryOf(FilePath)));
        Assert.Equal("[{},{\"v\":1}]", await File.ReadAllTextAsync(FilePath));
    }

    private string Canonical() => new Store().SetJson(File.ReadAllText(FilePath)).GetContent().Canonical();

    private FilePersister Persist() =>
        new(_store, FilePath, new FilePersisterOptions { Post = _lane.Post, PollInterval = TimeSpan.FromMilliseconds(50) });
}
