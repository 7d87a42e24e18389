using TinyStore.Persisters;
using Xunit;

namespace TinyStore.TestKit.Persisters;

// Things that happen at the same time. Where the name has a letter and a number, docs/persisters.md has a line about it.
public abstract partial class PersisterConformance
{
    [Fact]
    public async Task R1_AutoLoad_LocalChangeWhileItIsUnderWay_IsKeptAndSaved()
    {
        await Place.WriteAsync(ContentOf("c", "old"));
        var persister = Persist();
        await persister.StartAutoPersistingAsync();
        Lane.Hold();
        var theirs = ContentOf("c", "theirs");
        theirs.Tables["t"]["new"] = new Row { ["c"] = "theirs" };
        await Place.WriteAsync(theirs);
        await PersisterFixtures.UntilAsync(() => Lane.Held > 0, "the load has read, and waits for the store");

        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", "mine").SetCell("t", "r", "d", "mine"));
        Lane.Release();
        await PersisterFixtures.UntilAsync(async () => (await StoreAsync()).Contains("\"new\"", StringComparison.Ordinal), "their row is here");
        await persister.FlushAsync();

        const string Wanted = "[{\"t\":{\"new\":{\"c\":\"theirs\"},\"r\":{\"c\":\"mine\",\"d\":\"mine\"}}},{\"v\":\"theirs\"}]";
        Assert.Equal(Wanted, await StoreAsync());
        Assert.Equal(Wanted, await PersistedAsync());
    }

    [Fact]
    public async Task R1_ExplicitLoad_LocalChangeWhileItIsUnderWay_IsKeptAndUnsaved()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));
        var persister = Persist();
        await persister.LoadAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "before", 1));
        Lane.Hold();
        var load = persister.LoadAsync();
        await PersisterFixtures.UntilAsync(() => Lane.Held > 0, "the load has begun");
        Lane.Release();
        Lane.Hold();
        await PersisterFixtures.UntilAsync(() => Lane.Held > 0, "the load has read, and waits for the store");

        await Lane.RunAsync(() => Store.SetCell("t", "r", "meanwhile", 2));
        Lane.Release();
        await load;

        Assert.Equal("[{\"t\":{\"r\":{\"c\":\"theirs\",\"meanwhile\":2}}},{\"v\":\"theirs\"}]", await StoreAsync());
        Assert.True(persister.IsDirty);
        await persister.FlushAsync();
        Assert.Equal(await StoreAsync(), await PersistedAsync());
    }

    [Fact]
    public async Task R2_SaveAndLoadAskedForAtOnce_BothRunInOrder()
    {
        await Lane.RunAsync(() => Store.SetValue("v", 1));
        var persister = Persist();

        await Task.WhenAll(persister.SaveAsync(), persister.LoadAsync(), persister.SaveAsync());

        Assert.Equal(new PersisterStats(1, 2, 0), persister.Stats);
        Assert.Equal("[{},{\"v\":1}]", await PersistedAsync());
    }

    [Fact]
    public async Task R4_AutoSave_ChangesDuringASlowSave_AreAllSaved()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync();
        await using (await Place.HoldWritesAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                await Lane.RunAsync(() => Store.SetValue("v" + i, i));
            }
        }
        await persister.FlushAsync();

        Assert.Equal("[{},{\"v0\":0,\"v1\":1,\"v2\":2,\"v3\":3,\"v4\":4}]", await PersistedAsync());
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task F1_AutoPersisting_ManyWritesInOneTick_AllAreThere()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync();

        await Lane.RunAsync(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                Store.SetCell("t", "r" + i, "c", i).SetCell("t", "same", "c", i);
            }
        });
        await persister.FlushAsync();

        Assert.Equal(51, (await Place.ReadAsync())!.Tables["t"].Count);
        Assert.Equal(49, (await Place.ReadAsync())!.Tables["t"]["same"]["c"]);
        Assert.Equal(await StoreAsync(), await PersistedAsync());
    }

    [Fact]
    public async Task F2_AutoPersisting_WritesOneByOne_DoNotEchoForEver()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync();
        for (var i = 0; i < 10; i++)
        {
            await Lane.RunAsync(() => Store.SetCell("t", "r", "c", i));
            await persister.FlushAsync();
        }
        var saves = persister.Stats.Saves;

        // Whatever the saves have caused to be loaded is loaded now; nothing of it may be saved.
        await persister.StopAutoLoadAsync();
        await persister.FlushAsync();

        Assert.Equal(saves, persister.Stats.Saves);
        Assert.True(saves <= 21, $"10 writes made {saves} saves");
    }

    [Fact]
    public async Task R5_Dispose_WithUnsavedChanges_SavesThemAndIsShared()
    {
        var persister = Persist();
        await persister.StartAutoSaveAsync();
        Task first, second;
        await using (await Place.HoldWritesAsync())
        {
            await Lane.RunAsync(() => Store.SetValue("v", 1).SetValue("w", 2));
            first = persister.DisposeAsync().AsTask();
            second = persister.DisposeAsync().AsTask();
        }
        await Task.WhenAll(first, second);

        Assert.Equal("[{},{\"v\":1,\"w\":2}]", await PersistedAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => persister.SaveAsync());
    }

    [Fact]
    public async Task Dispose_WithoutFlush_SavesNothingMore()
    {
        await Lane.RunAsync(() => Store.SetValue("v", 1));
        var persister = Persist(options: new StoragePersisterOptions { FlushOnDispose = false });
        await persister.StartAutoSaveAsync();
        await Place.BreakWritesAsync();
        await Lane.RunAsync(() => Store.SetValue("v", 2));
        await PersisterFixtures.UntilAsync(() => !Errors.IsEmpty, "the save has failed");
        await Place.RepairWritesAsync();

        await persister.DisposeAsync();

        Assert.Equal("[{},{\"v\":1}]", await PersistedAsync());
    }

    [Fact]
    public async Task AutoLoad_SomebodyElseWrites_ComesInAndIsNotSavedAgain()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", "first"));
        var saves = persister.Stats.Saves;

        await Place.WriteAsync(ContentOf("d", true));
        await PersisterFixtures.UntilAsync(async () => await StoreAsync() == JsonOf("d", "true"), "their content is here");
        await persister.FlushAsync();

        Assert.Equal(saves, persister.Stats.Saves);
        Assert.Equal(JsonOf("d", "true"), await PersistedAsync());
    }

    [Fact]
    public async Task AutoLoad_SomebodyElseDeletesEverything_IsDeletedHere()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", "first"));

        await Place.WriteAsync(new StoreContent());

        await PersisterFixtures.UntilAsync(async () => await StoreAsync() == "[{},{}]", "the store is empty");
    }

    [Fact]
    public async Task StopAutoLoad_SomebodyElseWrites_StaysOut()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", "first"));

        await persister.StopAutoLoadAsync();
        await Place.WriteAsync(ContentOf("d", 2));
        await persister.FlushAsync();

        Assert.Equal(JsonOf("c", "\"first\""), await StoreAsync());
    }
}
