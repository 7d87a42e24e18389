using System.Runtime.ExceptionServices;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs;

// Type observers: those of each changed type first, then the deep ones of the types around it. Without any, nothing of
// this costs anything.
public sealed partial class YDoc
{
    private readonly Dictionary<int, TypeObservers> _observers = [];
    private readonly List<TypeObservers> _deepTargets = [];
    private int _deepCount;

    internal IDisposable Observe(YType type, Action<YEvent> observer)
    {
        var observers = ObserversOf(type);
        return observers.Direct.Add(observer, () => Forget(type));
    }

    internal IDisposable ObserveDeep(YType type, Action<IReadOnlyList<YEvent>> observer)
    {
        var observers = ObserversOf(type);
        observers.Owner = type;
        _deepCount++;
        return observers.Deep.Add(observer, () =>
        {
            if (_observers.GetValueOrDefault(type.Index) == observers)
            {
                _deepCount--;
            }

            Forget(type);
        });
    }

    /// <summary>Makes the event of a changed type, in the form that fits a handle.</summary>
    internal static YEvent MakeEvent(YType target, YTransaction transaction, int ordinal) => target switch
    {
        YMap => new YMapEvent(target, transaction, ordinal),
        YText => new YTextEvent(target, transaction, ordinal),
        YXmlFragment => new YXmlEvent(target, transaction, ordinal),
        _ => new YArrayEvent(target, transaction, ordinal),
    };

    private TypeObservers ObserversOf(YType type)
    {
        CheckReadable();
        if (!type.IsAttached)
        {
            throw new InvalidOperationException("The type was deleted from the document, so it cannot be observed.");
        }

        if (!_observers.TryGetValue(type.Index, out var observers))
        {
            observers = new TypeObservers();
            _observers.Add(type.Index, observers);
            Store.Types[type.Index].Set(TypeFlags.Observed);
            Store.IsObserved = true;
        }

        return observers;
    }

    /// <summary>An observed type died: nobody can observe it any more.</summary>
    private void ForgetFreed(int type)
    {
        if (_observers.Remove(type, out var observers))
        {
            _deepCount -= observers.Deep.Count;
            Store.IsObserved = _observers.Count > 0;
        }
    }

    private void Forget(YType type)
    {
        if (type.IsAttached && _observers.TryGetValue(type.Index, out var observers) && observers.Direct.Count + observers.Deep.Count == 0)
        {
            _observers.Remove(type.Index);
            Store.Types[type.Index].Clear(TypeFlags.Observed);
            Store.IsObserved = _observers.Count > 0;
        }
    }

    private void CallTypeObservers(YTransaction transaction, ref ExceptionDispatchInfo? error)
    {
        var state = transaction.State;
        if (_observers.Count == 0 && !Store.HasFormats)
        {
            return;
        }

        if (state.ChangesMissed)
        {
            FindMissedChanges(transaction);
        }

        for (var ordinal = 0; ordinal < state.Changed.Count; ordinal++)
        {
            ref var changed = ref state.Changed[ordinal];
            var type = changed.Type;
            if (changed.Removed || Store.IsTypeDeleted(type))
            {
                continue;
            }

            changed.Called = true;
            if (Store.Types[type].Has(TypeFlags.Observed) && _observers[type] is { Direct.Count: > 0 } observers)
            {
                observers.Direct.Call(EventOf(transaction, ordinal), ref error);
            }

            if (!transaction.IsLocal && Store.IsFormattedText(type))
            {
                transaction.NeedsTidying = true;
            }
        }

        if (_deepCount > 0)
        {
            CallDeepObservers(transaction, ref error);
        }
    }

    // By itself: what its lambdas capture would be allocated for every transaction.
    private void FindMissedChanges(YTransaction transaction)
    {
        var next = _queue.IndexOf(transaction) + 1;
        Store.FindChanges(
            transaction.State,
            client => ClockBefore(transaction, client),
            client => next < _queue.Count ? ClockBefore(_queue[next], client) : Store.Clients[client].Next);
    }

    private void CallDeepObservers(YTransaction transaction, ref ExceptionDispatchInfo? error)
    {
        var changed = transaction.State.Changed;
        for (var ordinal = 0; ordinal < changed.Count; ordinal++)
        {
            if (changed[ordinal].Called)
            {
                CollectDeepTargets(transaction, ordinal);
            }
        }

        foreach (var target in _deepTargets)
        {
            target.Events.RemoveAll(static e => e.Target.IsDeleted);
            YEvent[] events = [.. target.Events];
            target.Events.Clear();
            if (events.Length == 0 || target.Owner!.IsDeleted)
            {
                continue;
            }

            foreach (var e in events)
            {
                e.SetCurrentTarget(target.Owner);
            }

            target.Deep.Call(events.Length < 2 ? events : [.. events.OrderBy(static e => e.Depth)], ref error);
        }

        _deepTargets.Clear();
    }

    /// <summary>Gives the event of a changed type to those who observe it or a type around it deeply.</summary>
    private void CollectDeepTargets(YTransaction transaction, int ordinal)
    {
        for (var type = transaction.State.Changed[ordinal].Type; ;)
        {
            ref var record = ref Store.Types[type];
            if (record.Has(TypeFlags.Observed) && _observers[type] is { Deep.Count: > 0 } observers)
            {
                if (observers.Events.Count == 0)
                {
                    _deepTargets.Add(observers);
                }

                observers.Events.Add(EventOf(transaction, ordinal));
            }

            if (record.Item == 0)
            {
                return;
            }

            type = Store.Entries[record.Item].Parent;
        }
    }

    private YEvent EventOf(YTransaction transaction, int ordinal)
    {
        ref var changed = ref transaction.State.Changed[ordinal];
        return changed.Event ??= MakeEvent(HandleOf(changed.Type), transaction, ordinal);
    }

    private sealed class TypeObservers
    {
        public ObserverList<YEvent> Direct { get; } = new();

        public ObserverList<IReadOnlyList<YEvent>> Deep { get; } = new();

        /// <summary>What the transaction that is being cleaned up has for deep observers.</summary>
        public List<YEvent> Events { get; } = [];

        /// <summary>The handle that deep observers get as current target.</summary>
        public YType? Owner { get; set; }
    }
}
