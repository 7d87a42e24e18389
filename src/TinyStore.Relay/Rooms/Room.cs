using TinyStore.Relay.Connections;

namespace TinyStore.Relay.Rooms;

/// <summary>
/// One room in memory: the end of its log, and the channels that follow it. It holds nothing that is not in the log, except
/// awareness. A channel reads rows at its own pace, from the tail in memory or from the log; the room only tells it that there
/// are more.
/// </summary>
internal sealed class Room
{
    private const int TailBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly RoomTail _tail = new(TailBytes);
    private readonly RelayMetrics _metrics;
    private RelayChannel[] _channels = [];
    private SyncCursor _head;

    public Room(string name, IUpdateLog log, SyncCursor head, RelayMetrics metrics, int maxRowsUnmerged)
    {
        Name = name;
        Log = log;
        _head = head;
        _metrics = metrics;
        Content = new RoomContent(this, maxRowsUnmerged);
    }

    public string Name { get; }

    public IUpdateLog Log { get; }

    public RoomContent Content { get; }

    public AwarenessBoard Awareness { get; } = new();

    /// <summary>The last committed row.</summary>
    public SyncCursor Head
    {
        get
        {
            lock (_gate)
            {
                return _head;
            }
        }
    }

    /// <summary>Set when the room's log turned out to be damaged.</summary>
    public UpdateLogCorruptException? Damage { get; set; }

    /// <summary>A channel follows the room from now on; returns the head at this moment.</summary>
    public SyncCursor Join(RelayChannel channel)
    {
        lock (_gate)
        {
            _channels = [.. _channels, channel];
            return _head;
        }
    }

    public void Leave(RelayChannel channel)
    {
        lock (_gate)
        {
            _channels = Array.FindAll(_channels, other => other != channel);
        }

        if (Awareness.Remove(channel))
        {
            Wake();
        }
    }

    public RelayChannel[] Channels => Volatile.Read(ref _channels);

    /// <summary>Updates of this room were committed; called by the writer alone, in the order of the log.</summary>
    public void OnCommitted(IReadOnlyList<(PendingAppend Append, LogAppendResult Result)> committed)
    {
        foreach (var (append, result) in committed)
        {
            if (!result.IsNew)
            {
                _metrics.Duplicates.Add(1);
                append.Channel.SendAck(append.Update.Batch, result.Row);
                continue;
            }

            var row = new LogRow(result.Row, append.Update.Session, append.Update.Batch, append.Update.Update);
            lock (_gate)
            {
                if (row.Cursor.Sequence != _head.Sequence + 1)
                {
                    _tail.Clear(); // another process writes to the log too; its rows are read from there
                }

                _tail.Add(new RoomRow(row));
                _head = row.Cursor;
            }

            Content.Add(row);
        }

        Wake();
    }

    /// <summary>Rows after a number, up to the head: some of them, at least one if there is any.</summary>
    public async ValueTask<IReadOnlyList<RoomRow>> ReadAsync(long afterSequence, int maxBytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (afterSequence >= _head.Sequence)
            {
                return [];
            }

            if (_tail.Read(afterSequence, maxBytes) is { Count: > 0 } rows)
            {
                return rows;
            }
        }

        var fromLog = await Log.ReadAsync(Name, afterSequence, maxBytes, cancellationToken).ConfigureAwait(false);
        return [.. fromLog.Select(static row => new RoomRow(row))];
    }

    /// <summary>Tells every channel that there may be something to send.</summary>
    public void Wake()
    {
        foreach (var channel in Channels)
        {
            channel.Connection.Wake();
        }
    }
}
