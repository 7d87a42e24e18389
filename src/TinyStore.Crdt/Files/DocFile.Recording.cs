using TinyStore.Crdt.Files;
using TinyStore.Crdt.Files.Records;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <content>The document's side: everything here runs in the document's lane, and only queues.</content>
public sealed partial class DocFile
{
    private readonly List<ulong> _newClients = []; // of this run, not on their way to the file yet
    private readonly Dictionary<int, ProviderState> _openRooms = [];
    private IDisposable? _subscription;
    private bool _isDetached;

    /// <inheritdoc/>
    public IProviderState Open(string room, object origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        ArgumentNullException.ThrowIfNull(origin);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDetached, this);
            var record = _contents.GetRoom(room);
            var state = new ProviderState(this, record, origin);
            if (!_openRooms.TryAdd(record.Number, state))
            {
                throw new InvalidOperationException($"The room '{room}' has a provider on this document already. Dispose it before you make another.");
            }

            return state;
        }
    }

    private void Attach(ReadOnlyMemory<byte> update)
    {
        var before = Doc.EncodeSnapshot();
        var hadContent = before is not [0, 0] || Doc.HasPending;
        var ownClock = Doc.GetClock(Doc.ClientId);

        _subscription = Doc.ObserveUpdates(OnUpdate);
        Doc.UpdateParked += OnUpdateParked;
        Doc.ClientIdChanged += OnClientIdChanged;
        if (!update.IsEmpty)
        {
            Doc.ApplyUpdate(update.Span, this);
        }

        UseFreshClientId(ownClock);
        lock (_gate)
        {
            _newClients.Add(Doc.ClientId);
        }

        if (hadContent && FindMissing(update.Span) is { } missing)
        {
            Record(missing, origin: null, writtenHere: true);
        }
    }

    /// <summary>
    /// A document that begins with an id of an earlier run would number its edits from what the file holds, and others may hold
    /// more of that id: what a crash took here. Two edits under one number never come together again.
    /// </summary>
    private void UseFreshClientId(uint ownClock)
    {
        while (ownClock == 0 && (_contents.Clients.Contains(Doc.ClientId) || Doc.GetClock(Doc.ClientId) > 0))
        {
            Doc.ClientId = 2 * (ulong)Random.Shared.NextInt64(1, 1L << 31);
        }
    }

    /// <summary>What the document holds beyond the file; null when it holds nothing more.</summary>
    private byte[]? FindMissing(ReadOnlySpan<byte> update)
    {
        using var stored = new YDoc(new YDocOptions { Gc = Doc.Gc });
        if (!update.IsEmpty)
        {
            stored.ApplyUpdate(update, this);
        }

        return stored.EncodeSnapshot().AsSpan().SequenceEqual(Doc.EncodeSnapshot()) && !Doc.HasPending
            ? null
            : Doc.EncodeStateAsUpdate(stored.EncodeStateVector());
    }

    private void Detach()
    {
        lock (_gate)
        {
            _isDetached = true;
        }

        Doc.ClientIdChanged -= OnClientIdChanged;
        Doc.UpdateParked -= OnUpdateParked;
        _subscription?.Dispose();
    }

    private void OnUpdate(YUpdateEvent update)
    {
        if (!ReferenceEquals(update.Origin, this))
        {
            Record(update.Update, update.Origin, update.IsLocal);
        }
    }

    /// <summary>The document emits no update for what waits; if only emitted ones were kept, a restart would lose it.</summary>
    private void OnUpdateParked(ReadOnlyMemory<byte> update, object? origin)
    {
        if (!ReferenceEquals(origin, this))
        {
            Record(update, origin, writtenHere: false);
        }
    }

    private void OnClientIdChanged(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            _newClients.Add(Doc.ClientId);
        }
    }

    private void Record(ReadOnlyMemory<byte> update, object? origin, bool writtenHere)
    {
        lock (_gate)
        {
            if (_isDetached)
            {
                return;
            }

            if (writtenHere)
            {
                RecordClients();
            }

            var room = RoomOf(origin);
            _contents.CountUpdate(room);
            _waiting.AddUpdate(update, room);
            Kick(retry: false);
        }
    }

    /// <summary>Before the first update that was written under a client id, so that a run without edits leaves no trace.</summary>
    private void RecordClients()
    {
        if (!_contents.Clients.Contains(Doc.ClientId) && !_newClients.Contains(Doc.ClientId))
        {
            _newClients.Add(Doc.ClientId); // the app has set it
        }

        if (_newClients.Count > 0)
        {
            _waiting.AddClients(_newClients);
            _contents.Clients.UnionWith(_newClients);
            _newClients.Clear();
        }
    }

    private int RoomOf(object? origin)
    {
        foreach (var (number, state) in _openRooms)
        {
            if (ReferenceEquals(state.Origin, origin))
            {
                return number;
            }
        }

        return 0;
    }

    private sealed class ProviderState(DocFile file, RoomRecord room, object origin) : IProviderState
    {
        public object Origin => origin;

        public ReadOnlyMemory<byte> Cursor
        {
            get
            {
                lock (file._gate)
                {
                    return room.Cursor;
                }
            }
        }

        public int UnacknowledgedCount
        {
            get
            {
                lock (file._gate)
                {
                    return room.Unacknowledged;
                }
            }
        }

        public void Save(ReadOnlySpan<byte> cursor, int unacknowledgedCount)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(unacknowledgedCount);
            if (cursor.Length > RoomRecord.MaxCursorBytes)
            {
                throw new ArgumentException($"A cursor has at most {RoomRecord.MaxCursorBytes} bytes, not {cursor.Length}.", nameof(cursor));
            }

            lock (file._gate)
            {
                if (file._isDetached || (room.Unacknowledged == unacknowledgedCount && room.Cursor.Span.SequenceEqual(cursor)))
                {
                    return;
                }

                room.Cursor = cursor.ToArray();
                room.Unacknowledged = unacknowledgedCount;
                file._waiting.AddRoom(room);
                file.Kick(retry: false);
            }
        }

        public void Dispose()
        {
            lock (file._gate)
            {
                if (file._openRooms.GetValueOrDefault(room.Number) == this)
                {
                    file._openRooms.Remove(room.Number);
                }
            }
        }
    }
}
