using TinyStore.Crdt;
using TinyStore.Crdt.Files.Storage;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Files.Storage;

public sealed class DiskStorageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("docfile");
    private readonly DiskStorage _disk = DiskStorage.Instance;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void TryLock_HeldInThisProcess_Null()
    {
        var path = PathOf("a.lock");
        using (_disk.TryLock(path))
        {
            Assert.Null(_disk.TryLock(path));
        }

        using var again = _disk.TryLock(path);
        Assert.NotNull(again);
    }

    [Fact]
    public void TryLock_NoSuchDirectory_ThrowsAndIsNotTakenForALock() =>
        Assert.Throws<DirectoryNotFoundException>(() => _disk.TryLock(PathOf("none/a.lock")));

    [Fact]
    public void FlushDirectoryOf_NoSuchDirectory_SaysWhich()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("none", Assert.Throws<IOException>(() => _disk.FlushDirectoryOf(PathOf("none/a"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Replace_WhileTheNewFileIsOpen_ItGoesOnUnderTheOtherName()
    {
        File.WriteAllText(PathOf("a"), "old");
        using (var file = _disk.Create(PathOf("a.new")))
        {
            file.Write(0, "new"u8);
            file.Flush();
            _disk.Replace(PathOf("a.new"), PathOf("a"));
            _disk.FlushDirectoryOf(PathOf("a"));
            file.Write(3, "er"u8);
            file.Flush();
            Assert.Equal(5, file.Length);
        }

        Assert.Equal("newer", File.ReadAllText(PathOf("a")));
        Assert.False(File.Exists(PathOf("a.new")));
    }

    [Fact]
    public async Task DocFile_OnTheDisk_SurvivesRunsAndCompactions()
    {
        for (var run = 0; run < 5; run++)
        {
            var doc = new YDoc();
            await using var file = await DocFile.OpenAsync(PathOf("zoo.doc"), doc, new DocFileOptions { CompactionMinimumBytes = 1000 });
            Assert.Equal(PathOf("zoo.doc"), file.Path);
            Assert.Equal(run * 100, doc.GetMap("edits").Count);
            for (var i = 0; i < 100; i++)
            {
                doc.Edit($"{run} {i}");
            }

            await file.CompactAsync();
            doc.Edit($"{run} 0", "once more");
        }

        Assert.Equal(["zoo.doc", "zoo.doc.lock"], _directory.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task DocFile_ReadAndCopiedMeanwhile_TheCopyIsWhole()
    {
        var doc = new YDoc();
        await using var file = await DocFile.OpenAsync(PathOf("zoo.doc"), doc);
        doc.Edit("a");
        await file.WhenSavedAsync();
        File.Copy(PathOf("zoo.doc"), PathOf("copy.doc"));

        var copy = new YDoc();
        await (await DocFile.OpenAsync(PathOf("copy.doc"), copy)).DisposeAsync();
        Assert.Equal("a=1", DocFileFixture.Content(copy));
    }

    [Fact]
    public async Task DocFile_RelativePath_IsTakenFromTheCurrentDirectoryOnce()
    {
        var name = $"{Guid.NewGuid():N}.doc";
        try
        {
            await using var file = await DocFile.OpenAsync(name, new YDoc());
            Assert.Equal(Path.GetFullPath(name), file.Path);
        }
        finally
        {
            File.Delete(name);
            File.Delete(name + ".lock");
        }
    }

    /// <summary>Two names of one file are one file: the lock is on it, and compaction does not put a file where the link was.</summary>
    [Fact]
    public async Task DocFile_ThroughALink_IsTheFileItself()
    {
        var doc = new YDoc();
        await (await DocFile.OpenAsync(PathOf("zoo.doc"), doc)).DisposeAsync();
        try
        {
            File.CreateSymbolicLink(PathOf("link.doc"), PathOf("zoo.doc"));
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            return; // Windows lets only some users make links
        }

        await using var file = await DocFile.OpenAsync(PathOf("link.doc"), doc);
        await Assert.ThrowsAsync<DocFileInUseException>(() => DocFile.OpenAsync(PathOf("zoo.doc"), new YDoc()));
        doc.Edit("a");
        await file.CompactAsync();
        Assert.NotNull(new FileInfo(PathOf("link.doc")).LinkTarget);
        Assert.Null(new FileInfo(PathOf("zoo.doc")).LinkTarget);
    }

    [Fact]
    public async Task DocFile_NoSuchDirectory_SaysWhich()
    {
        var e = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => DocFile.OpenAsync(PathOf("none/zoo.doc"), new YDoc()));
        Assert.Contains("none", e.Message, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
