using System.Collections.Concurrent;

namespace TinyStore.Relay.Tests.Support;

/// <summary>One thread that runs what is posted to it, as a user interface does.</summary>
internal sealed class SingleThreadContext : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly Thread _thread;

    public SingleThreadContext()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public ConcurrentQueue<Exception> Exceptions { get; } = [];

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public Task RunAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        Post(
            async _ =>
            {
                try
                {
                    await work();
                    done.SetResult();
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            },
            null);
        return done.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach (var (callback, state) in _queue.GetConsumingEnumerable())
        {
            try
            {
                callback(state);
            }
            catch (Exception e)
            {
                Exceptions.Enqueue(e);
            }
        }
    }
}
