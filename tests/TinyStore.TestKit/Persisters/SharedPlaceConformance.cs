using TinyStore.Persisters;
using Xunit;

namespace TinyStore.TestKit.Persisters;

/// <summary>What persisters promise of places where several write: files and databases.</summary>
public abstract class SharedPlaceConformance : PersisterConformance
{
    [Fact]
    public async Task TwoPersisters_DifferentCells_BothKeepEverything()
    {
        const int Count = 20;
        var (otherStore, otherLane) = (new Store(), new TestLane());
        var persister = Persist();
        var other = Persist(otherStore, otherLane);
        await persister.StartAutoPersistingAsync();
        await other.StartAutoPersistingAsync();

        await Task.WhenAll(
            WriteAsync(Store, Lane, persister, "mine"),
            WriteAsync(otherStore, otherLane, other, "theirs"));
        await PersisterFixtures.UntilAsync(async () => await StoreAsync() == await StoreAsync(otherStore, otherLane), "both stores are alike");

        Assert.Equal(2 * Count, await Lane.RunAsync(() => Store.GetRowCount("t")));
        Assert.Equal(Count, await Lane.RunAsync(() => Store.GetCellIds("u", "both").Count / 2));
        Assert.Equal(await StoreAsync(), await PersistedAsync());
        Assert.Empty(Errors);

        static async Task WriteAsync(Store store, TestLane lane, Persister persister, string who)
        {
            for (var i = 0; i < Count; i++)
            {
                await lane.RunAsync(() => store.SetCell("t", $"{who} {i}", "c", i).SetCell("u", "both", $"{who} {i}", i));
                if (i % 3 == 0)
                {
                    await persister.FlushAsync();
                }
            }
            await persister.FlushAsync();
        }
    }

    [Fact]
    public async Task AutoPersisting_SomebodyElseWritesJustBeforeOurSave_BothAreKept()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", "first"));
        await using (await Place.HoldWritesAsync())
        {
            await Lane.RunAsync(() => Store.SetCell("t", "r", "mine", 1));
        }
        await persister.FlushAsync();
        var theirs = ContentOf("c", "theirs");
        theirs.Tables["t"]["r"]["mine"] = 1;

        // Auto-load may have been told, or not yet, when the save begins.
        Lane.Hold();
        await Place.WriteAsync(theirs);
        await Lane.RunAsync(() => Store.SetCell("t", "r", "mine", 2));
        Lane.Release();
        await persister.FlushAsync();

        const string Wanted = "[{\"t\":{\"r\":{\"c\":\"theirs\",\"mine\":2}}},{\"v\":\"theirs\"}]";
        Assert.Equal(Wanted, await PersistedAsync());
        Assert.Equal(Wanted, await StoreAsync());
    }

    [Fact]
    public async Task AutoLoad_AListenerRefusesWhatTheyWrote_TheNextSaveTakesItIn()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", "first"));
        var refuses = true;
        using var mutator = Store.AddTablesListener(
            _ =>
            {
                if (Volatile.Read(ref refuses) && Store.TransactionOrigin == persister)
                {
                    throw new InvalidOperationException("not now");
                }
            },
            ListenerKind.Mutator);
        await Place.WriteAsync(ContentOf("c", "theirs"));
        await PersisterFixtures.UntilAsync(() => !Errors.IsEmpty, "it is refused");
        Assert.Equal(JsonOf("c", "\"first\""), await StoreAsync());

        Volatile.Write(ref refuses, false);
        await Lane.RunAsync(() => Store.SetCell("t", "r", "mine", 1));
        await persister.FlushAsync();

        const string Wanted = "[{\"t\":{\"r\":{\"c\":\"theirs\",\"mine\":1}}},{\"v\":\"theirs\"}]";
        Assert.Equal(Wanted, await PersistedAsync());
        Assert.Equal(Wanted, await StoreAsync());
    }

    [Fact]
    public async Task Persisters_TwoOfOnePlace_OneDisposedWhileTheOtherWaits_DoesNotWait()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", 1));
        var idle = Persist(new Store(), new TestLane());
        await idle.LoadAsync();
        await using (await Place.HoldWritesAsync())
        {
            await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 2));
            await PersisterFixtures.UntilAsync(() => persister.Status == PersisterStatus.Saving, "the save has begun");

            await idle.DisposeAsync();
        }
        await persister.FlushAsync();
        Assert.Equal(2, (await Place.ReadAsync())!.Tables["t"]["r"]["c"]);
    }

    /// <summary>
    /// The app, somebody else, failures and explicit loads in any order. In the end everything that either wrote is there: the two
    /// write different cells.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RandomRun_StoreAndPlaceEndAlike_AndNothingIsLost(int seed)
    {
        var random = new Random(seed);
        var (otherStore, otherLane) = (new Store(), new TestLane());
        var persister = Persist();
        var other = Persist(otherStore, otherLane);
        await persister.StartAutoPersistingAsync(ContentOf("c", 0));
        await other.StartAutoPersistingAsync();
        var wanted = new Dictionary<(string, string), int?>();
        var (failures, loads, deletions) = (0, 0, 0);
        for (var step = 0; step < 60; step++)
        {
            var (store, lane, who) = random.Next(3) == 0 ? (otherStore, otherLane, "theirs") : (Store, Lane, "mine");
            switch (random.Next(10))
            {
                case 0:
                    await Place.BreakWritesAsync();
                    failures++;
                    break;
                case 1 or 2:
                    await Place.RepairWritesAsync();
                    break;
                case 3:
                    await persister.LoadAsync();
                    loads++;
                    break;
                case 4:
                    var gone = (Row: "r" + random.Next(8), Cell: who);
                    await lane.RunAsync(() => store.DeleteCell("t", gone.Row, gone.Cell));
                    wanted[gone] = null;
                    deletions++;
                    break;
                default:
                    var cell = (Row: "r" + random.Next(8), Cell: who);
                    await lane.RunAsync(() => store.SetCell("t", cell.Row, cell.Cell, step));
                    wanted[cell] = step;
                    break;
            }
        }
        await Place.RepairWritesAsync();
        await persister.FlushAsync();
        await other.FlushAsync();
        await PersisterFixtures.UntilAsync(async () => await StoreAsync() == await StoreAsync(otherStore, otherLane), "both stores are alike");

        var persisted = await Place.ReadAsync();
        foreach (var ((row, cell), value) in wanted)
        {
            var held = persisted!.Tables["t"].GetValueOrDefault(row)?.TryGetValue(cell, out var found) == true ? found : default(CellValue?);
            Assert.Equal(value is { } number ? (CellValue)number : default(CellValue?), held);
        }
        Assert.Equal(await StoreAsync(), persisted.Canonical());
        Assert.True(failures > 0 && loads > 0 && deletions > 0, "the run has not met what it is about");
    }
}
