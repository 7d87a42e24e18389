using TinyStore.Crdt;
using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

public sealed class DocFileTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task OpenAsync_AfterEdits_TheNextRunHasThem()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a", 1);
        doc.Edit("b", "two");
        doc.GetMap("edits").Delete("a");
        doc.GetText("text");
        await file.DisposeAsync();

        var (again, loaded) = await StartAsync(_disk);
        Assert.Equal("b=two", Content(loaded));
        Assert.Equal(doc.EncodeStateAsUpdate(), loaded.EncodeStateAsUpdate());
        Assert.Empty(again.Damage);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_ManyRuns_EachAddsToTheLast()
    {
        for (var run = 0; run < 10; run++)
        {
            var (file, doc) = await StartAsync(_disk);
            Assert.Equal(run, doc.GetMap("edits").Count);
            doc.Edit($"run {run}");
            await file.DisposeAsync();
        }
    }

    [Fact]
    public async Task OpenAsync_UpdatesOfOthers_AreKeptAsTheyCame()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.ApplyUpdate(UpdateOf(d => d.Edit("theirs"), 7), "a peer");
        await file.DisposeAsync();
        Assert.Equal("theirs=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task OpenAsync_Loading_IsOneRemoteTransactionWithTheFileAsOrigin()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        doc.Edit("b");
        await file.DisposeAsync();

        var again = new YDoc();
        List<(object? Origin, bool IsLocal)> transactions = [];
        using var observer = again.ObserveAfterTransaction(t => transactions.Add((t.Origin, t.IsLocal)));
        await using var opened = await OpenAsync(_disk, again);
        Assert.Equal([(opened, false)], transactions);
    }

    [Fact]
    public async Task OpenAsync_LoadingAlone_WritesNothing()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        var bytes = _disk.Read(ZooPath);

        for (var i = 0; i < 3; i++)
        {
            var (again, _) = await StartAsync(_disk);
            Assert.Equal(0, again.PendingCount);
            await again.DisposeAsync();
        }

        Assert.Equal(bytes, _disk.Read(ZooPath));
    }

    [Fact]
    public async Task OpenAsync_DocumentHasContent_ItIsAddedToTheFile()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("in the file");
        await file.DisposeAsync();

        var second = new YDoc();
        second.Edit("in the document");
        await (await OpenAsync(_disk, second)).DisposeAsync();
        Assert.Equal("in the document=1 in the file=1", Content(second));
        Assert.Equal("in the document=1 in the file=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task OpenAsync_SameDocumentAgain_OnlyWhatHappenedBetweenIsAdded()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        var length = file.Length;

        await (await OpenAsync(_disk, doc)).DisposeAsync();
        Assert.Equal(length, _disk.Read(ZooPath).Length);

        doc.Edit("b");
        var third = await OpenAsync(_disk, doc);
        Assert.Equal("a=1 b=1", Content(doc));
        await third.DisposeAsync();
        Assert.Equal("a=1 b=1", await ContentAsync(_disk));
        Assert.True(_disk.Read(ZooPath).Length < length + 100);
    }

    [Fact]
    public async Task OpenAsync_OpenAlready_RefusedWithTheFilesName()
    {
        var (file, doc) = await StartAsync(_disk);
        var e = await Assert.ThrowsAsync<DocFileInUseException>(() => StartAsync(_disk));
        Assert.Contains(ZooPath, e.Message, StringComparison.Ordinal);
        Assert.Equal(ZooPath, e.Path);

        doc.Edit("a");
        await file.DisposeAsync();
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task OpenAsync_FileOfLengthZero_IsANewOne()
    {
        _disk.Put(ZooPath, []);
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task OpenAsync_ForeignFile_RefusedAndLeftAlone()
    {
        foreach (var salvage in new[] { false, true })
        {
            var bytes = "Dear diary, today I opened a file that is no document at all."u8.ToArray();
            _disk.Put(ZooPath, bytes);
            var e = await Assert.ThrowsAsync<DocFileFormatException>(() => StartAsync(_disk, o => o.Salvage = salvage));
            Assert.Contains("not a document file", e.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, _disk.Read(ZooPath));
        }
    }

    [Fact]
    public async Task OpenAsync_RecordOfALaterVersion_RefusedAndLeftAlone()
    {
        using (var log = RecordLog.Create(_disk, ZooPath))
        {
            log.Append([new RecordEntry((RecordKind)9, new byte[3])]);
        }

        var bytes = _disk.Read(ZooPath);
        var e = await Assert.ThrowsAsync<DocFileFormatException>(() => StartAsync(_disk));
        Assert.Contains("byte 20", e.Message, StringComparison.Ordinal);
        Assert.Contains("later version", e.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, _disk.Read(ZooPath));
    }

    [Fact]
    public async Task OpenAsync_IntactRecordThatIsNoUpdate_RefusedWithItsPlaceAndTheDocumentUntouched()
    {
        using (var log = RecordLog.Create(_disk, ZooPath))
        {
            log.Append([new RecordEntry(RecordKind.Update, UpdateOf(d => d.Edit("a"), 7))]);
            log.Append([new RecordEntry(RecordKind.Update, "not an update"u8.ToArray())]);
        }

        var doc = new YDoc();
        var e = await Assert.ThrowsAsync<DocFileFormatException>(() => OpenAsync(_disk, doc));
        Assert.IsType<YUpdateFormatException>(e.InnerException);
        Assert.Empty(Content(doc));
    }

    [Fact]
    public async Task OpenAsync_OnlyTheNewVersionIsThere_RefusedUntilSomebodyDecides()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        var bytes = _disk.Read(ZooPath);
        _disk.Put(ZooPath + ".new", bytes);
        _disk.Delete(ZooPath);

        var e = await Assert.ThrowsAsync<DocFileFormatException>(() => StartAsync(_disk));
        Assert.Contains(ZooPath + ".new", e.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, _disk.Read(ZooPath + ".new"));
    }

    [Fact]
    public async Task OpenAsync_LeftoverOfACompaction_IsRemoved()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        _disk.Put(ZooPath + ".new", [1, 2, 3]);
        Assert.Equal("a=1", await ContentAsync(_disk));
        await (await StartAsync(_disk)).File.DisposeAsync();
        Assert.False(_disk.Exists(ZooPath + ".new"));
    }

    [Fact]
    public async Task OpenAsync_Cancelled_LetsGoOfTheFile()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DocFile.OpenAsync(ZooPath, new YDoc(), new DocFileOptions { Storage = _disk }, new CancellationToken(true)));
        await (await StartAsync(_disk)).File.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_DocumentIsDisposed_LetsGoOfTheFile()
    {
        var doc = new YDoc();
        doc.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => OpenAsync(_disk, doc));
        await (await StartAsync(_disk)).File.DisposeAsync();
    }

    [Fact]
    public async Task WhenSavedAsync_NothingWaits_IsComplete()
    {
        var (file, _) = await StartAsync(_disk);
        Assert.True(file.WhenSavedAsync().IsCompletedSuccessfully);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task WhenSavedAsync_Completed_ThePowerMayGo()
    {
        var (file, doc) = await StartAsync(_disk);
        for (var i = 0; i < 20; i++)
        {
            doc.Edit($"{i}");
            await file.WhenSavedAsync();
            Assert.Equal(i + 1, (await StartAsync(_disk.LosePower(new Random(i)))).Doc.GetMap("edits").Count);
        }

        Assert.Equal(0, file.PendingCount);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task WhenSavedAsync_ManyEditsDuringAFlush_GoWithTheNextOne()
    {
        var (file, doc) = await StartAsync(_disk);
        using var mayFlush = new ManualResetEventSlim();
        using var isFlushing = new SemaphoreSlim(0);
        var flushes = 0;
        _disk.Fail = (step, _) =>
        {
            if (step == "flush")
            {
                flushes++;
                isFlushing.Release();
                mayFlush.Wait();
            }

            return null;
        };

        // The disk waits inside its own lock, so nothing else may use it meanwhile.
        doc.Edit("first");
        await isFlushing.WaitAsync();
        for (var i = 0; i < 1000; i++)
        {
            doc.Edit($"{i}");
        }

        var saved = file.WhenSavedAsync();
        Assert.False(saved.IsCompleted);
        Assert.Equal(1001, file.PendingCount);
        mayFlush.Set();
        await saved;
        Assert.Equal(2, flushes);
        await file.DisposeAsync();
        Assert.Equal(1001, _disk.LosePower(new Random(1)) is var found ? (await StartAsync(found)).Doc.GetMap("edits").Count : 0);
    }

    [Fact]
    public async Task WhenSavedAsync_Cancelled_OnlyTheWaitingEnds()
    {
        var (file, doc) = await StartAsync(_disk);
        using var mayFlush = new ManualResetEventSlim();
        _disk.Fail = (step, _) =>
        {
            mayFlush.Wait();
            return null;
        };
        doc.Edit("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.WhenSavedAsync(new CancellationToken(true)));
        mayFlush.Set();
        await file.DisposeAsync();
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task Saved_AfterAFlush_IsRaisedInTheLane()
    {
        var (file, doc) = await StartAsync(_disk);
        var raised = new TaskCompletionSource<bool>();
        file.Saved += (_, _) => raised.TrySetResult(doc.Context.IsInside);
        doc.Edit("a");
        Assert.True(await raised.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        await file.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_EditsWait_AreWrittenFirst()
    {
        var (file, doc) = await StartAsync(_disk);
        for (var i = 0; i < 500; i++)
        {
            doc.Edit($"{i}");
        }

        await file.DisposeAsync();
        await file.DisposeAsync();
        Assert.Equal(500, (await StartAsync(_disk.LosePower(new Random(3)))).Doc.GetMap("edits").Count);
    }

    [Fact]
    public async Task DisposeAsync_LaterEdits_AreNotRecorded()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        await file.DisposeAsync();
        doc.Edit("b");
        doc.ApplyUpdate(UpdateOf(d => d.Edit("c"), 7), "a peer");
        Assert.True(file.WhenSavedAsync().IsCompletedSuccessfully);
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task DisposeAsync_DocumentDisposedBefore_WhatItEmittedIsWritten()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        doc.Dispose();
        await file.DisposeAsync();
        Assert.Equal("a=1", await ContentAsync(_disk));
    }

    [Fact]
    public async Task DisposeAsync_InsideTheLane_DoesNotWaitForIt()
    {
        var (file, doc) = await StartAsync(_disk);
        await await doc.Context.RunAsync(() =>
        {
            doc.Edit("a");
            return file.DisposeAsync().AsTask();
        });
        Assert.Equal("a=1", await ContentAsync(_disk));
    }
}
