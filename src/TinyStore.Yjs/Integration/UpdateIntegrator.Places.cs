using System.Runtime.CompilerServices;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Integration;

// Where a struct belongs: whether what it refers to is there, its neighbours, its parent and its key.
internal sealed partial class UpdateIntegrator
{
    // What the last struct named as parent: cells of one row name the same again and again.
    private YItemId _parentId;
    private int _parentType;
    private int _rootNameStart;
    private int _rootNameLength;
    private int _rootType;

    /// <summary>Whether the struct depends on another client's clock that is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Misses(in YStruct item, out ulong client)
    {
        client = item.Origin.Client;
        if (item.HasOrigin && IsMissing(item.Origin, item.Client))
        {
            return true;
        }

        client = item.RightOrigin.Client;
        if (item.HasRightOrigin && IsMissing(item.RightOrigin, item.Client))
        {
            return true;
        }

        client = item.ParentId.Client;
        return item.ParentKind == YParentKind.Item && item.ParentId != _parentId && IsMissing(item.ParentId, item.Client);
    }

    private bool IsMissing(YItemId id, ulong own) => id.Client != own && id.Clock >= store.Clients.NextClock(id.Client);

    /// <summary>
    /// The document has the beginning of an item: the rest goes behind it. It takes its place too, whatever the update says:
    /// two documents that wrote under one client id contradict each other, and peers that get the rest from here read its
    /// place from its origin.
    /// </summary>
    private bool ContinueKnownPart(uint lastClock, ref Draft draft)
    {
        draft.Left = store.ItemEndingAt(draft.Client, lastClock);
        draft.HasOrigin = true;
        draft.OriginClient = draft.Client;
        draft.OriginClock = lastClock;
        ref var left = ref store.Entries[draft.Left];
        if (left.IsGC)
        {
            return false;
        }

        draft.Parent = left.Parent;
        draft.Key = left.IsMapItem ? store.KeyOf(draft.Left) : 0;
        return true;
    }

    /// <summary>
    /// Finds neighbours, parent and key. False when the parent or a neighbour was collected, or the parent is no type: then
    /// the struct has no place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool FindPlace(ReadOnlySpan<byte> update, in YStruct item, bool isNew, ref Draft draft)
    {
        if (item.HasOrigin)
        {
            draft.HasOrigin = true;
            draft.OriginClient = store.Clients.Find(item.Origin.Client);
            draft.OriginClock = item.Origin.Clock;
            draft.Left = store.ItemEndingAt(draft.OriginClient, draft.OriginClock);
        }

        if (item.HasRightOrigin)
        {
            draft.HasRightOrigin = true;
            draft.RightClient = store.Clients.Find(item.RightOrigin.Client);
            draft.RightClock = item.RightOrigin.Clock;
            draft.Right = store.ItemStartingAt(draft.RightClient, draft.RightClock);
        }

        if (!isNew)
        {
            return false;
        }

        switch (item.ParentKind)
        {
            case YParentKind.Item:
                draft.Parent = ParentType(item.ParentId);
                break;
            case YParentKind.Root:
                draft.Parent = RootType(update, item);
                break;
            default:
                var neighbour = draft.Left != 0 ? draft.Left : draft.Right;
                if (store.Entries[neighbour].IsGC || (draft.Right != 0 && store.Entries[draft.Right].IsGC))
                {
                    return false;
                }

                draft.Parent = store.Entries[neighbour].Parent;
                draft.Key = store.Entries[neighbour].IsMapItem ? store.KeyOf(neighbour) : 0;
                return true;
        }

        if (draft.Parent == 0)
        {
            return false;
        }

        draft.Key = item.HasKey ? store.Keys.Intern(item.Key(update)) : 0;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ParentType(YItemId id)
    {
        if (_parentType == 0 || id != _parentId)
        {
            ref var entry = ref store.Entries[store.Clients.HandleAt(store.Clients.Find(id.Client), id.Clock)];
            _parentId = id;
            _parentType = entry.Kind == EntryKind.Type ? (int)entry.Value : 0;
        }

        return _parentType;
    }

    private int RootType(ReadOnlySpan<byte> update, in YStruct item)
    {
        if (_rootType == 0 || !item.ParentName(update).SequenceEqual(update.Slice(_rootNameStart, _rootNameLength)))
        {
            _rootType = store.Root(store.Keys.Intern(item.ParentName(update)));
            _rootNameStart = item.ParentNameStart;
            _rootNameLength = item.ParentNameLength;
        }

        return _rootType;
    }
}
