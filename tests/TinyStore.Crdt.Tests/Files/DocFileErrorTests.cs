using Microsoft.Extensions.Time.Testing;
using TinyStore.Crdt;
using TinyStore.Crdt.Files.Storage;
using TinyStore.Crdt.Tests.Files.Storage;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

public sealed class DocFileErrorTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("write")]
    [InlineData("flush")]
    public async Task WhenSavedAsync_WriteFails_ThrowsAndTheNextCallTriesAgain(string failing)
    {
        var (file, doc) = await StartAsync(_disk, o => o.TimeProvider = _time);
        doc.Edit("a");
        await file.WhenSavedAsync();
        _disk.Fail = (step, _) => step == failing ? new IOException("the disk is full") : null;
        doc.Edit("b");
        doc.Edit("c");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("the disk is full", (await Assert.ThrowsAsync<IOException>(() => file.WhenSavedAsync())).Message);
            Assert.Equal(2, file.PendingCount);
        }

        doc.Edit("d");
        _disk.Fail = null;
        await file.WhenSavedAsync();
        Assert.Equal(0, file.PendingCount);
        var (again, loaded) = await StartAsync(_disk.LosePower(new Random(1)));
        Assert.Equal("a=1 b=1 c=1 d=1", Content(loaded));
        Assert.Empty(again.Damage);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task Error_WriteFails_IsRaisedInTheLane()
    {
        var (file, doc) = await StartAsync(_disk, o => o.TimeProvider = _time);
        var raised = new TaskCompletionSource<(DocFileErrorEventArgs Error, bool IsInside)>();
        file.Error += (_, e) => raised.TrySetResult((e, doc.Context.IsInside));
        var failure = new IOException("the disk is full");
        _disk.Fail = (step, _) => step == "write" ? failure : null;
        doc.Edit("a");
        var (error, isInside) = await raised.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Same(failure, error.Exception);
        Assert.Equal(DocFileOperation.Write, error.Operation);
        Assert.True(isInside);

        _disk.Fail = null;
        await file.DisposeAsync();
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task Write_Failed_IsTriedAgainAfterTheDelayAndNotBefore()
    {
        var (file, doc) = await StartAsync(_disk, o => (o.TimeProvider, o.RetryDelay) = (_time, TimeSpan.FromMinutes(1)));
        using var failed = new SemaphoreSlim(0);
        file.Error += (_, _) => failed.Release();
        var attempts = 0;
        _disk.Fail = (step, _) => step == "write" && ++attempts < 3 ? new IOException() : null;

        doc.Edit("a");
        await failed.WaitAsync();
        doc.Edit("b"); // waits for the next attempt, so that a full disk is not asked for every edit
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        await failed.WaitAsync();
        Assert.Equal(2, attempts);

        var saved = new TaskCompletionSource();
        file.Saved += (_, _) => saved.TrySetResult();
        _time.Advance(TimeSpan.FromMinutes(1));
        await saved.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, file.PendingCount);
        Assert.Equal("a=1 b=1", await ContentAsync(_disk));
        await file.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_WriteFails_ThrowsAndLetsGoOfTheFile()
    {
        var (file, doc) = await StartAsync(_disk, o => o.TimeProvider = _time);
        doc.Edit("a");
        await file.WhenSavedAsync();
        _disk.Fail = (step, _) => step == "flush" ? new IOException("gone") : null;
        doc.Edit("b");
        await Assert.ThrowsAsync<IOException>(() => file.DisposeAsync().AsTask());
        await Assert.ThrowsAsync<IOException>(() => file.DisposeAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.WhenSavedAsync());

        _disk.Fail = null;
        var again = await OpenAsync(_disk, doc); // the document still has it, so the next file gets it
        await again.DisposeAsync();
        Assert.Equal("a=1 b=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task Write_FileRemovedMeanwhile_IsAnErrorAndNotALossInSilence()
    {
        var (file, doc) = await StartAsync(_disk, o => o.TimeProvider = _time);
        _disk.Delete(ZooPath);
        doc.Edit("a");
        Assert.Contains("removed", (await Assert.ThrowsAsync<FileNotFoundException>(() => file.WhenSavedAsync())).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FileNotFoundException>(() => file.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Write_FileReplacedMeanwhile_IsAnError()
    {
        var (file, doc) = await StartAsync(_disk, o => o.TimeProvider = _time);
        _disk.Fail = (step, _) => step == "write" ? new IOException() : null;
        doc.Edit("a");
        await Assert.ThrowsAsync<IOException>(() => file.WhenSavedAsync()); // the handle is closed now
        _disk.Fail = null;
        var foreign = new SimulatedDisk();
        var (foreignFile, _) = await StartAsync(foreign);
        await foreignFile.DisposeAsync();
        _disk.Put(ZooPath, foreign.Read(ZooPath));

        Assert.Contains("another program", (await Assert.ThrowsAsync<IOException>(() => file.WhenSavedAsync())).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => file.DisposeAsync().AsTask());
    }

    /// <summary>The same with the errors of a real system: its device that is always full.</summary>
    [Fact]
    public async Task WhenSavedAsync_DeviceIsFull_ThrowsWhatTheSystemSays()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.False(OperatingSystem.IsLinux());
            return; // only Linux and some BSDs have it
        }

        var directory = Directory.CreateTempSubdirectory("docfile");
        try
        {
            var storage = new FullDisk();
            var path = System.IO.Path.Combine(directory.FullName, "zoo.doc");
            var doc = new TinyStore.Yjs.YDoc();
            var file = await DocFile.OpenAsync(path, doc, new DocFileOptions { Storage = storage });
            storage.IsFull = true;
            doc.Edit("a");
            var e = await Assert.ThrowsAnyAsync<IOException>(() => file.WhenSavedAsync());
            Assert.Contains("No space left", e.Message, StringComparison.OrdinalIgnoreCase);
            storage.IsFull = false;
            await file.WhenSavedAsync();
            await file.DisposeAsync();

            var loaded = new TinyStore.Yjs.YDoc();
            await (await DocFile.OpenAsync(path, loaded)).DisposeAsync();
            Assert.Equal("a=1", Content(loaded));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The machine's file system, whose writes can be led to the device that is always full.</summary>
    private sealed class FullDisk : DocStorage
    {
        private readonly DocStorage _disk = DiskStorage.Instance;

        public bool IsFull { get; set; }

        public override IDisposable? TryLock(string path) => _disk.TryLock(path);

        public override bool Exists(string path) => _disk.Exists(path);

        public override IStorageFile Open(string path) => new FullFile(this, _disk.Open(path));

        public override IStorageFile OpenRead(string path) => _disk.OpenRead(path);

        public override IStorageFile Create(string path) => new FullFile(this, _disk.Create(path));

        public override void Delete(string path) => _disk.Delete(path);

        public override void Replace(string source, string destination) => _disk.Replace(source, destination);

        public override void FlushDirectoryOf(string path) => _disk.FlushDirectoryOf(path);

        private sealed class FullFile(FullDisk disk, IStorageFile file) : IStorageFile
        {
            public long Length => file.Length;

            public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

            public void Write(long offset, ReadOnlySpan<byte> bytes)
            {
                if (disk.IsFull)
                {
                    using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                    RandomAccess.Write(full, bytes, 0);
                }

                file.Write(offset, bytes);
            }

            public void SetLength(long length) => file.SetLength(length);

            public void Flush() => file.Flush();

            public void Dispose() => file.Dispose();
        }
    }
}
