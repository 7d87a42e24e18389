namespace TinyStore.Relay;

/// <summary>
/// Bounds how many bytes are held for something. Whoever waits is served in order. A demand above the whole budget is taken
/// as the whole budget, so that it can be met at all.
/// </summary>
internal sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly Queue<(TaskCompletionSource Ready, long Bytes)> _waiting = new();
    private readonly long _total;
    private long _free;

    public ByteBudget(long total)
    {
        _total = total;
        _free = total;
    }

    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _total - _free;
            }
        }
    }

    public bool TryAcquire(long bytes)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || Math.Min(bytes, _total) > _free)
            {
                return false;
            }

            _free -= Math.Min(bytes, _total);
            return true;
        }
    }

    public Task AcquireAsync(long bytes)
    {
        lock (_gate)
        {
            if (TryAcquire(bytes))
            {
                return Task.CompletedTask;
            }

            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((ready, bytes));
            return ready.Task;
        }
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _free += Math.Min(bytes, _total);
            while (_waiting.TryPeek(out var next) && Math.Min(next.Bytes, _total) <= _free)
            {
                _free -= Math.Min(next.Bytes, _total);
                _waiting.Dequeue().Ready.SetResult();
            }
        }
    }
}
