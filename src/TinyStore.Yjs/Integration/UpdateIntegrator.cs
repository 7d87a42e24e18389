using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Structs;
using TinyStore.Yjs.Transactions;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Integration;

/// <summary>
/// Brings validated updates into a store, in the order in which Yjs does it, and keeps what cannot come in yet.
/// </summary>
internal sealed partial class UpdateIntegrator(StructStore store)
{
    private readonly YUpdateOutline _outline = new();
    private readonly YUpdateOutline _pendingOutline = new();
    private PendingStructs? _pending;
    private List<ClientRange>? _pendingDeletes;

    /// <summary>Whether anything waits.</summary>
    public bool HasPending => _pending is not null || _pendingDeletes is not null;

    /// <summary>For each client that structs wait for: the missing clock.</summary>
    public Dictionary<ulong, uint> Missing => _pending is null ? [] : new(_pending.Missing);

    /// <summary>The structs that wait, as an update without deletes whose Embed and Format hold lib0 values.</summary>
    public byte[]? PendingUpdate => _pending?.Update;

    /// <summary>The deletes that wait, as an update without structs.</summary>
    public byte[]? PendingDeletes
    {
        get
        {
            if (_pendingDeletes is null)
            {
                return null;
            }

            using var writer = new Lib0Writer();
            List<ClientRange> ranges = [.. _pendingDeletes];
            ClientRange.Normalize(ranges);
            writer.WriteVarUint(0);
            ClientRange.WriteAll(ranges, writer);
            return writer.ToArray();
        }
    }

    /// <summary>The client whose structs must not come from outside: that of this document.</summary>
    public ulong OwnClient { get; set; }

    /// <summary>Whether transactions note which deletes came in updates.</summary>
    public bool RecordsDeletes { get; set; }

    /// <summary>A struct of <see cref="OwnClient"/> came from outside.</summary>
    public bool OwnClientSeen { get; set; }

    /// <summary>Something of the update that was applied last waits.</summary>
    public bool Parked { get; private set; }

    /// <summary>Checks an update completely, and that there is room for it. Changes nothing.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public void Validate(ReadOnlySpan<byte> update, YContentFormat format)
    {
        _outline.Scan(update, format, checkReferences: true);
        if (store.Entries.End + (3L * _outline.StructCount) + (2L * _outline.DeletedRangeCount) >= int.MaxValue
            || store.Types.End + (long)_outline.StructCount >= Entry.MaxTypes
            || store.Clients.Count + (long)_outline.GroupCount >= Entry.MaxClients)
        {
            throw new InvalidOperationException("The update does not fit into the document (limits: 2^31 structs, 2^28 shared types, 2^24 clients).");
        }
    }

    /// <summary>Brings in the update that <see cref="Validate"/> has just passed.</summary>
    public void Apply(ReadOnlySpan<byte> update)
    {
        Parked = false;
        Apply(update, _outline);
        TrimGroups();
    }

    /// <summary>Tries what waits again if a client that a transaction touched has what it waits for. Returns whether it did.</summary>
    public bool RetryPending(List<TouchedClient> touched)
    {
        if (_pending is null)
        {
            return false;
        }

        foreach (var (client, _) in touched)
        {
            var id = store.Clients[client].Id;
            if ((_pending.Missing.ContainsKey(id) || _pending.Chained.ContainsKey(id)) && CanRetry(_pending))
            {
                Retry();
                return true;
            }
        }

        return false;
    }

    private void Apply(ReadOnlySpan<byte> update, YUpdateOutline outline)
    {
        var rest = IntegrateStructs(update, outline);
        Parked |= rest is not null;
        var retry = _pending is not null && HasArrived(_pending.Missing);
        if (_pending is null)
        {
            _pending = rest;
        }
        else if (rest is not null)
        {
            _pending.Add(rest);
        }

        ApplyDeletes(update, outline.DeleteSetStart);
        if (retry || (_pending is not null && IsStuck(_pending)))
        {
            Retry();
        }
    }

    private bool CanRetry(PendingStructs pending) => HasArrived(pending.Missing) || IsStuck(pending);

    private bool IsStuck(PendingStructs pending) => HasArrived(pending.Chained) && WaitsForItself(pending);

    private bool HasArrived(Dictionary<ulong, uint> wanted)
    {
        foreach (var (client, clock) in wanted)
        {
            if (clock < store.Clients.NextClock(client))
            {
                return true;
            }
        }

        return false;
    }

    // Everything that the tops miss waits here too: nothing that can still arrive would bring them on. Yjs leaves such structs
    // parked for ever, so there are no bytes of it to match.
    private bool WaitsForItself(PendingStructs pending)
    {
        _pendingOutline.ScanTrusted(pending.Update, YContentFormat.Any);
        foreach (var (client, _) in pending.Missing)
        {
            var next = store.Clients.NextClock(client);
            var isHeld = false;
            foreach (ref readonly var group in _pendingOutline.Groups)
            {
                isHeld |= group.Client == client && group.Clock <= next && next < group.EndClock;
            }

            if (!isHeld)
            {
                return false;
            }
        }

        return true;
    }

    private void Retry()
    {
        var update = _pending!.Update;
        var parked = Parked;
        _pending = null;
        _pendingOutline.ScanTrusted(update, YContentFormat.Any);
        Apply(update, _pendingOutline);
        Parked = parked; // what goes on waiting is not new
    }

    private void ApplyDeletes(ReadOnlySpan<byte> update, int position)
    {
        var earlier = _pendingDeletes;
        _pendingDeletes = null;
        var reader = new YDeleteSetReader(update, position);
        while (reader.NextClient())
        {
            while (reader.NextRange())
            {
                ApplyDelete(reader.Client, reader.Clock, reader.Length);
            }
        }

        Parked |= _pendingDeletes is not null;
        if (earlier is null)
        {
            return;
        }

        var rest = _pendingDeletes;
        _pendingDeletes = null;
        foreach (var range in earlier)
        {
            ApplyDelete(range.Client, range.Clock, range.Length);
        }

        if (rest is null || _pendingDeletes is null)
        {
            _pendingDeletes ??= rest;
            return;
        }

        // Joined as Yjs joins them: a range that is applied in two parts splits the struct between them.
        _pendingDeletes.AddRange(rest);
        ClientRange.Normalize(_pendingDeletes);
    }

    private void ApplyDelete(ulong clientId, uint clock, uint length)
    {
        if (length == 0)
        {
            return;
        }

        var client = store.Clients.Find(clientId);
        var next = client == 0 ? 0 : store.Clients[client].Next;
        var end = clock + length;
        if (end > next)
        {
            var start = Math.Max(clock, next);
            (_pendingDeletes ??= []).Add(new ClientRange(clientId, start, end - start));
            if (clock >= next)
            {
                return;
            }
        }

        if (RecordsDeletes)
        {
            store.Current.Received.Add(client, clock, Math.Min(end, next) - clock);
        }

        var entries = store.Entries;
        var first = store.Clients.HandleAt(client, clock);
        if (!entries[first].IsDeleted && entries[first].Clock < clock)
        {
            store.Split(first, clock - entries[first].Clock);
        }

        var position = store.Clients.Position(client, clock);
        do
        {
            var handle = store.Clients.Handle(client, position);
            if (entries[handle].Clock >= end)
            {
                return;
            }

            if (entries[handle].IsDeleted)
            {
                continue;
            }

            if (end < entries[handle].EndClock)
            {
                store.Split(handle, end - entries[handle].Clock);
                store.Delete(handle);
                return;
            }

            store.Delete(handle);
        }
        while (store.Clients.MoveNext(client, ref position));
    }
}
