using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

/// <summary>Updates whose predecessors have not arrived: the document emits nothing for them, and they must not be lost.</summary>
public sealed class DocFilePendingTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly byte[] _first;
    private readonly byte[] _second;
    private readonly byte[] _delete;

    public DocFilePendingTests()
    {
        var updates = UpdatesOf(7, d => d.Edit("a"), d => d.Edit("b"), d => d.GetMap("edits").Delete("a"));
        (_first, _second, _delete) = (updates[0], updates[1], updates[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StructsThatWait_AreThereAfterARestart(bool compact)
    {
        var (file, doc) = await StartAsync(_disk);
        doc.ApplyUpdate(_second, "a peer");
        await RestartAsync(file, compact);

        var (again, loaded) = await StartAsync(_disk);
        Assert.True(loaded.HasPending);
        Assert.Empty(Content(loaded));
        loaded.ApplyUpdate(_first, "a peer");
        Assert.False(loaded.HasPending);
        Assert.Equal("a=1 b=1", Content(loaded));
        await RestartAsync(again, compact);
        Assert.Equal("a=1 b=1", await ContentAsync(_disk));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeletesThatWait_AreThereAfterARestart(bool compact)
    {
        var (file, doc) = await StartAsync(_disk);
        doc.ApplyUpdate(_delete, "a peer");
        await RestartAsync(file, compact);

        var (again, loaded) = await StartAsync(_disk);
        Assert.True(loaded.HasPending);
        loaded.ApplyUpdate(_first, "a peer");
        Assert.Equal("", Content(loaded));
        Assert.False(loaded.HasPending);
        await RestartAsync(again, compact);
        Assert.Equal("", await ContentAsync(_disk));
    }

    [Fact]
    public async Task StructsThatWait_AreSavedBeforeACursorThatIsBehindThem()
    {
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", this);
        doc.ApplyUpdate(_second, this);
        room.Save([1, 2, 3], 0);
        await file.WhenSavedAsync();

        var (_, loaded) = await StartAsync(_disk.LosePower(new Random(1)));
        Assert.True(loaded.HasPending);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task DocumentThatHasWaitingStructsWhenItIsOpened_TheyAreKept()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(_second, "a peer");
        await (await OpenAsync(_disk, doc)).DisposeAsync();

        var (again, loaded) = await StartAsync(_disk);
        loaded.ApplyUpdate(_first, "a peer");
        Assert.Equal("a=1 b=1", Content(loaded));
        await again.DisposeAsync();
    }

    [Fact]
    public async Task RestOfAnUpdateThatWaits_IsKept()
    {
        // One update of two clients: that of 9 comes in at once, that of 7 waits for its first edit.
        var other = UpdateOf(d => d.Edit("c"), 9);
        var (file, doc) = await StartAsync(_disk);
        doc.ApplyUpdate(YUpdate.Merge([_second, other]), "a peer");
        Assert.Equal("c=1", Content(doc));
        await file.DisposeAsync();

        var (again, loaded) = await StartAsync(_disk);
        loaded.ApplyUpdate(_first, "a peer");
        Assert.Equal("a=1 b=1 c=1", Content(loaded));
        await again.DisposeAsync();
    }

    private static async Task RestartAsync(DocFile file, bool compact)
    {
        if (compact)
        {
            await file.CompactAsync();
        }

        await file.DisposeAsync();
    }
}
