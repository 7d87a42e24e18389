using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TinyStore.Relay.Rooms;

/// <summary>The rooms in memory. A room stays while somebody holds a lease of it, and for a while after.</summary>
internal sealed class RoomRegistry : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly IUpdateLog _log;
    private readonly RelayOptions _options;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _sweeper;

    public RoomRegistry(IUpdateLog log, IOptions<RelayOptions> options, RelayMetrics metrics, TimeProvider time, ILogger<RoomRegistry> logger)
    {
        _log = log;
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        var period = TimeSpan.FromTicks(Math.Max(_options.IdleRoomTimeout.Ticks / 2, TimeSpan.TicksPerMillisecond));
        _sweeper = time.CreateTimer(_ => Sweep(), null, period, period);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Damaged rooms that are still held.</summary>
    public IReadOnlyList<string> Damaged
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Values.Where(static e => e.Opening is { IsCompletedSuccessfully: true, Result.Damage: not null }).Select(static e => e.Name)];
            }
        }
    }

    /// <exception cref="UpdateLogException">The room cannot be opened.</exception>
    public async ValueTask<RoomLease> AcquireAsync(string name, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(name, out entry!))
            {
                _entries.Add(name, entry = new Entry(name));
                entry.Opening = OpenAsync(name);
                _metrics.Rooms.Add(1);
            }

            entry.Leases++;
        }

        try
        {
            var room = await entry.Opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            return room.Damage is null ? new RoomLease(this, entry, room) : throw room.Damage;
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    public void Dispose() => _sweeper.Dispose();

    internal RoomLease Retain(RoomLease lease)
    {
        lock (_gate)
        {
            lease.Entry.Leases++;
        }

        return new RoomLease(this, lease.Entry, lease.Room);
    }

    internal void Release(Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Leases > 0)
            {
                return;
            }

            entry.IdleSince = _time.GetTimestamp();
            if (entry.Opening is not { IsCompletedSuccessfully: true, Result.Damage: null })
            {
                Remove(entry); // the next who asks tries to open it anew
            }
        }
    }

    private async Task<Room> OpenAsync(string name)
    {
        await Task.Yield(); // not under the lock
        var head = await _log.GetHeadAsync(name).ConfigureAwait(false);
        _logger.RoomOpened(name, head.Sequence);
        return new Room(name, _log, head, _metrics, _options.MaxRowsUnmerged);
    }

    private void Sweep()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values.Where(e => e.Leases == 0 && _time.GetElapsedTime(e.IdleSince) >= _options.IdleRoomTimeout).ToList())
            {
                Remove(entry);
                _logger.RoomUnloaded(entry.Name);
            }
        }
    }

    private void Remove(Entry entry)
    {
        if (_entries.Remove(entry.Name))
        {
            _metrics.Rooms.Add(-1);
        }
    }

    internal sealed class Entry
    {
        public Entry(string name) => Name = name;

        public string Name { get; }

        public Task<Room> Opening { get; set; } = null!;

        public int Leases { get; set; }

        public long IdleSince { get; set; }
    }
}

/// <summary>Keeps a room in memory until it is disposed.</summary>
internal sealed class RoomLease : IDisposable
{
    private readonly RoomRegistry _registry;
    private int _disposed;

    public RoomLease(RoomRegistry registry, RoomRegistry.Entry entry, Room room)
    {
        _registry = registry;
        Entry = entry;
        Room = room;
    }

    public RoomRegistry.Entry Entry { get; }

    public Room Room { get; }

    public RoomLease Retain() => _registry.Retain(this);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _registry.Release(Entry);
        }
    }
}
