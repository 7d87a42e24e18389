using System.Runtime.ExceptionServices;

namespace TinyStore.Yjs;

/// <summary>
/// Observers of one thing. Adding and removing copies the array, so a round of calls goes to those who were there when it
/// began, except that one who left in the meantime is not called any more.
/// </summary>
internal sealed class ObserverList<T>
{
    private Subscription[] _subscriptions = [];

    public int Count => _subscriptions.Length;

    public IDisposable Add(Action<T> observer, Action? onRemoved = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer, onRemoved);
        _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    /// <summary>Calls all, whatever they throw; the last exception is kept.</summary>
    public void Call(T argument, ref ExceptionDispatchInfo? error)
    {
        foreach (var subscription in _subscriptions)
        {
            try
            {
                subscription.Call(argument);
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    private sealed class Subscription(ObserverList<T> list, Action<T> observer, Action? onRemoved) : IDisposable
    {
        private ObserverList<T>? _list = list;

        public void Call(T argument)
        {
            if (_list is not null)
            {
                observer(argument);
            }
        }

        public void Dispose()
        {
            if (_list is { } list)
            {
                _list = null;
                list._subscriptions = [.. list._subscriptions.Where(subscription => subscription != this)];
                onRemoved?.Invoke();
            }
        }
    }
}
