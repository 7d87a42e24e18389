namespace TinyStore.Persisters.Tests;

/// <summary>A storage in memory, whose reads and writes can be held up, and can fail.</summary>
internal sealed class FakeStorage
{
    private Action<PersistedData?>? _onChanged;

    public StoreContent? Content { get; set; }

    public List<PersistedWrite> Writes { get; } = [];

    public int Reads { get; private set; }

    public int Subscriptions { get; private set; }

    public Exception? NextError { get; set; }

    /// <summary>While set, reads and writes wait for it after they have begun.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public TaskCompletionSource Began { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsWatched => _onChanged is not null;

    public CustomPersister Persist(Store store, CustomPersisterOptions? options = null)
    {
        options ??= new CustomPersisterOptions();
        options.Subscribe ??= (onChanged, _) =>
        {
            Subscriptions++;
            _onChanged = onChanged;
            return ValueTask.FromResult<IAsyncDisposable?>(new Unsubscriber(this));
        };
        return new CustomPersister(store, ReadAsync, WriteAsync, options);
    }

    public TaskCompletionSource HoldUp()
    {
        Began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release()
    {
        var gate = Gate;
        Gate = null;
        gate!.SetResult();
    }

    public void Notify(PersistedData? data) => _onChanged?.Invoke(data);

    public static StoreContent ContentOf(params (string Id, CellValue Value)[] values)
    {
        var content = new StoreContent();
        foreach (var (id, value) in values)
        {
            content.Values[id] = value;
        }
        return content;
    }

    private async ValueTask<PersistedData?> ReadAsync(CancellationToken cancellationToken)
    {
        Reads++;
        var content = Content;
        await PassAsync(cancellationToken);
        return content;
    }

    private async ValueTask WriteAsync(PersistedWrite write, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Writes.Add(write);
        if (write.Content is not null)
        {
            Content = write.Content;
        }
        else
        {
            var store = new Store();
            store.SetContent(Content ?? new StoreContent());
            store.ApplyChanges(write.Changes!);
            Content = store.GetContent();
        }
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        Began.TrySetResult();
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }
        if (NextError is { } error)
        {
            NextError = null;
            throw error;
        }
    }

    private sealed class Unsubscriber(FakeStorage storage) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            storage.Subscriptions--;
            if (storage.Subscriptions == 0)
            {
                storage._onChanged = null;
            }
            return default;
        }
    }
}
