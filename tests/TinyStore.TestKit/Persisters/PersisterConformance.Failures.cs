using Microsoft.Extensions.Logging;
using TinyStore.Persisters;
using Xunit;

namespace TinyStore.TestKit.Persisters;

// Things that go wrong.
public abstract partial class PersisterConformance
{
    [Fact]
    public async Task R6_AutoSave_Fails_TheNextSaveContainsItsChanges()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", 1));
        await Place.BreakWritesAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 2));
        await PersisterFixtures.UntilAsync(() => !Errors.IsEmpty, "the save has failed");
        Assert.True(persister.IsDirty);

        await Place.RepairWritesAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "d", 3));
        await persister.FlushAsync();

        Assert.Equal("[{\"t\":{\"r\":{\"c\":2,\"d\":3}}},{\"v\":1}]", await PersistedAsync());
        Assert.False(persister.IsDirty);
        Assert.All(Errors, error => Assert.Equal(PersisterOperation.Save, error.Operation));
    }

    [Fact]
    public async Task Save_OfWhatWasThereBeforeThePersister_Fails_StaysDirty()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", "mine"));
        var persister = Persist();
        await Place.BreakWritesAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => persister.SaveAsync());
        Assert.True(persister.IsDirty);

        await Place.RepairWritesAsync();
        await persister.FlushAsync();

        Assert.Equal("[{\"t\":{\"r\":{\"c\":\"mine\"}}},{}]", await PersistedAsync());
        Assert.False(persister.IsDirty);
    }

    [Fact]
    public async Task AutoSave_FailsWithARetryDelay_IsTriedAgainByItself()
    {
        var persister = Persist(options: new StoragePersisterOptions { RetryDelay = TimeSpan.FromMilliseconds(20) });
        await persister.StartAutoPersistingAsync(ContentOf("c", 1));
        await Place.BreakWritesAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 2));
        await PersisterFixtures.UntilAsync(() => Errors.Count > 1, "it has failed twice");

        await Place.RepairWritesAsync();

        await PersisterFixtures.UntilAsync(() => !persister.IsDirty, "it is saved");
        Assert.Equal(2, (await Place.ReadAsync())!.Tables["t"]["r"]["c"]);
    }

    [Fact]
    public async Task Load_Fails_TheStoreKeepsWhatItHas_AndWhatIsUnsavedStaysSo()
    {
        var persister = Persist();
        await persister.LoadAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", "mine"));
        await Place.WriteAsync(ContentOf("c", "theirs"));
        await Place.BreakReadsAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => persister.LoadAsync());

        Assert.Equal("[{\"t\":{\"r\":{\"c\":\"mine\"}}},{}]", await StoreAsync());
        Assert.True(persister.IsDirty);
        Assert.Equal(PersisterOperation.Load, Assert.Single(Errors).Operation);
        await Place.RepairReadsAsync();
        await persister.LoadAsync();
        Assert.Equal(JsonOf("c", "\"theirs\""), await StoreAsync());
    }

    [Fact]
    public async Task StartAutoPersisting_LoadFails_BothHalvesAreOffAndNothingIsWritten()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));
        await Place.BreakReadsAsync();
        var persister = Persist();

        await Assert.ThrowsAnyAsync<Exception>(() => persister.StartAutoPersistingAsync(ContentOf("c", "first")));
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", "mine"));
        await persister.DisposeAsync();

        Assert.False(persister.IsAutoLoading);
        Assert.False(persister.IsAutoSaving);
        await Place.RepairReadsAsync();
        Assert.Equal(JsonOf("c", "\"theirs\""), await PersistedAsync());
    }

    [Fact]
    public async Task StartAutoPersisting_SaveFails_BothHalvesAreOff()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));
        await Place.BreakWritesAsync();
        var persister = Persist();

        await Assert.ThrowsAnyAsync<Exception>(() => persister.StartAutoPersistingAsync(ContentOf("c", "first"), saveFirst: true));

        Assert.False(persister.IsAutoLoading);
        Assert.False(persister.IsAutoSaving);
        await Place.RepairWritesAsync();
    }

    [Fact]
    public async Task Errors_EvenWhenTheHandlerThrows_ReachEventAndLog()
    {
        var log = new LogLines();
        var persister = Persist(options: new StoragePersisterOptions { Logger = log });
        persister.Error += (_, _) => throw new InvalidOperationException("the handler's own");
        await persister.StartAutoPersistingAsync(ContentOf("c", 1));
        await Place.BreakWritesAsync();

        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 2));
        await PersisterFixtures.UntilAsync(() => log.Lines.Count >= 2, "it is logged");

        Assert.Contains(Errors, error => error.Operation == PersisterOperation.Save);
        Assert.Contains(log.Lines, line => line.Contains("Save", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("Handler", StringComparison.Ordinal));
        await Place.RepairWritesAsync();
        await persister.FlushAsync();
        Assert.Equal(2, (await Place.ReadAsync())!.Tables["t"]["r"]["c"]);
    }

    [Fact]
    public async Task Save_CancelledWhileItWaits_StaysDirtyAndTheNextOneWorks()
    {
        var persister = Persist();
        await persister.StartAutoPersistingAsync(ContentOf("c", 1));
        await persister.StopAutoPersistingAsync();
        await Lane.RunAsync(() => Store.SetCell("t", "r", "c", 2));
        using var cancel = new CancellationTokenSource();
        await using (await Place.HoldWritesAsync())
        {
            var save = persister.SaveAsync(cancel.Token);
            await PersisterFixtures.UntilAsync(() => persister.Status == PersisterStatus.Saving, "the save has begun");
            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);
        }

        Assert.True(persister.IsDirty);
        Assert.Empty(Errors);
        await persister.FlushAsync();
        Assert.Equal(2, (await Place.ReadAsync())!.Tables["t"]["r"]["c"]);
    }

    [Fact]
    public async Task Load_CancelledBeforeItBegins_DoesNothing()
    {
        await Place.WriteAsync(ContentOf("c", "theirs"));
        var persister = Persist();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => persister.LoadAsync(null, new CancellationToken(canceled: true)));

        Assert.Equal("[{},{}]", await StoreAsync());
        await persister.LoadAsync();
        Assert.Equal(JsonOf("c", "\"theirs\""), await StoreAsync());
    }

    private sealed class LogLines : ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
