using TinyStore.Persisters;
using Xunit;

namespace TinyStore.TestKit.Persisters;

/// <summary>
/// What every persister of a storage promises, as docs/persisters.md lists it. A test class of an adapter derives from it and
/// gives the fixture. This part: loading and saving; the other parts: races, and failures.
/// </summary>
public abstract partial class PersisterConformance : IAsyncLifetime
{
    private readonly List<Persister> _persisters = [];

    /// <summary>The place of the running test.</summary>
    protected IPersisterFixture Place { get; private set; } = null!;

    /// <summary>The app's store.</summary>
    protected Store Store { get; } = new();

    /// <summary>The lane of <see cref="Store"/>.</summary>
    protected TestLane Lane { get; } = new();

    /// <summary>The errors that the persisters raised.</summary>
    protected System.Collections.Concurrent.ConcurrentQueue<PersisterErrorEventArgs> Errors { get; } = [];

    /// <summary>Makes a fresh place where nothing is persisted.</summary>
    protected abstract Task<IPersisterFixture> CreateFixtureAsync();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Place = await CreateFixtureAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Lane.Release();
        foreach (var persister in _persisters)
        {
            await persister.DisposeAsync();
        }
        await Place.DisposeAsync();
    }

    /// <summary>Makes a persister of the place for a store.</summary>
    protected StoragePersister Persist(Store? store = null, TestLane? lane = null, StoragePersisterOptions? options = null)
    {
        options ??= new StoragePersisterOptions();
        options.Post = (lane ?? Lane).Post;
        var persister = Place.Create(store ?? Store, options);
        persister.Error += (_, e) => Errors.Enqueue(e);
        _persisters.Add(persister);
        return persister;
    }

    /// <summary>The content of a store, taken in its lane.</summary>
    protected Task<string> StoreAsync(Store? store = null, TestLane? lane = null) =>
        (lane ?? Lane).RunAsync(() => (store ?? Store).GetContent().Canonical());

    /// <summary>What is persisted.</summary>
    protected async Task<string> PersistedAsync() => (await Place.ReadAsync()).Canonical();

    /// <summary>Content with one row, and one value.</summary>
    protected static StoreContent ContentOf(string cell, CellValue value)
    {
        var content = new StoreContent();
        content.Tables["t"] = new Table { ["r"] = new Row { [cell] = value } };
        content.Values["v"] = value;
        return content;
    }

    /// <summary>What a store of <see cref="ContentOf"/> has persisted.</summary>
    protected static string JsonOf(string cell, string value) => $"[{{\"t\":{{\"r\":{{\"{cell}\":{value}}}}}}},{{\"v\":{value}}}]";

    [Fact]
    public async Task Load_NothingPersisted_KeepsTheStore()
    {
        await Lane.RunAsync(() => Store.SetValue("v", 1));

        await Persist().LoadAsync();

        Assert.Equal("[{},{\"v\":1}]", await StoreAsync());
    }

    [Fact]
    public async Task Load_NothingPersisted_WhatTheAppChangedBeforeIsStillUnsaved()
    {
        var persister = Persist();
        await persister.LoadAsync();
        await Lane.RunAsync(() => Store.SetValue("v", 1));

        await persister.LoadAsync();
        Assert.True(persister.IsDirty);
        await persister.FlushAsync();

        Assert.Equal("[{},{\"v\":1}]", await PersistedAsync());
    }

    [Fact]
    public async Task Load_Content_ReplacesTheStoreAsThePersister()
    {
        await Place.WriteAsync(ContentOf("c", 2));
        await Lane.RunAsync(() => Store.SetCell("t", "mine", "c", 1));
        var persister = Persist();
        object? origin = null;
        using var listener = Store.AddAfterTransactionListener(transaction => origin = transaction.Origin);

        await persister.LoadAsync();

        Assert.Equal(JsonOf("c", "2"), await StoreAsync());
        Assert.Same(persister, origin);
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task StartAutoPersisting_NothingPersisted_InitialIsUsedAndSaved()
    {
        await Persist().StartAutoPersistingAsync(ContentOf("c", "first"));

        Assert.Equal(JsonOf("c", "\"first\""), await StoreAsync());
        Assert.Equal(JsonOf("c", "\"first\""), await PersistedAsync());
    }

    [Fact]
    public async Task StartAutoPersisting_ContentPersisted_InitialIsNotUsed()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));

        await Persist().StartAutoPersistingAsync(ContentOf("c", "first"));

        Assert.Equal(JsonOf("c", "\"theirs\""), await StoreAsync());
        Assert.Equal(JsonOf("c", "\"theirs\""), await PersistedAsync());
    }

    [Fact]
    public async Task SaveThenLoad_EveryKindOfContent_ComesBackAsItWas()
    {
        CellValue[] cells =
        [
            "text", "", "1", "true", "a\0b", "日本 \U0001F600", "\uD800 half a pair", "\"quoted\" 'and' [more]", 0, 1, -1, 0.1, 1e300, 5e-324,
            9007199254740992, -9007199254740993, true, false, CellValue.Null, CellValue.FromJson("{\"k\":[1,null,\"\uD83D\"]}"), CellValue.FromJson("[]"),
        ];
        await Lane.RunAsync(() => Store.Transaction(() =>
        {
            for (var i = 0; i < cells.Length; i++)
            {
                // Sparse: each row has its own cells, and columns meet every kind.
                Store.SetCell("t", $"row {i}'\"; --", "a", cells[i]).SetCell("t", $"row {i}'\"; --", i % 2 == 0 ? "even \"one\"" : "odd.one", cells[^(i + 1)]);
                Store.SetCell("u", "", $"c{i}", cells[i]).SetValue($"v{i}", cells[i]);
            }
        }));
        var wanted = await StoreAsync();

        await Persist().SaveAsync();
        var (store, lane) = (new Store(), new TestLane());
        await Persist(store, lane).LoadAsync();

        Assert.Equal(wanted, await StoreAsync(store, lane));
        Assert.Empty(Errors);
    }

    [Fact]
    public async Task AutoSave_SomeCellsAndRowsDeleted_AreGone()
    {
        await Lane.RunAsync(() => Store.SetTable("t", new Table
        {
            ["r1"] = new Row { ["a"] = 1, ["b"] = true },
            ["r2"] = new Row { ["a"] = 2 },
            ["r3"] = new Row { ["a"] = CellValue.Null, ["b"] = 0 },
        }).SetCell("u", "r", "c", 1).SetValue("v", 1).SetValue("w", 2));
        var persister = Persist();
        await persister.StartAutoPersistingAsync();

        await Lane.RunAsync(() => Store.Transaction(() =>
            Store.DeleteCell("t", "r1", "b").DeleteRow("t", "r2").DeleteCell("t", "r3", "a").SetCell("t", "r3", "b", false).DeleteTable("u").DeleteValue("w")));
        await persister.FlushAsync();

        const string Wanted = "[{\"t\":{\"r1\":{\"a\":1},\"r3\":{\"b\":false}}},{\"v\":1}]";
        Assert.Equal(Wanted, await PersistedAsync());
        var (store, lane) = (new Store(), new TestLane());
        await Persist(store, lane).LoadAsync();
        Assert.Equal(Wanted, await StoreAsync(store, lane));
    }

    [Fact]
    public async Task AutoSave_EverythingDeleted_StaysDeleted()
    {
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 1).SetValue("v", 1));
        var persister = Persist();
        await persister.StartAutoPersistingAsync();

        await Lane.RunAsync(() => Store.DeleteTables().DeleteValues());
        await persister.FlushAsync();
        await persister.LoadAsync();

        Assert.Equal("[{},{}]", await StoreAsync());
    }

    [Fact]
    public async Task Progress_LoadAndSave_EndWithAllOfItDone()
    {
        await Lane.RunAsync(() => Store.Transaction(() =>
        {
            for (var i = 0; i < 3000; i++)
            {
                Store.SetCell("t", $"r{i}", "c", i);
            }
        }));
        var persister = Persist();
        var (saved, savedAgain, loaded) = (new Reports(), new Reports(), new Reports());

        await persister.SaveAsync(saved);
        await persister.LoadAsync(null, loaded);
        await persister.StartAutoPersistingAsync();
        await Lane.RunAsync(() => Store.SetTable("t", new Table { ["r"] = new Row { ["c"] = 1 } }));
        await persister.SaveAsync(savedAgain);

        Assert.All(saved.All, report => Assert.Equal(PersisterStatus.Saving, report.Status));
        Assert.All(loaded.All, report => Assert.Equal(PersisterStatus.Loading, report.Status));
        foreach (var all in new[] { saved.All, savedAgain.All, loaded.All })
        {
            Assert.NotEmpty(all);
            Assert.Equal(all[^1].Total, all[^1].Done);
            Assert.Equal(all.Select(report => report.Done).Order(), all.Select(report => report.Done));
        }
    }

    [Fact]
    public async Task Status_LoadAndSave_GoThroughTheirStatesAndBack()
    {
        var persister = Persist();
        var seen = new List<PersisterStatus>();
        persister.StatusChanged += (_, _) => seen.Add(persister.Status);

        await persister.LoadAsync();
        await persister.SaveAsync();

        Assert.Equal([PersisterStatus.Loading, PersisterStatus.Idle, PersisterStatus.Saving, PersisterStatus.Idle], seen);
        Assert.Equal(new PersisterStats(1, 1, 0), persister.Stats);
    }

    private sealed class Reports : IProgress<PersisterProgress>
    {
        public List<PersisterProgress> All { get; } = [];

        public void Report(PersisterProgress value) => All.Add(value);
    }
}
