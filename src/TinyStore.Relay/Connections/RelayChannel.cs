using TinyStore.Relay.Rooms;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Connections;

/// <summary>
/// One room on one connection. What it has to send is never queued: it is a position in the room's log, and a bounded number of
/// small frames. The connection's pump asks for the next bytes when it can send them (RelayChannel.Send.cs).
/// </summary>
internal sealed partial class RelayChannel : IDisposable
{
    /// <summary>Small frames (acks of repeated batches, nacks) that may wait before the channel has to resync.</summary>
    private const int MaxSmallFrames = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<OutgoingFrame> _small = new();
    private readonly RelayMetrics _metrics;
    private bool _overflowed;

    public RelayChannel(RelayConnection connection, ulong number, UInt128 session, RelayAccess access, RoomLease lease, int maxTransferBytes, RelayMetrics metrics)
    {
        Connection = connection;
        Number = number;
        Session = session;
        Access = access;
        Lease = lease;
        Incoming = new ChunkAssembler(maxTransferBytes);
        _metrics = metrics;
    }

    public RelayConnection Connection { get; }

    public ulong Number { get; }

    public UInt128 Session { get; }

    public RelayAccess Access { get; }

    public RoomLease Lease { get; }

    public Room Room => Lease.Room;

    /// <summary>Puts chunks from the client together. Locked while it is used.</summary>
    public ChunkAssembler Incoming { get; }

    /// <summary>Set under the lock of <see cref="Incoming"/>.</summary>
    public bool IsClosed { get; set; }

    public void SendAck(long batch, SyncCursor row) => SendSmall(OutgoingFrame.Ack(batch, row));

    public void SendNack(long batch, SyncFailure failure, int retryAfterMilliseconds = 0)
    {
        _metrics.Refused(failure.Code);
        SendSmall(OutgoingFrame.Nack(batch, failure, retryAfterMilliseconds));
    }

    /// <summary>Sends a frame before any row. When too many wait, all of them are dropped and the client has to resync.</summary>
    public void SendSmall(OutgoingFrame frame)
    {
        lock (_gate)
        {
            if (_overflowed)
            {
                return;
            }

            if (_small.Count < MaxSmallFrames)
            {
                _small.Enqueue(frame);
            }
            else
            {
                _small.Clear();
                _overflowed = true;
            }
        }

        if (_overflowed)
        {
            Connection.Overflow(this);
        }

        Connection.Wake();
    }

    public void Dispose() => Lease.Dispose();
}
