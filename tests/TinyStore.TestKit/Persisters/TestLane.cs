using TinyStore.Persisters;

namespace TinyStore.TestKit.Persisters;

/// <summary>A store's lane that can keep a persister out for a while, as a busy app does, and let the test in.</summary>
public sealed class TestLane
{
    private readonly StoreLane _lane = new();
    private readonly Lock _gate = new();
    private List<Action>? _held;

    /// <summary>How many pieces of work are kept out.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
            {
                return _held?.Count ?? 0;
            }
        }
    }

    /// <summary>For the persister.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            if (_held is not null)
            {
                _held.Add(work);
                return;
            }
        }
        _lane.Post(work);
    }

    /// <summary>For the test: not kept out.</summary>
    public Task RunAsync(Action work) => _lane.RunAsync(work);

    /// <summary>For the test: not kept out.</summary>
    public Task<T> RunAsync<T>(Func<T> work) => _lane.RunAsync(work);

    /// <summary>Keeps the persister out.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _held ??= [];
        }
    }

    /// <summary>Lets it in again.</summary>
    public void Release()
    {
        List<Action> held;
        lock (_gate)
        {
            held = _held ?? [];
            _held = null;
        }
        held.ForEach(_lane.Post);
    }
}
