using System.Collections.Concurrent;

namespace TinyStore.Oracle;

/// <summary>
/// One thread that runs what is posted to it in order: documents that are made here take it as their access context, so
/// everything that persisters do happens on it, and <c>settle</c> can tell when nothing is left.
/// </summary>
internal sealed class EventLoop : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> _queue = [];

    /// <summary>How much work waits.</summary>
    public int Waiting => _queue.Count;

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs posted work until the task is over.</summary>
    public void RunUntilCompleted(Task task)
    {
        task.ContinueWith(_ => Post(static _ => { }, null), TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            var (work, state) = _queue.Take();
            work(state);
        }
    }

    /// <summary>Runs what waits now, and not what that posts.</summary>
    public void RunTurn()
    {
        for (var count = _queue.Count; count > 0 && _queue.TryTake(out var item); count--)
        {
            item.Work(item.State);
        }
    }
}
