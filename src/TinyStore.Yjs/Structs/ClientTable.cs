using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>What the document knows of one client. 32 bytes: a client of one item must stay cheap.</summary>
internal struct ClientRecord
{
    public ulong Id;

    /// <summary>The next clock: the document holds all below it.</summary>
    public uint Next;

    /// <summary><see cref="Next"/> before the transaction that <see cref="TouchedBy"/> names.</summary>
    public uint NextBefore;

    /// <summary>The serial of the last transaction that added a struct.</summary>
    public int TouchedBy;

    /// <summary>While the client has one run of handles: its first handle and how many.</summary>
    public int Handle;
    public int Count;

    /// <summary>Otherwise the index of its <see cref="ClockRuns"/>.</summary>
    public int Runs;
}

/// <summary>Clients by id, and the structs of each by clock. Indexes count from 1.</summary>
internal sealed class ClientTable(Slab<Entry> entries)
{
    // Random, so that nobody can choose ids that collide.
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Slab<ClientRecord> _records = new();
    private readonly List<ClockRuns?> _runs = [null];
    private IntArray _slots = new(16);
    private ulong _lastId = ulong.MaxValue;
    private int _lastIndex;

    public int Count => _records.Count;

    public long Bytes => _records.Bytes + (_slots.Length * 4L) + _runs.Sum(runs => runs?.Bytes ?? 0);

    public ref ClientRecord this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _records[index];
    }

    /// <summary>The index of a client, or 0 when nothing of it was ever seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong id) => id == _lastId ? _lastIndex : FindSlow(id);

    public int GetOrAdd(ulong id)
    {
        var index = Find(id);
        return index != 0 ? index : Add(id);
    }

    /// <summary>The next clock of a client, 0 when it is unknown.</summary>
    public uint NextClock(ulong id)
    {
        var index = Find(id);
        return index == 0 ? 0 : _records[index].Next;
    }

    /// <summary>Puts a struct at the end of its client's clocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(int client, int handle, uint length)
    {
        ref var record = ref _records[client];
        var next = record.Next + length;
        if (next < record.Next)
        {
            throw new InvalidOperationException($"The clock of client {record.Id} would pass 2^32-1. Write under a new client id.");
        }

        if (record.Runs != 0)
        {
            _runs[record.Runs]!.Append(handle, record.Next);
        }
        else if (record.Count == 0)
        {
            record.Handle = handle;
            record.Count = 1;
        }
        else if (record.Handle + record.Count == handle)
        {
            record.Count++;
        }
        else
        {
            ToRuns(ref record).Append(handle, record.Next);
        }

        record.Next = next;
    }

    /// <summary>The handle that would continue the client's last run.</summary>
    public int NextInRun(int client)
    {
        ref var record = ref _records[client];
        if (record.Runs == 0)
        {
            return record.Handle + record.Count;
        }

        var runs = _runs[record.Runs]!;
        return runs.HandleAt(runs.Last) + 1;
    }

    /// <summary>The handle of the struct that contains a clock, which the document must hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int HandleAt(int client, uint clock)
    {
        ref var record = ref _records[client];
        return record.Runs == 0 && record.Next == (uint)record.Count
            ? record.Handle + (int)clock
            : Handle(client, Position(client, clock));
    }

    public ClockPosition Position(int client, uint clock)
    {
        ref var record = ref _records[client];
        if (record.Runs != 0)
        {
            return _runs[record.Runs]!.Find(clock, record.Next, entries);
        }

        return new ClockPosition { Offset = ClockRuns.OffsetIn(new ClockRun { Handle = record.Handle, Count = record.Count }, clock, record.Next, entries) };
    }

    public ClockPosition LastPosition(int client)
    {
        ref var record = ref _records[client];
        return record.Runs != 0 ? _runs[record.Runs]!.Last : new ClockPosition { Offset = record.Count - 1 };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Handle(int client, in ClockPosition position)
    {
        ref var record = ref _records[client];
        return record.Runs != 0 ? _runs[record.Runs]!.HandleAt(position) : record.Handle + position.Offset;
    }

    public bool MoveNext(int client, ref ClockPosition position)
    {
        ref var record = ref _records[client];
        if (record.Runs != 0)
        {
            return _runs[record.Runs]!.MoveNext(ref position);
        }

        if (position.Offset + 1 == record.Count)
        {
            return false;
        }

        position.Offset++;
        return true;
    }

    /// <summary>How many handles follow one another from a position on.</summary>
    public int RunLength(int client, in ClockPosition position)
    {
        ref var record = ref _records[client];
        return record.Runs != 0 ? _runs[record.Runs]!.RunLength(position) : record.Count - position.Offset;
    }

    /// <summary>Goes to the first struct behind the run that a position is in.</summary>
    public bool MoveToNextRun(int client, ref ClockPosition position)
    {
        position.Offset += RunLength(client, position) - 1;
        return MoveNext(client, ref position);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MovePrevious(int client, ref ClockPosition position)
    {
        ref var record = ref _records[client];
        if (record.Runs != 0)
        {
            return _runs[record.Runs]!.MovePrevious(ref position);
        }

        if (position.Offset == 0)
        {
            return false;
        }

        position.Offset--;
        return true;
    }

    /// <summary>How many structs the client has from a position on.</summary>
    public int CountFrom(int client, in ClockPosition position)
    {
        ref var record = ref _records[client];
        return record.Runs != 0 ? _runs[record.Runs]!.CountFrom(position) : record.Count - position.Offset;
    }

    /// <summary>Puts a struct behind the one at a position, whose clocks it took over.</summary>
    public void InsertAfter(int client, in ClockPosition position, int handle, uint clock)
    {
        ref var record = ref _records[client];
        if (record.Runs == 0 && position.Offset == record.Count - 1 && record.Handle + record.Count == handle)
        {
            record.Count++;
            return;
        }

        (record.Runs != 0 ? _runs[record.Runs]! : ToRuns(ref record)).InsertAfter(position, handle, clock, entries);
    }

    /// <summary>Takes out a struct that merged into the one before it, and goes to that one.</summary>
    public void RemoveAndMovePrevious(int client, ref ClockPosition position)
    {
        ref var record = ref _records[client];
        if (record.Runs == 0)
        {
            if (position.Offset == record.Count - 1)
            {
                record.Count--;
                position.Offset--;
                return;
            }

            ToRuns(ref record);
        }

        _runs[record.Runs]!.RemoveAndMovePrevious(ref position, entries);
    }

    /// <summary>Client indexes in the order in which Yjs writes clients: highest id first.</summary>
    public int[] InWriteOrder()
    {
        var result = new int[Count];
        var ids = new ulong[Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = i + 1;
            ids[i] = ~_records[i + 1].Id;
        }

        Array.Sort(ids, result);
        return result;
    }

    private ClockRuns ToRuns(ref ClientRecord record)
    {
        var runs = new ClockRuns(new ClockRun { Handle = record.Handle, Count = record.Count });
        record.Runs = _runs.Count;
        _runs.Add(runs);
        return runs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FindSlow(ulong id)
    {
        var mask = _slots.Length - 1;
        for (var slot = SlotOf(id, mask); ; slot = (slot + 1) & mask)
        {
            var index = _slots[slot];
            if (index == 0)
            {
                return 0;
            }

            if (_records[index].Id == id)
            {
                _lastId = id;
                _lastIndex = index;
                return index;
            }
        }
    }

    private int Add(ulong id)
    {
        if (Count + 1 >= Entry.MaxClients)
        {
            throw new InvalidOperationException($"The document is full: it holds structs of {Entry.MaxClients - 1} clients.");
        }

        var index = _records.Append(new ClientRecord { Id = id });
        if (index * 4L > _slots.Length * 3L)
        {
            _slots = new IntArray(_slots.Length * 2);
            for (var i = 1; i < index; i++)
            {
                Place(i);
            }
        }

        Place(index);
        _lastId = id;
        _lastIndex = index;
        return index;
    }

    private void Place(int index)
    {
        var mask = _slots.Length - 1;
        var slot = SlotOf(_records[index].Id, mask);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = index;
    }

    private static int SlotOf(ulong id, int mask) => (int)((id * Multiplier) >> 33) & mask;
}
