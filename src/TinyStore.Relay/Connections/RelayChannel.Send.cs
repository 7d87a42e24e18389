using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;
using TinyStore.Yjs;

namespace TinyStore.Relay.Connections;

internal sealed partial class RelayChannel
{
    private const int FetchBytes = 256 << 10;

    /// <summary>Rows above this length are cut down to what a client lacks; smaller ones go as they are.</summary>
    private const int MinDiffBytes = 4096;

    private readonly Queue<RoomRow> _fetched = new();
    private CatchUp? _requested;
    private CatchUp? _catchUp;
    private OutgoingTransfer? _transfer;
    private OutgoingFrame? _held;
    private ulong _transfers;
    private long _position;
    private long _awarenessVersion;
    private bool _finishDue;

    /// <summary>Whether a client's state vector was answered before; from the second on, rows are not merged, so that no ack is skipped.</summary>
    private bool _answered;

    /// <summary>Sends the rows after a cursor, then those that follow.</summary>
    public void Resume(SyncCursor from, SyncCursor head) => Request(new CatchUp(from.Sequence, head, null, false));

    /// <summary>Sends what a client with that state vector lacks, then the rows that follow.</summary>
    public void Answer(YStateVector stateVector)
    {
        Request(new CatchUp(0, Room.Head, stateVector, !_answered));
        _answered = true;
    }

    /// <summary>Adds what there is to send to a message; false when there is no more. Called by the pump alone.</summary>
    public async ValueTask<bool> FillAsync(MessageWriter message, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_transfer is null && !WriteSmall(message))
            {
                return true;
            }

            while (_transfer is { IsDone: false })
            {
                if (!_transfer.TryWriteNext(message))
                {
                    return true;
                }
            }

            _transfer = null;
            if (_held is not { } frame)
            {
                _held = Room.Awareness.Read(this, ref _awarenessVersion) ?? await NextAsync(cancellationToken).ConfigureAwait(false);
                if (_held is null)
                {
                    return false;
                }

                continue; // small frames that came meanwhile go first
            }

            if (!Write(message, frame))
            {
                return true;
            }

            _held = null;
        }
    }

    /// <summary>False when the message is full.</summary>
    private bool WriteSmall(MessageWriter message)
    {
        lock (_gate)
        {
            while (_transfer is null && _small.TryPeek(out var frame))
            {
                if (!Write(message, frame))
                {
                    return false;
                }

                _small.Dequeue();
            }

            return true;
        }
    }

    private bool Write(MessageWriter message, in OutgoingFrame frame)
    {
        if (message.TryWrite(Number, frame))
        {
            return true;
        }

        if (message.FitsAlone(Number, frame))
        {
            return false;
        }

        _transfer = new OutgoingTransfer(Number, ++_transfers, frame, message.MaxBytes);
        return true;
    }

    private async ValueTask<OutgoingFrame?> NextAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _requested, null) is { } request)
        {
            _catchUp = request;
            _position = request.From;
            _finishDue = true;
            _fetched.Clear();
            if (request.MayMerge && Room.Content.IsLong(request.Until.Sequence))
            {
                var snapshot = await Room.Content.GetSnapshotAsync(request.Until.Sequence, cancellationToken).ConfigureAwait(false);
                // It may hold more than it says (rows since the request): a repetition does no harm, a skipped ack would.
                var through = snapshot.Through < request.Until.Sequence ? await CursorAsync(snapshot.Through, cancellationToken).ConfigureAwait(false) : request.Until;
                _position = through.Sequence;
                var missing = YUpdate.Diff(snapshot.Update, request.StateVector!.Encode());
                if (!YUpdate.IsEmpty(missing))
                {
                    return OutgoingFrame.RelayUpdate(through, UpdateKind.Update, missing);
                }
            }
        }

        if (_catchUp is null)
        {
            return null; // the client's state vector has not come yet
        }

        while (true)
        {
            if (_finishDue && _position >= _catchUp.Until.Sequence)
            {
                _finishDue = false;
                return OutgoingFrame.RelayUpdate(_catchUp.Until, UpdateKind.Step2, YUpdate.Empty.ToArray());
            }

            if (_fetched.TryDequeue(out var row))
            {
                _position = row.Sequence;
                if (Choose(row) is { } frame)
                {
                    return frame;
                }
            }
            else
            {
                var rows = await Room.ReadAsync(_position, FetchBytes, cancellationToken).ConfigureAwait(false);
                if (rows.Count == 0)
                {
                    return null;
                }

                foreach (var next in rows)
                {
                    _fetched.Enqueue(next);
                }
            }
        }
    }

    /// <summary>A row as this client gets it: its own as an ack, what it has not at all.</summary>
    private OutgoingFrame? Choose(RoomRow row)
    {
        if (row.Row.Session == Session)
        {
            return OutgoingFrame.Ack(row.Row.Batch, row.Row.Cursor);
        }

        if (_catchUp!.StateVector is not { } stateVector || row.Sequence > _catchUp.Until.Sequence)
        {
            return row.Frame;
        }

        var update = row.Row.Update;
        if (!UpdateCoverage.Adds(update.Span, stateVector))
        {
            return null;
        }

        return update.Length < MinDiffBytes
            ? row.Frame
            : OutgoingFrame.RelayUpdate(row.Row.Cursor, UpdateKind.Update, YUpdate.Diff(update.Span, stateVector.Encode()));
    }

    private async ValueTask<SyncCursor> CursorAsync(long sequence, CancellationToken cancellationToken) =>
        (await Room.ReadAsync(sequence - 1, 1, cancellationToken).ConfigureAwait(false))[0].Row.Cursor;

    private void Request(CatchUp catchUp)
    {
        Interlocked.Exchange(ref _requested, catchUp);
        Connection.Wake();
    }

    /// <summary>What the client asked for.</summary>
    /// <param name="From">The last row it has.</param>
    /// <param name="Until">The head at that moment: with it, the client is up to date.</param>
    /// <param name="StateVector">What it has besides; null to send rows as they are.</param>
    /// <param name="MayMerge">Whether the rows may be merged if there are many.</param>
    private sealed record CatchUp(long From, SyncCursor Until, YStateVector? StateVector, bool MayMerge);
}
