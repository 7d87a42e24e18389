using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

public sealed class DocFileClientIdTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task SessionClientIds_AfterRunsWithEdits_HoldsTheIdsOfAll()
    {
        HashSet<ulong> ids = [];
        for (var run = 0; run < 5; run++)
        {
            var (file, doc) = await StartAsync(_disk);
            ids.Add(doc.ClientId);
            doc.Edit($"{run}");
            Assert.Equal(ids, file.SessionClientIds.ToHashSet());
            await (run % 2 == 0 ? file.CompactAsync() : Task.CompletedTask);
            await file.DisposeAsync();
        }

        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public async Task SessionClientIds_RunsWithoutEdits_LeaveNoTrace()
    {
        for (var run = 0; run < 3; run++)
        {
            var (file, doc) = await StartAsync(_disk);
            Assert.Equal([doc.ClientId], file.SessionClientIds);
            doc.ApplyUpdate(UpdateOf(d => d.Edit($"{run}"), 7 + (ulong)run), "a peer");
            await file.DisposeAsync();
        }
    }

    [Fact]
    public async Task SessionClientIds_AnEditIsOnTheDisk_SoIsItsId()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new SimulatedDisk();
            var (file, doc) = await StartAsync(disk);
            doc.Edit("a", new string('x', 2000));
            doc.Edit("b", new string('x', 2000));
            await file.WhenSavedAsync();
            doc.Edit("c");
            var (again, loaded) = await StartAsync(disk.LosePower(new Random(seed)));
            Assert.Contains(doc.ClientId, again.SessionClientIds);
            await file.DisposeAsync();
        }
    }

    [Fact]
    public async Task SessionClientIds_ClientIdRotates_HoldsOldAndNew()
    {
        var (file, doc) = await StartAsync(_disk);
        var old = doc.ClientId;
        doc.ApplyUpdate(UpdateOf(d => d.Edit("imposter"), old), "a peer");
        Assert.NotEqual(old, doc.ClientId);
        doc.Edit("mine");
        await file.DisposeAsync();

        var (again, _) = await StartAsync(_disk);
        Assert.Contains(old, again.SessionClientIds);
        Assert.Contains(doc.ClientId, again.SessionClientIds);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task SessionClientIds_AppSetsTheId_HoldsIt()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        doc.ClientId = 4242;
        doc.Edit("b");
        await file.DisposeAsync();

        var (again, _) = await StartAsync(_disk);
        Assert.Contains(4242ul, again.SessionClientIds);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_AppGivesEachRunTheSameId_TheDocumentTakesANewOne()
    {
        var first = new YDoc(new YDocOptions { ClientId = 4242 });
        var file = await OpenAsync(_disk, first);
        first.Edit("a");
        await file.DisposeAsync();

        var second = new YDoc(new YDocOptions { ClientId = 4242 });
        await using var again = await OpenAsync(_disk, second);
        Assert.NotEqual(4242ul, second.ClientId);
        Assert.Equal(0ul, second.ClientId % 2);
    }

    /// <summary>
    /// The power took the edit, but not the id that was flushed before it; the edit had reached others. Were the id used again,
    /// its first edit would have the number of the lost one, and the two would never come together.
    /// </summary>
    [Fact]
    public async Task OpenAsync_EditsUnderTheIdWereLost_TheIdIsNotUsedAgain()
    {
        var first = new YDoc(new YDocOptions { ClientId = 4242 });
        var file = await OpenAsync(_disk, first);
        first.Edit("a");
        await file.WhenSavedAsync();
        var bytes = _disk.Read(ZooPath);
        await file.DisposeAsync();
        _disk.Put(ZooPath, bytes[..^1]);

        var second = new YDoc(new YDocOptions { ClientId = 4242 });
        await using var again = await OpenAsync(_disk, second);
        Assert.Empty(Content(second));
        Assert.NotEqual(4242ul, second.ClientId);
    }

    [Fact]
    public async Task OpenAsync_SameDocumentAgain_KeepsItsId()
    {
        var (file, doc) = await StartAsync(_disk);
        var id = doc.ClientId;
        doc.Edit("a");
        await file.DisposeAsync();
        await using var again = await OpenAsync(_disk, doc);
        Assert.Equal(id, doc.ClientId);
        Assert.Equal([id], again.SessionClientIds);
    }
}
