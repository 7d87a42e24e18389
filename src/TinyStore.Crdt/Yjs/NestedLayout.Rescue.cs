using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Cells that die with a container although nobody deleted them.
//
//   two containers meet under one key                  t: [A (client 5)] [K (client 2^53-1)]
//   the one with the higher client id stays            A dies, and with it everything in it
//   what was live in A is written into K where         K/table/row/cell = the value, as one operation that every
//   K has nothing, before the store is looked at       witness makes alike (ContainerIds.OfCopies)
//
// A copy stands back: any other write to its cell that was made concurrently is written once more above it.
internal sealed partial class NestedLayout
{
    private const int MaxDepth = 4;

    private readonly List<YMapItem> _deadCells = [];
    private readonly List<YMapItem> _deadContainers = [];
    private readonly List<YMapItem> _touched = [];
    private readonly List<YMapItem> _copies = [];
    private readonly Dictionary<YMap, LostPlace?> _places = [];
    private readonly Dictionary<string, bool> _lineage = new(StringComparer.Ordinal);
    private readonly HashSet<YItemId> _deleted = [];
    private readonly Action<YMapItem> _noteDeleted;
    private readonly Action<YMapItem> _noteAdded;
    private bool _looksForCopies;
    private bool _hasLost;

    public override void OnTransaction(YTransaction transaction)
    {
        if (!Options.PlainContainers)
        {
            Rescue(transaction);
        }
    }

    private void Rescue(YTransaction transaction)
    {
        try
        {
            // Copies matter to whoever was here before them; a document that is just being loaded has settled that elsewhere.
            _looksForCopies = !transaction.IsLocal && FindTables() is { Id: { } tables } && !transaction.Adds(tables);
            transaction.ForEachDeletedMapItem(_noteDeleted);
            if (_looksForCopies)
            {
                transaction.ForEachInsertedMapItem(_noteAdded);
            }
            if (_deadCells.Count + _deadContainers.Count > 0)
            {
                KeepLostContainers(transaction);
                WriteLostCells(transaction);
            }
            if (_hasLost && !transaction.IsLocal)
            {
                DeleteCopiesOfWhatIsDeleted(transaction);
            }
            if (_touched.Count > 0)
            {
                YieldToWritten(transaction);
            }
            if (_copies.Count > 0)
            {
                DeleteCopiesOfWhatIsGone(transaction);
            }
        }
        finally
        {
            _deadCells.Clear();
            _deadContainers.Clear();
            _touched.Clear();
            _copies.Clear();
            _places.Clear();
        }
    }

    private void NoteDeleted(YMapItem item)
    {
        if (item.IsMap)
        {
            _deadContainers.Add(item);
        }
        else if (item.IsLast)
        {
            if (item.Parent.IsDeleted)
            {
                _deadCells.Add(item);
            }
        }
        else if (_looksForCopies)
        {
            _touched.Add(item);
        }
    }

    private void NoteAdded(YMapItem item)
    {
        if (!item.IsMap && !item.IsDeleted && !ContainerIds.IsWritten(item.Id.Client))
        {
            _copies.Add(item);
        }
    }

    // So that what its other writers still write into it, not knowing that it is lost, can be read when it comes.
    private void KeepLostContainers(YTransaction transaction)
    {
        foreach (var item in _deadContainers)
        {
            if (item.Value.AsMap is { } map && PlaceOf(map, transaction) is { IsRace: true } place)
            {
                transaction.Keep(item);
                _hasLost = true;
                if (place.HasCells && !place.DiedBefore)
                {
                    NoteWhatWasGone(map, transaction);
                }
            }
        }
    }

    // What somebody had deleted while the container lived: no copy of it that another peer makes is wanted.
    private void NoteWhatWasGone(YMap map, YTransaction transaction) => map.ForEachLastItem(item =>
    {
        if (item.IsDeleted && !transaction.Deletes(item.Id))
        {
            _lineage[$"{PathOf(map)}/{item.Key}"] = false;
        }
    });

    // Its writers do not know yet that the container is lost: what they delete in it is deleted in the copies too.
    private void DeleteCopiesOfWhatIsDeleted(YTransaction transaction)
    {
        List<(string? TableId, string? RowId, string Id)>? deleted = null;
        transaction.ForEachReceivedDelete(item =>
        {
            if (!item.IsMap
                && item.IsLast
                && item.Parent is { IsDeleted: true } container
                && PlaceOf(container, transaction) is { HasCells: true, IsRace: true } place
                && IsDeletedBySomebody(item, place, transaction)
                && FindCell(place.TableId, place.RowId, item.Key) is { } held
                && ContainerIds.IsCopy(held.Id.Client)
                && !transaction.Adds(held.Id))
            {
                _lineage[$"{PathOf(container)}/{item.Key}"] = false;
                (deleted ??= []).Add((place.TableId, place.RowId, item.Key));
            }
        });
        if (deleted is null)
        {
            return;
        }
        WriteAgain(() =>
        {
            foreach (var (tableId, rowId, id) in deleted)
            {
                if (tableId is null)
                {
                    DeleteValue(id);
                }
                else
                {
                    DeleteCell(tableId, rowId!, id);
                }
            }
        });
    }

    private YMapItem? FindCell(string? tableId, string? rowId, string id)
    {
        var container = tableId is null ? FindValues() : FindRow(tableId, rowId!);
        return container is not null && container.TryGetLastItem(id, out var item) && !item.IsDeleted ? item : null;
    }

    private void WriteLostCells(YTransaction transaction)
    {
        var lost = new List<LostCell>();
        foreach (var item in _deadCells)
        {
            if (PlaceOf(item.Parent, transaction) is { HasCells: true } place
                && IsLost(item, place, transaction)
                && CellCodec.TryDecode(item.Value, out var value))
            {
                lost.Add(new LostCell(place.TableId, place.RowId, item.Key, value, item.LastId, LivesOn(item, place)));
            }
        }
        if (lost.Count > 0)
        {
            lost.Sort(LostCell.Compare);
            WriteAgain(() => WriteCopies(lost));
        }
    }

    // Whether something came since its place was lost or deleted, so that it may take the place of a copy.
    private bool LivesOn(in YMapItem item, LostPlace place)
    {
        var path = PathOf(item.Parent)!;
        if (!place.DiedBefore && !_lineage.ContainsKey($"{path}/{item.Key}"))
        {
            return false;
        }
        _lineage[$"{path}/{item.Key}"] = true;
        return true;
    }

    private bool IsLost(in YMapItem item, LostPlace place, YTransaction transaction)
    {
        if (place.IsRace)
        {
            return (place.IsWitnessed || IsOwn(item.Id.Client)) && !IsDeletedBySomebody(item, place, transaction);
        }
        // Somebody deleted the container who had not seen this cell: its author writes it again, and nobody else.
        return !transaction.IsLocal && !transaction.ReceivesDeleteOf(item.LastId) && IsOwn(item.Id.Client);
    }

    // Whoever knows the winner has the lost container and all that was in it among its deletes, and says nothing about a cell.
    // Whoever names the cell and not the container deleted the cell.
    private static bool IsDeletedBySomebody(in YMapItem item, LostPlace place, YTransaction transaction) =>
        transaction.ReceivesDeleteOf(item.LastId) && !transaction.ReceivesDeleteOf(place.Outermost);

    private bool IsOwn(ulong client) => client == Doc.ClientId || Options.OwnClientIds.Contains(client);

    // Up from a container to the root. Only what has the depth of a row or of the values holds cells.
    private LostPlace? PlaceOf(YMap container, YTransaction transaction)
    {
        if (!_places.TryGetValue(container, out var place))
        {
            place = FindPlace(container, transaction);
            _places.Add(container, place);
        }
        return place;
    }

    private LostPlace? FindPlace(YMap container, YTransaction transaction)
    {
        var keys = new List<string>(MaxDepth);
        YType? outermostDead = null;
        YType type = container;
        while (!type.IsRoot)
        {
            if (keys.Count == MaxDepth || type.ParentKey is not { } key || type.Parent is not { } parent)
            {
                return null;
            }
            keys.Add(key);
            outermostDead = type.IsDeleted ? type : outermostDead;
            type = parent;
        }
        if (type != _root || outermostDead is null)
        {
            return null;
        }
        keys.Reverse();
        var isCells = (keys.Count == 3 && keys[0] is TablesKey) || (keys.Count == 1 && keys[0] is ValuesKey);
        if (!isCells && keys[0] is not TablesKey)
        {
            return null;
        }
        var lost = outermostDead.Id!.Value;
        var isRace = false;
        var isWitnessed = false;
        var where = outermostDead.Parent as YMap;
        if (where is not null && where.TryGetLastItem(outermostDead.ParentKey!, out var winner) && !winner.IsDeleted && winner.IsMap)
        {
            isRace = !Knows(winner, lost);
            isWitnessed = !transaction.Adds(winner.Id) || !transaction.Adds(lost);
        }
        return new LostPlace(
            isCells,
            keys.Count > 1 ? keys[1] : null,
            keys.Count > 2 ? keys[2] : null,
            isRace,
            isWitnessed,
            !transaction.Deletes(lost),
            lost);
    }

    // Whether who wrote the later item had seen the earlier one: it is the later one's origin, or the origin's origin, …
    private static bool Knows(YMapItem later, YItemId earlier)
    {
        for (var item = later; item.Origin is { } origin;)
        {
            if (origin.Client == earlier.Client && origin.Clock >= earlier.Clock)
            {
                return true;
            }
            do
            {
                if (!item.TryGetPrevious(out item))
                {
                    return false;
                }
            }
            while (item.Id.Client != origin.Client || item.Id.Clock > origin.Clock || item.LastId.Clock < origin.Clock);
        }
        return false;
    }
}
