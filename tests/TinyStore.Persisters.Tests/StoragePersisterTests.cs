using System.Collections.Concurrent;

namespace TinyStore.Persisters.Tests;

public sealed class StoragePersisterTests
{
    private readonly FakeStorage _storage = new();
    private readonly Store _store = new();

    [Fact]
    public async Task LoadAsync_NothingPersisted_KeepsTheStore()
    {
        _store.SetValue("a", 1);
        await using var persister = _storage.Persist(_store);

        await persister.LoadAsync();

        Assert.Equal(1, _store.GetValue("a"));
    }

    [Fact]
    public async Task LoadAsync_Content_ReplacesTheStoreWithThePersisterAsOrigin()
    {
        _storage.Content = FakeStorage.ContentOf(("b", 2));
        _store.SetValue("a", 1);
        await using var persister = _storage.Persist(_store);
        object? origin = null;
        using var listener = _store.AddAfterTransactionListener(transaction => origin = transaction.Origin);

        await persister.LoadAsync();

        Assert.Equal("[{},{\"b\":2}]", _store.GetJson());
        Assert.Same(persister, origin);
        Assert.False(persister.IsDirty);
        Assert.Equal(new PersisterStats(1, 0, 0), persister.Stats);
    }

    [Fact]
    public async Task StartAutoPersisting_NothingPersisted_InitialIsLoadedAndSaved()
    {
        await using var persister = _storage.Persist(_store);

        await persister.StartAutoPersistingAsync(FakeStorage.ContentOf(("a", 1)));

        Assert.Equal(1, _store.GetValue("a"));
        Assert.Equal(1, _storage.Content!.Values["a"]);
    }

    [Fact]
    public async Task StartAutoPersisting_ContentPersisted_InitialIsNotUsed()
    {
        _storage.Content = FakeStorage.ContentOf(("b", 2));
        await using var persister = _storage.Persist(_store);

        await persister.StartAutoPersistingAsync(FakeStorage.ContentOf(("a", 1)));

        Assert.Equal("[{},{\"b\":2}]", _store.GetJson());
    }

    [Fact]
    public async Task AutoSave_ChangesOfALoad_AreNotSavedAgain()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();
        var writes = _storage.Writes.Count;

        _storage.Notify(FakeStorage.ContentOf(("b", 2)));
        await persister.FlushAsync();

        Assert.Equal(2, _store.GetValue("b"));
        Assert.Equal(writes, _storage.Writes.Count);
    }

    [Fact]
    public async Task AutoSave_TenWritesInARow_AllAreSaved()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();

        for (var i = 0; i < 10; i++)
        {
            _store.SetCell("t", "r" + i, "c", i);
        }
        await persister.FlushAsync();

        Assert.Equal(10, _storage.Content!.Tables["t"].Count);
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task Load_LocalWriteWhileItReads_IsKeptAndSaved()
    {
        _storage.Content = FakeStorage.ContentOf(("a", "old"), ("b", "old"));
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();
        _storage.HoldUp();
        _storage.Content = FakeStorage.ContentOf(("a", "theirs"), ("b", "theirs"));
        _storage.Notify(null);
        await _storage.Began.Task;

        _store.SetValue("a", "mine");
        _store.SetValue("c", "mine");
        _store.DeleteValue("b");
        _storage.Release();
        await persister.FlushAsync();

        Assert.Equal("[{},{\"a\":\"mine\",\"c\":\"mine\"}]", _store.GetJson());
        Assert.Equal(["a", "c"], _storage.Content!.Values.Keys.Order());
    }

    [Fact]
    public async Task LoadAsync_WithoutAutoSave_ReplacesWhatWasWrittenBeforeAndKeepsWhatIsWrittenMeanwhile()
    {
        _storage.Content = FakeStorage.ContentOf(("a", "old"));
        await using var persister = _storage.Persist(_store);
        await persister.LoadAsync();
        _store.SetValue("a", "before");
        _store.SetValue("b", "before");
        _storage.HoldUp();

        var load = persister.LoadAsync();
        await _storage.Began.Task;
        _store.SetValue("c", "meanwhile");
        _storage.Release();
        await load;

        Assert.Equal("[{},{\"a\":\"old\",\"c\":\"meanwhile\"}]", _store.GetJson());
        Assert.True(persister.IsDirty);
        await persister.SaveAsync();
        Assert.Equal(["a", "c"], _storage.Content!.Values.Keys.Order());
    }

    [Fact]
    public async Task AutoSave_FiveWritesDuringASlowSave_AreSavedByOneMore()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoSaveAsync();
        var writes = _storage.Writes.Count;
        _storage.HoldUp();
        _store.SetValue("v0", 0);
        await _storage.Began.Task;

        for (var i = 1; i <= 5; i++)
        {
            _store.SetValue("v" + i, i);
        }
        _storage.Release();
        await persister.FlushAsync();

        Assert.Equal(6, _storage.Content!.Values.Count);
        Assert.Equal(writes + 2, _storage.Writes.Count);
    }

    [Fact]
    public async Task DisposeAsync_UnsavedChanges_AreSavedFirst()
    {
        var persister = _storage.Persist(_store);
        await persister.StartAutoSaveAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        _store.SetValue("b", 2);

        var disposal = persister.DisposeAsync();
        _storage.Release();
        await disposal;
        await persister.DisposeAsync();

        Assert.Equal(2, _storage.Content!.Values.Count);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => persister.SaveAsync());
        _store.SetValue("c", 3);
        Assert.Equal(2, _storage.Content.Values.Count);
    }

    [Fact]
    public async Task DisposeAsync_FlushOnDisposeOff_DoesNotSave()
    {
        var persister = _storage.Persist(_store, new CustomPersisterOptions { FlushOnDispose = false });
        await persister.StartAutoSaveAsync();
        _storage.NextError = new IOException("disk");
        _store.SetValue("a", 1);
        await WaitUntil(() => persister.Stats.Errors == 1);

        await persister.DisposeAsync();

        Assert.Empty(_storage.Content!.Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AutoSave_SaveFails_NextSaveContainsItsChanges(bool writesChanges)
    {
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { WritesChanges = writesChanges });
        await persister.StartAutoSaveAsync();
        var errors = new List<PersisterErrorEventArgs>();
        persister.Error += (_, e) => errors.Add(e);
        _storage.NextError = new IOException("disk full");

        _store.SetValue("a", 1);
        await WaitUntil(() => errors.Count == 1);
        Assert.True(persister.IsDirty);
        _store.SetValue("b", 2);
        await persister.FlushAsync();

        Assert.Equal(["a", "b"], _storage.Content!.Values.Keys.Order());
        Assert.Equal(PersisterOperation.Save, errors.Single().Operation);
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task SaveAsync_Fails_ThrowsAndStaysDirty()
    {
        await using var persister = _storage.Persist(_store);
        await persister.SaveAsync();
        _store.SetValue("a", 1);
        _storage.NextError = new IOException("disk full");

        await Assert.ThrowsAsync<IOException>(() => persister.SaveAsync());

        Assert.True(persister.IsDirty);
        await persister.FlushAsync();
        Assert.Equal(1, _storage.Content!.Values["a"]);
    }

    [Fact]
    public async Task Notification_WhileASaveRuns_DoesNotUndoLaterWrites()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        await _storage.Began.Task;

        // It was read before our save was there.
        _storage.Notify(FakeStorage.ContentOf(("remote", 9)));
        _store.SetValue("b", 2);
        _storage.Release();
        await persister.FlushAsync();

        Assert.Equal(_storage.Content!.Values.Keys.Order(), _store.GetValueIds().Order());
        Assert.Equal(["a", "b"], _store.GetValueIds().Order());
    }

    [Fact]
    public async Task Notification_ChangesWhileASaveRuns_LaterWriteIsSavedToo()
    {
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { WritesChanges = true });
        await persister.StartAutoPersistingAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        await _storage.Began.Task;

        _storage.Content = FakeStorage.ContentOf(("remote", 9));
        var changes = new StoreChanges();
        changes.Values["remote"] = (CellValue)9;
        _storage.Notify(changes);
        _store.SetValue("b", 2);
        _storage.Release();
        await persister.FlushAsync();

        Assert.Equal(["a", "b", "remote"], _store.GetValueIds().Order());
        Assert.Equal(["a", "b", "remote"], _storage.Content!.Values.Keys.Order());
    }

    [Fact]
    public async Task Notification_WithoutPayloadSeveralTimes_ReadsOnceMore()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        await _storage.Began.Task;
        var reads = _storage.Reads;

        _storage.Notify(null);
        _storage.Notify(null);
        _storage.Notify(null);
        _storage.Release();
        await persister.FlushAsync();

        Assert.Equal(reads + 1, _storage.Reads);
    }

    [Fact]
    public async Task StopAutoLoad_QueuedNotification_IsNotLoaded()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoPersistingAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        await _storage.Began.Task;
        var reads = _storage.Reads;

        var stop = persister.StopAutoLoadAsync();
        _storage.Notify(null);
        _storage.Release();
        await stop;
        await persister.FlushAsync();

        Assert.Equal(reads, _storage.Reads);
        Assert.False(_storage.IsWatched);
    }

    [Fact]
    public async Task HandlersThatThrow_QueueGoesOnAndStatusIsIdle()
    {
        await using var persister = _storage.Persist(_store);
        persister.Error += (_, _) => throw new InvalidOperationException("handler");
        persister.StatusChanged += (_, _) => throw new InvalidOperationException("handler");
        _storage.NextError = new IOException("broken");

        await Assert.ThrowsAsync<IOException>(() => persister.LoadAsync());
        _store.SetValue("a", 1);
        await persister.SaveAsync();

        Assert.Equal(PersisterStatus.Idle, persister.Status);
        Assert.Equal(1, _storage.Content!.Values["a"]);
    }

    [Fact]
    public async Task Status_LoadAndSave_GoThroughTheirStates()
    {
        await using var persister = _storage.Persist(_store);
        var seen = new List<PersisterStatus>();
        persister.StatusChanged += (_, _) => seen.Add(persister.Status);

        await persister.LoadAsync();
        await persister.SaveAsync();

        Assert.Equal([PersisterStatus.Loading, PersisterStatus.Idle, PersisterStatus.Saving, PersisterStatus.Idle], seen);
    }

    [Fact]
    public async Task StartAutoLoad_LoadFails_IsOffAndThrows()
    {
        await using var persister = _storage.Persist(_store);
        _storage.NextError = new IOException("broken");

        await Assert.ThrowsAsync<IOException>(() => persister.StartAutoLoadAsync());

        Assert.False(persister.IsAutoLoading);
        Assert.False(_storage.IsWatched);
    }

    [Fact]
    public async Task StartAutoPersisting_SaveFails_BothHalvesAreOff()
    {
        _storage.Content = FakeStorage.ContentOf(("b", 2));
        var store = new Store();
        await using var persister = new CustomPersister(
            store,
            _ => ValueTask.FromResult<PersistedData?>(_storage.Content),
            (_, _) => throw new IOException("read only"));

        await Assert.ThrowsAsync<IOException>(() => persister.StartAutoPersistingAsync());

        Assert.False(persister.IsAutoLoading);
        Assert.False(persister.IsAutoSaving);
        Assert.Equal(2, store.GetValue("b"));
    }

    [Fact]
    public async Task StopAutoLoad_WhileTheSubscriptionHangs_GivesItUp()
    {
        var options = new CustomPersisterOptions
        {
            Subscribe = async (_, ct) =>
            {
                await Task.Delay(Timeout.Infinite, ct);
                return null;
            },
        };
        await using var persister = _storage.Persist(_store, options);
        var start = persister.StartAutoLoadAsync();

        await persister.StopAutoLoadAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(persister.IsAutoLoading);
    }

    [Fact]
    public async Task DisposeAsync_WhileTheSubscriptionHangs_GivesItUp()
    {
        var options = new CustomPersisterOptions
        {
            Subscribe = async (_, ct) =>
            {
                await Task.Delay(Timeout.Infinite, ct);
                return null;
            },
        };
        var persister = _storage.Persist(_store, options);
        var start = persister.StartAutoPersistingAsync();

        await persister.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    [Fact]
    public async Task StartAutoLoad_Twice_KeepsOneSubscription()
    {
        await using var persister = _storage.Persist(_store);

        await persister.StartAutoLoadAsync();
        await persister.StartAutoLoadAsync();

        Assert.Equal(1, _storage.Subscriptions);
        await persister.StopAutoPersistingAsync();
        Assert.Equal(0, _storage.Subscriptions);
    }

    [Fact]
    public async Task Load_MutatorChangesIt_TheMutatorsValueIsSaved()
    {
        using var mutator = _store.AddValueListener(
            "name",
            e =>
            {
                if (e.New is { } name && name.TryGetString(out var text))
                {
                    _store.SetValue("name", text.ToUpperInvariant());
                }
            },
            ListenerKind.Mutator);
        _storage.Content = FakeStorage.ContentOf(("name", "ada"), ("other", 1));
        await using var persister = _storage.Persist(_store);

        await persister.StartAutoPersistingAsync();
        await persister.FlushAsync();

        Assert.Equal("ADA", _store.GetValue("name"));
        Assert.Equal("ADA", _storage.Content!.Values["name"]);

        _storage.Notify(FakeStorage.ContentOf(("name", "grace"), ("other", 1)));
        await persister.FlushAsync();

        Assert.Equal("GRACE", _storage.Content!.Values["name"]);
    }

    [Fact]
    public async Task AutoSave_WritesChanges_GetsWhatChangedInTinyBasesShape()
    {
        _store.SetRow("t", "r1", new Row { ["a"] = 1, ["b"] = 2 }).SetRow("t", "r2", new Row { ["a"] = 1 }).SetCell("u", "r", "c", true);
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { WritesChanges = true });
        await persister.StartAutoSaveAsync();

        _store.Transaction(() => _store.DeleteCell("t", "r1", "b").DeleteRow("t", "r2").DeleteTable("u").SetValue("v", "x"));
        await persister.FlushAsync();

        var write = _storage.Writes[^1];
        Assert.Null(write.Content);
        Assert.Equal("[{\"t\":{\"r1\":{\"b\":\"\uFFFC\"},\"r2\":\"\uFFFC\"},\"u\":\"\uFFFC\"},{\"v\":\"x\"},1]", write.Changes!.ToJson());
        Assert.Equal(_store.GetJson(), JsonOf(_storage.Content!));
    }

    [Fact]
    public async Task Post_Given_EveryUseOfTheStoreGoesThroughIt()
    {
        using var lane = new Lane();
        var outside = 0;
        _store.AddAfterTransactionListener(_ => outside += lane.IsInside ? 0 : 1);
        var persister = _storage.Persist(_store, new CustomPersisterOptions { Post = lane.Post });
        _storage.Content = FakeStorage.ContentOf(("b", 2));

        await persister.StartAutoPersistingAsync();
        _storage.Notify(FakeStorage.ContentOf(("b", 3)));
        await lane.RunAsync(() => _store.SetValue("a", 1));
        await persister.FlushAsync();
        await persister.DisposeAsync();

        Assert.Equal(0, outside);
        Assert.Equal(["a", "b"], _storage.Content!.Values.Keys.Order());
    }

    [Fact]
    public async Task TwoPersistersOfOneStore_EachSavesWhatTheOtherLoads()
    {
        var other = new FakeStorage();
        await using var first = _storage.Persist(_store);
        await using var second = other.Persist(_store);
        await first.StartAutoPersistingAsync();
        await second.StartAutoPersistingAsync();

        _storage.Notify(FakeStorage.ContentOf(("fromFirst", 1)));
        await first.FlushAsync();
        await second.FlushAsync();
        other.Notify(FakeStorage.ContentOf(("fromFirst", 1), ("fromSecond", 2)));
        await second.FlushAsync();
        await first.FlushAsync();

        Assert.Equal(["fromFirst", "fromSecond"], _storage.Content!.Values.Keys.Order());
        Assert.Equal(1, other.Content!.Values["fromFirst"]);
    }

    [Fact]
    public async Task LoadAsync_Cancelled_ThrowsAndTheNextWorks()
    {
        await using var persister = _storage.Persist(_store);
        _storage.HoldUp();
        using var cancel = new CancellationTokenSource();
        var load = persister.LoadAsync(null, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load);
        _storage.Release();
        await persister.LoadAsync();
        Assert.Equal(0, persister.Stats.Errors);
    }

    private static string JsonOf(StoreContent content)
    {
        var store = new Store();
        store.SetContent(content);
        return store.GetJson();
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }
        Assert.True(condition());
    }

    private sealed class Lane : IDisposable
    {
        private readonly BlockingCollection<Action> _work = [];
        private readonly Thread _thread;

        public Lane()
        {
            _thread = new Thread(() =>
            {
                foreach (var work in _work.GetConsumingEnumerable())
                {
                    work();
                }
            });
            _thread.Start();
        }

        public bool IsInside => Thread.CurrentThread == _thread;

        public void Post(Action work) => _work.Add(work);

        public Task RunAsync(Action work)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Post(() =>
            {
                work();
                done.SetResult();
            });
            return done.Task;
        }

        public void Dispose()
        {
            _work.CompleteAdding();
            _thread.Join();
            _work.Dispose();
        }
    }
}
