using Microsoft.Extensions.Time.Testing;
using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests;

/// <summary>Promises of the base that need a storage which can be held at any point, or a clock.</summary>
public sealed class StoragePersisterPromisesTests
{
    private readonly FakeStorage _storage = new();
    private readonly Store _store = new();

    [Fact]
    public async Task IsDirty_WhileTheSaveRuns_IsTrue()
    {
        await using var persister = _storage.Persist(_store);
        await persister.StartAutoSaveAsync();
        _storage.HoldUp();
        _store.SetValue("a", 1);
        await _storage.Began.Task;

        Assert.True(persister.IsDirty);

        _storage.Release();
        await persister.FlushAsync();
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task RetryDelay_SaveKeepsFailing_IsTriedAgainAfterEachDelayUntilItWorks()
    {
        var time = new FakeTimeProvider();
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { RetryDelay = TimeSpan.FromSeconds(5), TimeProvider = time });
        await persister.StartAutoSaveAsync();
        for (var failures = 1; failures <= 3; failures++)
        {
            _storage.NextError = new IOException("disk full");
            if (failures == 1)
            {
                _store.SetValue("a", 1);
            }
            else
            {
                time.Advance(TimeSpan.FromSeconds(5));
            }
            Assert.Equal(failures, persister.Stats.Errors);
            time.Advance(TimeSpan.FromSeconds(4.9));
            Assert.Equal(failures, persister.Stats.Errors);
        }

        time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(1, _storage.Content!.Values["a"]);
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task RetryDelay_StoppedMeanwhile_IsNotTriedAgain()
    {
        var time = new FakeTimeProvider();
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { RetryDelay = TimeSpan.FromSeconds(5), TimeProvider = time });
        await persister.StartAutoSaveAsync();
        _storage.NextError = new IOException("disk full");
        _store.SetValue("a", 1);
        await persister.StopAutoSaveAsync();

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_storage.Content!.Values);
        Assert.True(persister.IsDirty);
    }

    [Fact]
    public async Task LoadAsync_Fails_WhatTheAppChangedBeforeStaysUnsaved()
    {
        await using var persister = _storage.Persist(_store);
        await persister.LoadAsync();
        _store.SetValue("a", 1);
        _storage.NextError = new IOException("unreadable");

        await Assert.ThrowsAsync<IOException>(() => persister.LoadAsync());
        await persister.FlushAsync();

        Assert.Equal(1, _storage.Content!.Values["a"]);
    }

    [Fact]
    public async Task SaveAsync_OfContentFromBeforeThePersisterFails_FlushSavesAllOfIt()
    {
        _store.SetValue("a", 1);
        await using var persister = _storage.Persist(_store, new CustomPersisterOptions { WritesChanges = true });
        _storage.NextError = new IOException("disk full");
        await Assert.ThrowsAsync<IOException>(() => persister.SaveAsync());
        _store.SetValue("b", 2);

        await persister.FlushAsync();

        Assert.Equal(["a", "b"], _storage.Content!.Values.Keys.Order());
    }

    [Fact]
    public async Task Queue_Shared_LoadsAndSavesOfBothTakeTurns()
    {
        var other = new FakeStorage();
        var queue = new PersisterQueue();
        await using var first = _storage.Persist(_store, new CustomPersisterOptions { Queue = queue });
        await using var second = other.Persist(new Store().SetValue("b", 2), new CustomPersisterOptions { Queue = queue });
        _storage.HoldUp();
        var slow = first.SaveAsync();
        await _storage.Began.Task;

        var waiting = second.SaveAsync();
        Assert.Equal(PersisterStatus.Idle, second.Status);
        Assert.Null(other.Content);
        _storage.Release();
        await Task.WhenAll(slow, waiting);

        Assert.Equal(2, other.Content!.Values["b"]);
    }

    [Fact]
    public async Task Queue_Shared_AnErrorBelongsToItsOwner_AndTheOtherGoesOn()
    {
        var other = new FakeStorage { NextError = new IOException("theirs") };
        var queue = new PersisterQueue();
        await using var first = _storage.Persist(_store, new CustomPersisterOptions { Queue = queue });
        await using var second = other.Persist(new Store(), new CustomPersisterOptions { Queue = queue });

        var failing = second.SaveAsync();
        await first.SaveAsync();

        await Assert.ThrowsAsync<IOException>(() => failing);
        Assert.Equal(1, second.Stats.Errors);
        Assert.Equal(0, first.Stats.Errors);
    }

    [Fact]
    public async Task Dispose_OfOneThatOwesNothing_DoesNotWaitForTheOtherInItsQueue()
    {
        var other = new FakeStorage();
        var queue = new PersisterQueue();
        await using var first = _storage.Persist(_store, new CustomPersisterOptions { Queue = queue });
        var second = other.Persist(new Store(), new CustomPersisterOptions { Queue = queue });
        _storage.HoldUp();
        var slow = first.SaveAsync();
        await _storage.Began.Task;

        await second.DisposeAsync();

        Assert.False(slow.IsCompleted);
        _storage.Release();
        await slow;
    }

    [Fact]
    public async Task Scope_LoadOfAPart_LeavesTheRestOfTheStore()
    {
        _store.SetCell("t", "r", "c", "old").SetCell("other", "r", "c", "mine").SetValue("v", "old").SetValue("mine", 1);
        var part = PersistedData.From(
            new Store().SetCell("t", "new", "c", "theirs").SetValue("v", "theirs").GetContent(),
            new PersistedScope(new HashSet<string> { "t" }, new HashSet<string> { "v" }));
        await using var persister = new CustomPersister(_store, _ => ValueTask.FromResult<PersistedData?>(part), (_, _) => default);

        await persister.LoadAsync();
        const string Wanted = "[{\"other\":{\"r\":{\"c\":\"mine\"}},\"t\":{\"new\":{\"c\":\"theirs\"}}},{\"mine\":1,\"v\":\"theirs\"}]";
        Assert.Equal(Wanted, _store.GetContent().Canonical());

        // Also where something is unsaved, which takes another way through the code.
        await persister.StartAutoSaveAsync();
        _store.SetCell("other", "r", "d", 2);
        await persister.LoadAsync();
        Assert.Equal(Wanted.Replace("\"c\":\"mine\"}", "\"c\":\"mine\",\"d\":2}", StringComparison.Ordinal), _store.GetContent().Canonical());
    }

    [Fact]
    public async Task Progress_TheReceiverThrows_IsReportedAndTheSaveGoesOn()
    {
        await using var persister = _storage.Persist(_store.SetValue("a", 1));
        var errors = new List<PersisterOperation>();
        persister.Error += (_, e) => errors.Add(e.Operation);

        await persister.SaveAsync(new Thrower());

        Assert.Equal(1, _storage.Content!.Values["a"]);
        Assert.Equal([PersisterOperation.Handler], errors);
    }

    private sealed class Thrower : IProgress<PersisterProgress>
    {
        public void Report(PersisterProgress value) => throw new InvalidOperationException("the receiver's own");
    }
}
