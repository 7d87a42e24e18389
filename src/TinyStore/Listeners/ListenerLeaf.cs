using System.Runtime.ExceptionServices;

namespace TinyStore;

/// <summary>The listeners of one path, in the order of addition. It may change while it calls them.</summary>
internal sealed class ListenerLeaf<T>
{
    private readonly List<StoreListener<T>?> _listeners = [];
    private int _count;
    private int _calls;

    public void Add(StoreListener<T> listener)
    {
        _listeners.Add(listener);
        _count++;
    }

    /// <summary>Removes a listener. True if it was the last.</summary>
    public bool Remove(StoreListener<T> listener)
    {
        _listeners[_listeners.IndexOf(listener)] = null;
        _count--;
        CloseGaps();
        return _count == 0;
    }

    public void Call(T args)
    {
        _calls++;
        try
        {
            for (var i = 0; i < _listeners.Count; i++)
            {
                _listeners[i]?.Handler(args);
            }
        }
        finally
        {
            _calls--;
            CloseGaps();
        }
    }

    public void CallThenThrow(T args)
    {
        ExceptionDispatchInfo? error = null;
        _calls++;
        for (var i = 0; i < _listeners.Count; i++)
        {
            try
            {
                _listeners[i]?.Handler(args);
            }
            catch (Exception e)
            {
                error ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        _calls--;
        CloseGaps();
        error?.Throw();
    }

    private void CloseGaps()
    {
        if (_calls == 0 && _listeners.Count > _count)
        {
            _listeners.RemoveAll(static l => l is null);
        }
    }
}
