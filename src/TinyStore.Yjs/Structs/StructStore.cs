using System.Runtime.CompilerServices;
using TinyStore.Yjs.Transactions;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// All structs, types, keys and contents of one document. It knows nothing of events, transactions' order or updates' bytes;
/// it notes what it changes in the <see cref="TransactionState"/> that <see cref="Current"/> names.
/// </summary>
/// <remarks>A <c>ref</c> into a slab dies when something is added to that slab: add first, then take the ref.</remarks>
internal sealed partial class StructStore : IDisposable
{
    public StructStore() => Clients = new ClientTable(Entries);

    public Slab<Entry> Entries { get; } = new();

    public Slab<OriginRow> Rows { get; } = new();

    public Slab<TypeRecord> Types { get; } = new();

    public KeyTable Keys { get; } = new();

    public ContentStore Contents { get; } = new();

    public ClientTable Clients { get; }

    /// <summary>The transaction that notes changes.</summary>
    public TransactionState Current { get; set; } = null!;

    /// <summary>Whether somebody observes types, so that <see cref="TransactionState.Changed"/> is kept.</summary>
    public bool IsObserved { get; set; }

    /// <summary>Whether any text was ever formatted here: remote changes may then have to be tidied up.</summary>
    public bool HasFormats { get; private set; }

    /// <summary>Called when a type that is observed dies.</summary>
    public Action<int>? ObservedTypeFreed { get; set; }

    /// <summary>Goes up whenever handles may have died: what remembers handles checks it.</summary>
    public int Epoch { get; set; }

    /// <summary>Goes up with every change: enumerators check it.</summary>
    public int Version { get; set; }

    /// <summary>Bytes held by the slabs and tables.</summary>
    public long Bytes => InspectMemory().Sum(part => part.Bytes);

    /// <summary><see cref="Bytes"/>, part by part.</summary>
    public YMemoryInspection[] InspectMemory() =>
    [
        new("structs", Entries.Bytes),
        new("origins", Rows.Bytes),
        new("types", Types.Bytes),
        new("keys", Keys.Bytes),
        new("contents", Contents.Bytes),
        new("clients", Clients.Bytes),
        new("indexes", _mapIndexes.Sum(index => index?.Bytes ?? 0)),
    ];

    public void Dispose() => _scratch.Dispose();

    /// <summary>The right neighbour. (A tail's field links to the next key instead.)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RightOf(int handle)
    {
        ref var entry = ref Entries[handle];
        return entry.IsTail ? 0 : entry.Right;
    }

    /// <summary>The key of a map item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int KeyOf(int handle)
    {
        ref var entry = ref Entries[handle];
        return entry.HasRow ? Rows[entry.Key].Key : entry.Key;
    }

    public ulong ClientId(int handle) => Clients[Entries[handle].Client].Id;

    public YItemId IdOf(int handle) => new(ClientId(handle), Entries[handle].Clock);

    public YItemId LastIdOf(int handle) => new(ClientId(handle), Entries[handle].LastClock);

    /// <summary>The origin of an item as client index and clock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryGetOrigin(int handle, out int client, out uint clock)
    {
        ref var entry = ref Entries[handle];
        switch (entry.Origin)
        {
            case OriginKind.Left:
                ref var left = ref Entries[entry.Left];
                client = left.Client;
                clock = left.LastClock;
                return true;
            case OriginKind.Row:
                ref var row = ref Rows[entry.Key];
                client = row.OriginClient;
                clock = row.OriginClock;
                return true;
            default:
                client = 0;
                clock = 0;
                return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryGetRightOrigin(int handle, out int client, out uint clock)
    {
        ref var entry = ref Entries[handle];
        if (!entry.HasRightOrigin)
        {
            client = 0;
            clock = 0;
            return false;
        }

        ref var row = ref Rows[entry.Key];
        client = row.RightClient;
        clock = row.RightClock;
        return true;
    }

    /// <summary>The next clock of a client before the current transaction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ClockBefore(int client)
    {
        ref var record = ref Clients[client];
        return record.TouchedBy == Current.Serial ? record.NextBefore : record.Next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsTypeDeleted(int type)
    {
        var item = Types[type].Item;
        return item != 0 && Entries[item].IsDeleted;
    }

    /// <summary>
    /// Finds what a transaction changed from its structs and deletes, for one that began while nobody observed. The types may
    /// come in another order than they were changed in.
    /// </summary>
    /// <param name="state">The transaction, its deletes sorted.</param>
    /// <param name="before">The next clock of a client before the transaction.</param>
    /// <param name="after">And after it.</param>
    public void FindChanges(TransactionState state, Func<int, uint> before, Func<int, uint> after)
    {
        foreach (var (client, start) in state.Touched)
        {
            AddChanges(client, start, after(client));
        }

        foreach (var range in state.Deleted.Ranges)
        {
            AddChanges(range.Client, range.Clock, range.End);
        }

        void AddChanges(int client, uint clock, uint end)
        {
            while (clock < end)
            {
                var handle = Clients.HandleAt(client, clock);
                ref var entry = ref Entries[handle];
                clock = entry.EndClock;
                if (!entry.IsGC && HasEvent(entry.Parent))
                {
                    state.Changed.Add(entry.Parent, entry.IsMapItem ? KeyOf(handle) : 0);
                }
            }
        }

        bool HasEvent(int type)
        {
            var item = Types[type].Item;
            return item == 0 || (!Entries[item].IsDeleted && Entries[item].Clock < before(Entries[item].Client));
        }
    }

    /// <summary>Gives a struct a handle and puts it at the end of its client's clocks. The entry is filled in by the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Append(int client, uint length)
    {
        // Consecutive handles make one run in the clients' index, which is worth leaving some free slots unused.
        var contiguous = Entries.FreeCount == 0
            || (Entries.FreeCount <= 256 + (Entries.Count >> 3) && Clients.NextInRun(client) == Entries.End);
        ref var record = ref Clients[client];
        if (record.TouchedBy != Current.Serial)
        {
            record.TouchedBy = Current.Serial;
            record.NextBefore = record.Next;
            Current.Touched.Add(new TouchedClient(client, record.Next));
            Current.TouchedIndex = null;
        }

        var handle = contiguous ? Entries.Append() : Entries.Add();
        Clients.Append(client, handle, length);
        return handle;
    }

    /// <summary>Notes a change of a type for its events, unless it was made or deleted in this transaction.</summary>
    /// <param name="type">The type.</param>
    /// <param name="key">The key, or 0 for the list.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NoteChange(int type, int key)
    {
        if (!IsObserved && !HasFormats)
        {
            Current.ChangesMissed = true;
            return;
        }

        var item = Types[type].Item;
        if (item != 0)
        {
            ref var entry = ref Entries[item];
            if (entry.IsDeleted || entry.Clock >= ClockBefore(entry.Client))
            {
                return;
            }
        }

        Current.Changed.Add(type, key);
    }
}
