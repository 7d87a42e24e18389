using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Integration;

// The structs of one update, each behind what it depends on.
internal sealed partial class UpdateIntegrator
{
    /// <summary>
    /// A value under a key that has no item yet. Most structs of a table are such cells, in the same row as the struct before
    /// them; they take a short way past everything that only concerns neighbours.
    /// </summary>
    private const byte CellInfo = YStruct.HasKeyFlag | (byte)YContentKind.Any;

    private readonly List<Waiting> _stack = [];
    private readonly List<YClientGroup> _parked = [];
    private readonly HashSet<int> _parkedGroups = [];
    private YClientGroup[] _groups = []; // what is left of each, except of the one that is being read
    private int _groupCount;
    private YContentFormat _format;
    private Dictionary<ulong, int>? _groupIndex;
    private Dictionary<ulong, uint>? _missing;
    private Dictionary<ulong, uint>? _chained;

    /// <summary>A struct that depends on another client's, its group, and how many follow it there.</summary>
    private readonly record struct Waiting(YStruct Struct, int Group, int Following);

    /// <summary>
    /// Integrates what can be. Groups are worked from the highest client down, which is how Yjs does it and decides how
    /// structs get split. Returns what has to wait.
    /// </summary>
    private PendingStructs? IntegrateStructs(ReadOnlySpan<byte> update, YUpdateOutline outline)
    {
        Prepare(outline);
        var reader = default(YStructReader);
        var current = -1;
        for (var group = 0; group < _groupCount; group++)
        {
            while (Read(update, group, ref reader, ref current))
            {
                if (!TryIntegrate(update, reader.Current, out var waitsFor))
                {
                    BringInDependencies(update, group, waitsFor, ref reader, ref current);
                }
            }
        }

        return _parked.Count > 0 ? TakeParked(update) : null;
    }

    /// <summary>
    /// Reads on in the groups that a struct depends on until it can be integrated. Where such a group has no more, all that
    /// waits is parked together with what follows it.
    /// </summary>
    private void BringInDependencies(ReadOnlySpan<byte> update, int group, ulong waitsFor, ref YStructReader reader, ref int current)
    {
        _stack.Add(new Waiting(reader.Current, group, reader.StructsLeft));
        while (_stack.Count > 0)
        {
            var other = waitsFor == _stack[^1].Struct.Client ? -1 : FindGroup(waitsFor);
            if (other < 0 || !Read(update, other, ref reader, ref current))
            {
                NoteMissing(ref _missing, _stack[^1].Struct, waitsFor);
                NoteWhatTheOthersMiss();
                Park();
                current = -1;
                return;
            }

            if (!TryIntegrate(update, reader.Current, out waitsFor))
            {
                _stack.Add(new Waiting(reader.Current, other, reader.StructsLeft));
                continue;
            }

            while (_stack.Count > 0 && TryIntegrate(update, _stack[^1].Struct, out waitsFor))
            {
                _stack.RemoveAt(_stack.Count - 1);
            }
        }
    }

    // A document made of one client for each row has as many groups as rows, and must not hold them three times for good.
    private void TrimGroups()
    {
        _outline.Trim();
        _pendingOutline.Trim();
        _groupIndex = null;
        if (_groups.Length > YUpdateOutline.KeptGroups)
        {
            _groups = [];
            _groupCount = 0;
        }
    }

    private void Prepare(YUpdateOutline outline)
    {
        _format = outline.Format;
        outline.SortGroups();
        var groups = outline.Groups;
        if (_groups.Length < groups.Length)
        {
            _groups = new YClientGroup[groups.Length];
        }

        _groupCount = 0;
        foreach (ref readonly var group in groups)
        {
            if (_groupCount > 0 && _groups[_groupCount - 1].Client == group.Client)
            {
                // A client twice: nobody writes that. Yjs takes the last one of the bytes.
                if (_groups[_groupCount - 1].Start < group.Start)
                {
                    _groups[_groupCount - 1] = group;
                }
            }
            else
            {
                _groups[_groupCount++] = group;
            }
        }

        _groupIndex = null;
        _missing = null;
        _chained = null;
        _stack.Clear();
        _parked.Clear();
        _parkedGroups.Clear();
        _parentId = new YItemId(ulong.MaxValue, 0);
        _parentType = 0;
        _rootType = 0;
    }

    /// <summary>Reads the next struct of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Read(ReadOnlySpan<byte> update, int group, ref YStructReader reader, ref int current)
    {
        if (current != group)
        {
            if (current >= 0)
            {
                _groups[current] = reader.Rest;
            }

            current = group;
            reader = new YStructReader(update, _groups[group], _format);
        }

        if (reader.NextStruct())
        {
            return true;
        }

        _groups[group].StructCount = 0;
        current = -1;
        return false;
    }

    private int FindGroup(ulong client)
    {
        if (_groupIndex is null)
        {
            _groupIndex = new(_groupCount);
            for (var i = 0; i < _groupCount; i++)
            {
                _groupIndex.Add(_groups[i].Client, i);
            }
        }

        return _groupIndex.TryGetValue(client, out var index) ? index : -1;
    }

    private void NoteMissing(ref Dictionary<ulong, uint>? missing, in YStruct waiting, ulong waitsFor) =>
        PendingStructs.NoteMissing(missing ??= [], waitsFor, waitsFor == waiting.Client ? waiting.Clock - 1 : store.Clients.NextClock(waitsFor));

    // Each struct in the stack waits for the client of the one above it.
    private void NoteWhatTheOthersMiss()
    {
        for (var i = 0; i < _stack.Count - 1; i++)
        {
            NoteMissing(ref _chained, _stack[i].Struct, _stack[i + 1].Struct.Client);
        }
    }

    private void Park()
    {
        foreach (var (waiting, group, following) in _stack)
        {
            if (!_parkedGroups.Add(group))
            {
                continue;
            }

            _groups[group].StructCount = 0;
            _parked.Add(new YClientGroup { Client = waiting.Client, Start = waiting.Start, Clock = waiting.Clock, StructCount = following + 1 });
        }

        _stack.Clear();
    }

    private PendingStructs TakeParked(ReadOnlySpan<byte> update)
    {
        _parked.Sort(static (a, b) => b.Client.CompareTo(a.Client));
        using var writer = new UpdateWriter();
        foreach (var group in _parked)
        {
            var reader = new YStructReader(update, group, _format);
            while (reader.NextStruct())
            {
                writer.Write(update, reader.Current);
            }
        }

        using var output = new Lib0Writer();
        writer.Finish(output);
        output.WriteVarUint(0); // no deletes
        var parked = _format == YContentFormat.Any ? output.ToArray() : YUpdate.ConvertValues(output.Written, _format, YContentFormat.Any);
        return new PendingStructs(parked, _missing!, _chained ?? []);
    }

    /// <summary>Integrates a struct, or the part of it that is new. False when it depends on clocks of a client that are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryIntegrate(ReadOnlySpan<byte> update, in YStruct item, out ulong waitsFor)
    {
        waitsFor = 0;
        if (item.Kind == YContentKind.Skip)
        {
            return true;
        }

        var client = store.Clients.Find(item.Client);
        var next = client == 0 ? 0 : store.Clients[client].Next;
        if (next < item.Clock)
        {
            waitsFor = item.Client;
            return false;
        }

        if (item.Info == CellInfo && item.Length == 1 && next == item.Clock && client != 0 && item.Client != OwnClient
            && item.ParentKind == YParentKind.Item && item.ParentId == _parentId && _parentType != 0
            && store.TryAddValue(_parentType, store.Keys.Intern(item.Key(update)), client, next, item.ContentBytes(update)))
        {
            return true;
        }

        if (item.IsItem && Misses(item, out waitsFor))
        {
            return false;
        }

        var isNew = next < item.EndClock;
        var draft = default(Draft);
        var hasParent = item.IsItem && FindPlace(update, item, isNew, ref draft);
        if (!isNew)
        {
            return true;
        }

        OwnClientSeen |= item.Client == OwnClient;
        draft.Client = client != 0 ? client : store.Clients.GetOrAdd(item.Client);
        draft.Clock = next;
        var offset = next - item.Clock;
        if (hasParent && offset > 0)
        {
            hasParent = ContinueKnownPart(next - 1, ref draft);
        }

        if (!hasParent)
        {
            store.IntegrateGC(draft.Client, next, item.EndClock - next);
            return true;
        }

        store.StoreContent(update, item, offset, _format, ref draft);
        store.Integrate(ref draft);
        return true;
    }
}
