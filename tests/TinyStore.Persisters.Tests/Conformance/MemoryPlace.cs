using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests.Conformance;

/// <summary>A place in memory, for the persister base alone.</summary>
internal class MemoryPlace : IPersisterFixture
{
    private readonly Lock _gate = new();
    private readonly List<Action<PersistedData?>> _listeners = [];
    private StoreContent? _content;
    private bool _writesFail;
    private bool _readsFail;
    private TaskCompletionSource? _hold;

    public virtual StoragePersister Create(Store store, StoragePersisterOptions options) => new CustomPersister(
        store,
        ReadAsync,
        WriteAsync,
        options.Fill(new CustomPersisterOptions { Subscribe = SubscribeAsync }));

    public Task<StoreContent?> ReadAsync() => Task.FromResult(_content);

    public Task WriteAsync(StoreContent content)
    {
        Action<PersistedData?>[] listeners;
        lock (_gate)
        {
            _content = content;
            listeners = [.. _listeners];
        }
        foreach (var listener in listeners)
        {
            listener(null);
        }
        return Task.CompletedTask;
    }

    public Task BreakWritesAsync() => Task.FromResult(_writesFail = true);

    public Task RepairWritesAsync() => Task.FromResult(_writesFail = false);

    public Task BreakReadsAsync() => Task.FromResult(_readsFail = true);

    public Task RepairReadsAsync() => Task.FromResult(_readsFail = false);

    public Task<IAsyncDisposable> HoldWritesAsync()
    {
        _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.FromResult<IAsyncDisposable>(new Releaser(this));
    }

    public ValueTask DisposeAsync() => default;

    protected async ValueTask<PersistedData?> ReadAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return _readsFail ? throw new IOException("broken for reading") : _content;
    }

    protected async ValueTask WriteAsync(PersistedWrite write, CancellationToken cancellationToken)
    {
        if (_hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }
        if (_writesFail)
        {
            throw new IOException("broken for writing");
        }
        lock (_gate)
        {
            var store = new Store();
            if (write.Content is { } content)
            {
                store.SetContent(content);
            }
            else if (write.Changes is { } changes)
            {
                store.SetContent(_content ?? new StoreContent()).ApplyChanges(changes);
            }
            else
            {
                store.SetJson(write.Json.Span);
            }
            _content = store.GetContent();
        }
    }

    protected ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _listeners.Add(onChanged);
        }
        return ValueTask.FromResult<IAsyncDisposable?>(new Unsubscriber(this, onChanged));
    }

    private sealed class Releaser(MemoryPlace place) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            var hold = place._hold;
            place._hold = null;
            hold!.SetResult();
            return default;
        }
    }

    private sealed class Unsubscriber(MemoryPlace place, Action<PersistedData?> listener) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            lock (place._gate)
            {
                place._listeners.Remove(listener);
            }
            return default;
        }
    }
}

/// <summary>The same, for a persister that derives from the base and writes changes, or JSON.</summary>
internal sealed class DerivedPlace(bool writesJson) : MemoryPlace
{
    public override StoragePersister Create(Store store, StoragePersisterOptions options) => new DerivedPersister(store, this, writesJson, options);

    private sealed class DerivedPersister(Store store, DerivedPlace place, bool writesJson, StoragePersisterOptions options)
        : StoragePersister(store, options)
    {
        protected override bool WritesChanges => !writesJson;

        protected override bool WritesJson => writesJson;

        protected override ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken) => place.ReadAsync(cancellationToken);

        protected override ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken) => place.WriteAsync(write, cancellationToken);

        protected override ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken) =>
            place.SubscribeAsync(onChanged, cancellationToken);
    }
}
