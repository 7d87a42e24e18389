using TinyStore.Crdt;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

public sealed class DocFileCompactionTests
{
    private const string NewPath = ZooPath + ".new";

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task CompactAsync_OneKeyOverwritten_ShrinksToTheState()
    {
        var (file, doc) = await StartAsync(_disk);
        for (var i = 0; i < 500; i++)
        {
            doc.Edit("key", i);
        }

        await file.WhenSavedAsync();
        Assert.True(file.Length > 10_000);
        await file.CompactAsync();
        Assert.True(file.Length < 200, $"{file.Length} bytes");
        Assert.Equal(file.Length, _disk.Read(ZooPath).Length);
        Assert.False(_disk.Exists(NewPath));

        doc.Edit("key", "after");
        await file.DisposeAsync();
        Assert.Equal("key=after", await ContentAsync(_disk));
    }

    [Fact]
    public async Task CompactAsync_EmptyDocument_KeepsTheRest()
    {
        var (file, _) = await StartAsync(_disk);
        file.Open("room", this).Save([1], 0);
        await file.CompactAsync();
        await file.DisposeAsync();
        var (again, _) = await StartAsync(_disk);
        Assert.Equal([1], again.Open("room", this).Cursor.ToArray());
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Compaction_Automatic_KeepsTheFileWithinTheFactor()
    {
        var (file, doc) = await StartAsync(_disk, o => (o.CompactionMinimumBytes, o.CompactionFactor) = (4000, 2));
        for (var i = 0; i < 3000; i++)
        {
            doc.Edit($"{i % 50}", i);
            await file.WhenSavedAsync();
            if (i % 50 != 0)
            {
                continue;
            }

            var state = doc.EncodeStateAsUpdate().Length;
            for (var patience = 0; file.Length > Math.Max(state + 4000, 3 * state) + 500; patience++)
            {
                Assert.True(patience < 2000, $"{file.Length} bytes, and nothing happens");
                await Task.Delay(10);
            }
        }

        await file.DisposeAsync();
        Assert.Equal(Content(doc), await ContentAsync(_disk));
    }

    [Fact]
    public async Task Compaction_DocumentThatOnlyGrows_IsDoneAFewTimesOnly()
    {
        var compactions = 0;
        _disk.Fail = (step, path) =>
        {
            compactions += step == "create" && path == NewPath ? 1 : 0;
            return null;
        };
        var (file, doc) = await StartAsync(_disk, o => o.CompactionMinimumBytes = 2000);
        for (var i = 0; i < 3000; i++)
        {
            doc.Edit($"a new key {i}");
            await file.WhenSavedAsync();
        }

        await file.DisposeAsync();
        Assert.InRange(compactions, 1, 12); // each begins with a file three times as long as the one before
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("replace")]
    public async Task CompactAsync_EditsMeanwhile_AreInTheNewFile(string step)
    {
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", this);
        doc.Edit("before");
        await file.WhenSavedAsync();
        var edited = 0;
        _disk.Fail = (s, path) =>
        {
            if (s == step && (path == NewPath || s == "replace") && edited++ == 0)
            {
                doc.Edit("meanwhile");
                doc.Edit("before", 2);
                doc.ApplyUpdate(UpdateOf(d => d.Edit("theirs"), 7), this);
                room.Save([7], 0);
            }

            return null;
        };
        await file.CompactAsync();
        Assert.True(edited > 0);
        doc.Edit("after");
        await file.WhenSavedAsync();

        var (found, loaded) = await StartAsync(_disk.LosePower(new Random(1)));
        Assert.Equal("after=1 before=2 meanwhile=1 theirs=1", Content(loaded));
        var known = found.Open("room", this);
        Assert.Equal([7], known.Cursor.ToArray());
        Assert.Equal(1, known.UnacknowledgedCount);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task CompactAsync_SavedMeanwhileInTheOldFile_IsCopied()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("before");
        await file.WhenSavedAsync();
        using var isFolding = new SemaphoreSlim(0);
        using var mayFold = new ManualResetEventSlim();
        var storage = new Gate(_disk) { BeforeCreate = () => { isFolding.Release(); mayFold.Wait(); } };
        await file.DisposeAsync();
        file = await OpenAsync(_disk, doc, o => o.Storage = storage);

        var compacted = file.CompactAsync();
        await isFolding.WaitAsync();
        for (var i = 0; i < 20; i++)
        {
            doc.Edit($"meanwhile {i}");
            await file.WhenSavedAsync(); // the compaction does not hold up the saving
        }

        Assert.False(compacted.IsCompleted);
        mayFold.Set();
        await compacted;
        Assert.Equal(21, (await StartAsync(_disk.LosePower(new Random(2)))).Doc.GetMap("edits").Count);
        await file.DisposeAsync();
    }

    /// <summary>Each step of a compaction fails once: the file is whole, the error is told, a later attempt succeeds.</summary>
    [Fact]
    public async Task CompactAsync_AnyStepFails_TheFileIsWholeAndALaterOneSucceeds()
    {
        for (var failing = 0; ; failing++)
        {
            var disk = new SimulatedDisk();
            var (file, doc) = await StartAsync(disk);
            for (var i = 0; i < 50; i++)
            {
                doc.Edit("key", i);
            }

            await file.WhenSavedAsync();
            var before = file.Length;
            var error = new TaskCompletionSource<DocFileErrorEventArgs>();
            file.Error += (_, e) => error.TrySetResult(e);
            var steps = 0;
            disk.Fail = (step, _) => steps++ == failing ? new IOException(step) : null;
            try
            {
                await file.CompactAsync();
                Assert.True(failing >= 5, "create, write, flush, replace, flushdir at least");
                await file.DisposeAsync();
                return;
            }
            catch (IOException e)
            {
                var told = await error.Task.WaitAsync(TimeSpan.FromSeconds(20));
                Assert.Same(e, told.Exception);
                Assert.Equal(DocFileOperation.Compact, told.Operation);
            }

            disk.Fail = null;
            doc.Edit("after");
            await file.WhenSavedAsync();
            Assert.Equal("after=1 key=49", Content((await StartAsync(disk.LosePower(new Random(failing)))).Doc));
            await file.CompactAsync();
            Assert.True(file.Length < before);
            await file.DisposeAsync();
            Assert.Equal("after=1 key=49", await ContentAsync(disk));
        }
    }

    [Fact]
    public async Task CompactAsync_PowerLostAtAnyStep_EitherFileIsFoundAndItIsWhole()
    {
        for (var lastStep = 0; ; lastStep++)
        {
            var disk = new SimulatedDisk();
            var (file, doc) = await StartAsync(disk);
            var room = file.Open("room", this);
            for (var i = 0; i < 100; i++)
            {
                doc.Edit($"{i % 10}", i);
            }

            room.Save([5], 0);
            await file.WhenSavedAsync();
            var steps = 0;
            disk.Fail = (_, _) => steps++ < lastStep ? null : new IOException("the power is gone");
            var failed = false;
            try
            {
                await file.CompactAsync();
            }
            catch (IOException)
            {
                failed = true;
            }

            for (var seed = 0; seed < 10; seed++)
            {
                var found = disk.LosePower(new Random(seed));
                var (again, loaded) = await StartAsync(found);
                Assert.Equal(Content(doc), Content(loaded));
                Assert.Empty(again.Damage);
                Assert.Equal([5], again.Open("room", this).Cursor.ToArray());
                Assert.Contains(doc.ClientId, again.SessionClientIds);
                await again.DisposeAsync();
                Assert.False(found.Exists(NewPath));
            }

            await file.DisposeAsync();
            if (!failed)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Compaction_Fails_IsNotTriedAgainAtEachWrite()
    {
        var (file, doc) = await StartAsync(_disk, o => o.CompactionMinimumBytes = 2000);
        var attempts = 0;
        _disk.Fail = (step, path) =>
        {
            if (step == "create" && path == NewPath)
            {
                attempts++;
                return new IOException("no room for a second file");
            }

            return null;
        };
        for (var i = 0; i < 1000; i++)
        {
            doc.Edit("key", i);
            await file.WhenSavedAsync();
        }

        await file.DisposeAsync();
        Assert.InRange(attempts, 1, 10); // at twice the length each
    }

    [Fact]
    public async Task CompactAsync_TwiceAtOnce_BothCompleteAndHoldWhatCameBefore()
    {
        var (file, doc) = await StartAsync(_disk);
        List<Task> compactions = [];
        for (var i = 0; i < 10; i++)
        {
            doc.Edit($"{i}");
            compactions.Add(file.CompactAsync());
        }

        await Task.WhenAll(compactions);
        Assert.Equal(10, (await StartAsync(_disk.LosePower(new Random(1)))).Doc.GetMap("edits").Count);
        await file.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.CompactAsync());
    }

    [Fact]
    public async Task DisposeAsync_DuringACompaction_LeavesOneWholeFile()
    {
        for (var i = 0; i < 50; i++)
        {
            var disk = new SimulatedDisk();
            var (file, doc) = await StartAsync(disk);
            for (var edit = 0; edit < 200; edit++)
            {
                doc.Edit("key", edit);
            }

            var compacted = file.CompactAsync();
            await Task.Delay(i % 10);
            doc.Edit("last");
            await file.DisposeAsync();
            await compacted.ContinueWith(static _ => { }, TaskScheduler.Default);
            Assert.False(disk.Exists(NewPath));
            Assert.Equal("key=199 last=1", await ContentAsync(disk));
        }
    }

    /// <summary>A disk whose creations can be held up without holding its lock.</summary>
    private sealed class Gate(SimulatedDisk disk) : Crdt.Files.Storage.DocStorage
    {
        public Action? BeforeCreate { get; set; }

        public override IDisposable? TryLock(string path) => disk.TryLock(path);

        public override bool Exists(string path) => disk.Exists(path);

        public override Crdt.Files.Storage.IStorageFile Open(string path) => disk.Open(path);

        public override Crdt.Files.Storage.IStorageFile OpenRead(string path) => disk.OpenRead(path);

        public override Crdt.Files.Storage.IStorageFile Create(string path)
        {
            BeforeCreate?.Invoke();
            return disk.Create(path);
        }

        public override void Delete(string path) => disk.Delete(path);

        public override void Replace(string source, string destination) => disk.Replace(source, destination);

        public override void FlushDirectoryOf(string path) => disk.FlushDirectoryOf(path);
    }
}
