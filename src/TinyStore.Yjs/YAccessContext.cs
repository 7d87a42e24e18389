namespace TinyStore.Yjs;

/// <summary>
/// The one lane in which everybody uses a document: work runs one item at a time, in order. Nothing blocks.
/// </summary>
public sealed class YAccessContext
{
    /// <summary>The current <see cref="SynchronizationContext"/> as a lane, or a serial queue on the thread pool when there is none.</summary>
    public static YAccessContext Capture() => throw Unbuilt.Yet;

    /// <summary>True in code that runs in this lane.</summary>
    public bool IsInside => throw Unbuilt.Yet;

    /// <summary>Queues work.</summary>
    public void Post(Action work) => throw Unbuilt.Yet;

    /// <summary>Runs work in the lane: at once from inside it, else after what is queued.</summary>
    public Task RunAsync(Action work, CancellationToken cancellationToken = default) => throw Unbuilt.Yet;

    /// <inheritdoc cref="RunAsync(Action, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default) => throw Unbuilt.Yet;

    /// <summary>Work that was posted threw. When nobody listens, the exception is thrown in the lane.</summary>
    public event EventHandler<UnhandledExceptionEventArgs>? UnhandledException { add => throw Unbuilt.Yet; remove => throw Unbuilt.Yet; }
}
