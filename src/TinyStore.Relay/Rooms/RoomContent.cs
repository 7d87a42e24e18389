using TinyStore.Yjs;

namespace TinyStore.Relay.Rooms;

/// <summary>
/// What a room's rows add up to: its state vector, and the merged bytes for clients that start from nothing in a long log.
/// Computed when somebody needs it, once for all who do, and kept up to date as rows are committed. Durable rows only.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asked for holds nothing to dispose.")]
internal sealed class RoomContent
{
    private const int ReadBytes = 1 << 20;

    private readonly Room _room;
    private readonly int _maxRowsUnmerged;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _computing = new(1, 1);
    private UpdateCoverage? _coverage;
    private long _coveredThrough;
    private byte[]? _stateVector;
    private Snapshot? _snapshot;

    public RoomContent(Room room, int maxRowsUnmerged)
    {
        _room = room;
        _maxRowsUnmerged = maxRowsUnmerged;
    }

    /// <summary>A row was committed. Called in the order of the rows.</summary>
    public void Add(in LogRow row)
    {
        lock (_gate)
        {
            if (_coverage is null || row.Cursor.Sequence <= _coveredThrough)
            {
                return;
            }

            if (row.Cursor.Sequence == _coveredThrough + 1)
            {
                _coverage.Add(row.Update.Span);
                _coveredThrough++;
                _stateVector = null;
            }
            else
            {
                _coverage = null; // rows that another process wrote are missing in between
            }
        }
    }

    /// <summary>The room's state vector.</summary>
    public async ValueTask<byte[]> GetStateVectorAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_coverage is not null)
                {
                    return _stateVector ??= _coverage.ToStateVector().Encode();
                }
            }

            await ComputeCoverageAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when a validated update brings nothing that is not in the log.</summary>
    public async ValueTask<bool> CoversAsync(ReadOnlyMemory<byte> update, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_coverage is not null)
                {
                    return _coverage.Covers(update.Span);
                }
            }

            await ComputeCoverageAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when a log of that length is served merged first.</summary>
    public bool IsLong(long rows) => rows > _maxRowsUnmerged;

    /// <summary>All rows up to some number merged into one update: at most <see cref="IsLong"/> rows behind <paramref name="through"/>.</summary>
    public async ValueTask<Snapshot> GetSnapshotAsync(long through, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _snapshot) is { } current && !IsLong(through - current.Through))
        {
            return current;
        }

        await _computing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var snapshot = _snapshot;
            if (snapshot is null || IsLong(through - snapshot.Through))
            {
                var parts = new List<ReadOnlyMemory<byte>>();
                if (snapshot is not null)
                {
                    parts.Add(snapshot.Update);
                }

                var last = await ReadRowsAsync(snapshot?.Through ?? 0, row => parts.Add(row.Update), cancellationToken).ConfigureAwait(false);
                snapshot = new Snapshot(last, YUpdate.Merge(parts));
                Volatile.Write(ref _snapshot, snapshot);
            }

            return snapshot;
        }
        finally
        {
            _computing.Release();
        }
    }

    private async Task ComputeCoverageAsync(CancellationToken cancellationToken)
    {
        await _computing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var coverage = new UpdateCoverage();
            long through = 0;
            while (true)
            {
                lock (_gate)
                {
                    if (_coverage is not null)
                    {
                        return;
                    }

                    // Rows are added here after the head has moved, so this cannot miss one between the two.
                    if (through >= _room.Head.Sequence)
                    {
                        _coverage = coverage;
                        _coveredThrough = through;
                        _stateVector = null;
                        return;
                    }
                }

                through = await ReadRowsAsync(through, row => coverage.Add(row.Update.Span), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _computing.Release();
        }
    }

    private async Task<long> ReadRowsAsync(long after, Action<LogRow> use, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rows = await _room.Log.ReadAsync(_room.Name, after, ReadBytes, cancellationToken).ConfigureAwait(false);
            if (rows.Count == 0)
            {
                return after;
            }

            foreach (var row in rows)
            {
                use(row);
            }

            after = rows[^1].Cursor.Sequence;
        }
    }

    /// <summary>Merged rows.</summary>
    /// <param name="Through">The last row in it.</param>
    /// <param name="Update">One update with the effect of all of them.</param>
    internal sealed record Snapshot(long Through, byte[] Update);
}
