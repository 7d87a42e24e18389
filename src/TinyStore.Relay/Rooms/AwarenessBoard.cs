using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Rooms;

/// <summary>
/// The last awareness state of each client of a room. A receiver remembers how far it has read (a version), and gets the states
/// that changed since, the last of each only: so nothing queues.
/// </summary>
internal sealed class AwarenessBoard
{
    /// <summary>States kept in a room; clients that have gone are forgotten first.</summary>
    private const int MaxStates = 4096;

    private const int MaxStatesOfOwner = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Entry> _entries = [];
    private long _version;

    public long Version => Volatile.Read(ref _version);

    /// <summary>Takes states from a channel; true when somebody else should hear of them.</summary>
    public bool Update(object owner, UInt128 session, IReadOnlyList<AwarenessState> states)
    {
        lock (_gate)
        {
            var changed = false;
            foreach (var state in states)
            {
                changed |= Update(owner, session, state);
            }

            return changed;
        }
    }

    /// <summary>The channel has gone: so have its clients, at the clock that was known (a higher one would make their return look old).</summary>
    public bool Remove(object owner)
    {
        lock (_gate)
        {
            var changed = false;
            foreach (var (client, entry) in _entries)
            {
                if (entry.Owner == owner)
                {
                    entry.Owner = null;
                    changed |= !entry.State.IsNull;
                    entry.State = entry.State with { Json = AwarenessState.Null };
                    entry.Version = ++_version;
                }
            }

            return changed;
        }
    }

    /// <summary>What changed after a version, except the reader's own; null when nothing did.</summary>
    public OutgoingFrame? Read(object reader, ref long version)
    {
        lock (_gate)
        {
            if (version == _version)
            {
                return null;
            }

            var first = version == 0;
            var states = new List<AwarenessState>();
            foreach (var entry in _entries.Values)
            {
                if (entry.Version > version && entry.Owner != reader && !(first && entry.State.IsNull))
                {
                    states.Add(entry.State);
                }
            }

            version = _version;
            return states.Count == 0 ? null : OutgoingFrame.Awareness(AwarenessUpdate.Write(states));
        }
    }

    private bool Update(object owner, UInt128 session, in AwarenessState state)
    {
        if (_entries.TryGetValue(state.Client, out var entry))
        {
            // y-protocols: a newer clock wins, and at the same clock "gone" does, from its own channel. A client that returns on a
            // new channel repeats its clock.
            var isItsOwn = entry.Owner is null || entry.Owner == owner || entry.Session == session;
            var wins = state.Clock > entry.State.Clock
                || (state.Clock == entry.State.Clock && isItsOwn && (entry.Owner != owner || (state.IsNull && !entry.State.IsNull)));
            if (!wins)
            {
                return false;
            }
        }
        else
        {
            if (_entries.Values.Count(e => e.Owner == owner) >= MaxStatesOfOwner || !MakeRoom())
            {
                return false;
            }

            _entries.Add(state.Client, entry = new Entry());
        }

        entry.Owner = owner;
        entry.Session = session;
        entry.State = state with { Json = state.Json.ToArray() }; // not the message it came in
        entry.Version = ++_version;
        return true;
    }

    private bool MakeRoom()
    {
        if (_entries.Count < MaxStates)
        {
            return true;
        }

        foreach (var client in _entries.Where(static pair => pair.Value.Owner is null).Select(static pair => pair.Key).ToList())
        {
            _entries.Remove(client);
        }

        return _entries.Count < MaxStates;
    }

    private sealed class Entry
    {
        public object? Owner { get; set; }

        public UInt128 Session { get; set; }

        public AwarenessState State { get; set; }

        public long Version { get; set; }
    }
}
