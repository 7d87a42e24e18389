using System.Diagnostics;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>
/// What a transaction changed in one type. Read it while the observer runs; afterwards, what was not read before throws
/// <see cref="InvalidOperationException"/>.
/// </summary>
[DebuggerDisplay("{GetType().Name,nq} of {Target.DebuggerText,nq}")]
public abstract partial class YEvent
{
    private YType _currentTarget;
    private IReadOnlyList<YPathStep>? _path;

    private protected YEvent(YType target, YTransaction transaction, int ordinal)
    {
        Target = target;
        _currentTarget = target;
        Transaction = transaction;
        Ordinal = ordinal;
    }

    /// <summary>The type that changed.</summary>
    public YType Target { get; }

    /// <summary>The type whose observer is being called.</summary>
    public YType CurrentTarget => _currentTarget;

    /// <summary>The transaction.</summary>
    public YTransaction Transaction { get; }

    /// <summary>Whether elements of the target's list were added or removed.</summary>
    public bool IsListChanged => Transaction.State.Changed[Ordinal].List;

    /// <summary>The keys and indexes that lead from <see cref="CurrentTarget"/> to <see cref="Target"/>.</summary>
    public IReadOnlyList<YPathStep> Path => _path ??= MakePath();

    /// <summary>Where the transaction notes the change.</summary>
    internal int Ordinal { get; }

    private protected StructStore Store => Transaction.Doc.Store;

    /// <summary>How many steps the path has.</summary>
    internal int Depth
    {
        get
        {
            var depth = 0;
            for (var type = Target.Index; type != _currentTarget.Index && Store.Types[type].Item is var item and not 0; depth++)
            {
                type = Store.Entries[item].Parent;
            }

            return depth;
        }
    }

    /// <summary>Whether the transaction deleted the item.</summary>
    public bool Deletes(YItemId id) => Transaction.Deletes(id);

    /// <summary>Whether the transaction added the item.</summary>
    public bool Adds(YItemId id) => Transaction.Adds(id);

    internal void SetCurrentTarget(YType type)
    {
        _currentTarget = type;
        _path = null;
    }

    private YPathStep[] MakePath()
    {
        _ = Transaction.State; // throws when it is too late
        var depth = Depth;
        if (depth == 0)
        {
            return [];
        }

        var path = new YPathStep[depth];
        for (var type = Target.Index; depth > 0;)
        {
            var item = Store.Types[type].Item;
            ref var entry = ref Store.Entries[item];
            path[--depth] = entry.IsMapItem ? new YPathStep(Store.Keys.String(Store.KeyOf(item))) : new YPathStep(IndexInList(item));
            type = entry.Parent;
        }

        return path;
    }

    private int IndexInList(int item)
    {
        uint index = 0;
        for (var other = Store.Types[Store.Entries[item].Parent].Start; other != item && other != 0; other = Store.Entries[other].Right)
        {
            ref var entry = ref Store.Entries[other];
            if (!entry.IsDeleted && entry.IsCountable)
            {
                index += entry.Length;
            }
        }

        return (int)index;
    }
}
