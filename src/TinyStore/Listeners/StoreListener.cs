namespace TinyStore;

/// <summary>A listener added to a store. Disposing it removes it; doing so twice is harmless.</summary>
public abstract class StoreListener : IDisposable
{
    private protected StoreListener()
    {
    }

    /// <summary>Removes the listener, at once: one that is due in the transaction now ending is not called any more.</summary>
    public abstract void Dispose();

    /// <summary>Calls the listener as if everything it listens to had changed just now: once for each existing thing that its
    /// ids stand for (an any-id listener of rows: once for each row), with old and new contents the same. TinyBase's
    /// callListener. Does nothing after <see cref="Dispose"/>.</summary>
    public abstract void Invoke();
}

/// <summary>Where listeners are kept.</summary>
internal interface IListenerOwner<T>
{
    void Remove(StoreListener<T> listener);
}

/// <summary>A listener of one kind of event.</summary>
internal sealed class StoreListener<T>(IListenerOwner<T> owner, string?[] path, Action<T> handler, Func<string?[], IEnumerable<T>> all)
    : StoreListener
{
    public Action<T> Handler { get; } = handler;

    public string?[] Path { get; } = path;

    public bool IsRemoved { get; private set; }

    public override void Dispose()
    {
        if (!IsRemoved)
        {
            IsRemoved = true;
            owner.Remove(this);
        }
    }

    public override void Invoke()
    {
        if (IsRemoved)
        {
            return;
        }
        foreach (var args in all(Path))
        {
            Handler(args);
        }
    }
}
