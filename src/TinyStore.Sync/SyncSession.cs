using System.Buffers.Binary;
using System.Security.Cryptography;
using TinyStore.Sync.Frames;
using TinyStore.Yjs;

namespace TinyStore.Sync;

/// <summary>
/// One document in one room, without a transport: bytes in, bytes out (<c>docs/relay-protocol.md</c>). The owner opens it on a
/// channel of a connection, hands it the messages that arrive and the document's own updates, closes it when the connection
/// is lost, and opens it again. Not thread-safe: use it where the document may be used.
/// </summary>
/// <remarks>
/// <code>
///            Open            joined            both directions complete
///  Offline ───────► Joining ────────► Syncing ──────────────────────────► Synced
///     ▲  Close, transient error, resync  │                                   │        permanent error, too large
///     └───────────────────────────────────────────────────────────────────────┘   any ───────────────────────────► Refused
/// </code>
/// Up, one of two rules holds. <i>Tracked</i>: the queue holds every update that the relay might lack, so they are sent (again)
/// in order. <i>Untracked</i> (at the start, or after the queue ran over): only the state vectors can tell, so the session asks
/// for the relay's, answers with what it lacks, and is tracked from then on. With a state that is kept (<see cref="IProviderState"/>)
/// and says that the room held everything, a session starts tracked.
/// </remarks>
public sealed partial class SyncSession : IDisposable
{
    /// <summary>A message of this length is taken by every relay, before it has told its limit.</summary>
    private const int SafeFrameBytes = 64 << 10;

    private readonly ISyncDocument _document;
    private readonly SyncSessionOptions _options;
    private readonly UInt128 _session;
    private readonly UnacknowledgedQueue _queue = new();
    private readonly MessageWriter _writer = new(SafeFrameBytes);
    private Action<ReadOnlyMemory<byte>>? _send;
    private ChunkAssembler _assembler;
    private ReadOnlyMemory<byte> _awareness;
    private SyncCursor? _cursor;
    private ulong _channel;
    private ulong _transfer;
    private int _maxDocumentBytes;
    private int _untrackedEdits;
    private bool _tracked;
    private bool _askedForStateVector;
    private bool _sentStateVector;
    private bool _mayUpload;
    private bool _caughtUp;

    /// <summary>Makes a session that is offline.</summary>
    /// <param name="room">The room: 1 to 512 bytes of UTF-8.</param>
    /// <param name="document">The document.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="kept">What is kept of this room from run to run; null for nothing. Not disposed.</param>
    /// <exception cref="ArgumentException">The room name is empty or too long.</exception>
    public SyncSession(string room, ISyncDocument document, SyncSessionOptions? options = null, IProviderState? kept = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        ArgumentNullException.ThrowIfNull(document);
        if (System.Text.Encoding.UTF8.GetByteCount(room) > Frame.MaxRoomBytes)
        {
            throw new ArgumentException($"A room name is at most {Frame.MaxRoomBytes} bytes of UTF-8.", nameof(room));
        }

        Room = room;
        _document = document;
        _options = options ?? new SyncSessionOptions();
        _options.Validate();
        _maxDocumentBytes = _options.MaxDocumentBytes;
        _assembler = NewAssembler();
        _session = BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(Frame.SessionBytes));
        _kept = kept;
        Recall();
    }

    /// <summary>The room's name.</summary>
    public string Room { get; }

    /// <summary>Where the session is.</summary>
    public SyncSessionState State { get; private set; }

    /// <summary>What the relay lets this peer do; <see cref="SyncAccess.None"/> until it was joined once.</summary>
    public SyncAccess Access { get; private set; }

    /// <summary>Why the session is refused; default while it is not.</summary>
    public SyncFailure Refusal { get; private set; }

    /// <summary>The last row of the room that the document holds; null before the first.</summary>
    public SyncCursor? Cursor => _cursor;

    /// <summary>How many of the document's own updates are not known to be durable at the relay.</summary>
    public int UnacknowledgedCount => _queue.Edits + _untrackedEdits;

    /// <summary>True when the relay is known to hold durably everything that the document holds (of a reader: when it made nothing).</summary>
    public bool IsAcknowledged => UnacknowledgedCount == 0 && (_tracked || (Access == SyncAccess.Read && State == SyncSessionState.Synced));

    /// <summary>Raised after <see cref="State"/>, <see cref="Access"/> or <see cref="UnacknowledgedCount"/> changed.</summary>
    public event EventHandler? Changed;

    /// <summary>Raised when the session wants something to be tried again.</summary>
    public event EventHandler<SyncRetry>? RetryWanted;

    /// <summary>Raised with awareness updates of others (y-protocols' bytes).</summary>
    public event EventHandler<ReadOnlyMemory<byte>>? AwarenessReceived;

    /// <summary>
    /// Raised when an observer of the document threw while an update of the relay was applied (the update is in the document), or
    /// when the document could not be used (the session begins again from its cursor).
    /// </summary>
    public event EventHandler<Exception>? DocumentFaulted;

    /// <summary>Joins the room on a channel of a connection that is up.</summary>
    /// <param name="channel">A number that was not used on this connection before, 1 or above.</param>
    /// <param name="send">Takes messages in order; must not call back into the session.</param>
    /// <exception cref="InvalidOperationException">The session is refused; see <see cref="Reset"/>.</exception>
    public void Open(ulong channel, Action<ReadOnlyMemory<byte>> send)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentOutOfRangeException.ThrowIfZero(channel);
        if (State == SyncSessionState.Refused)
        {
            throw new InvalidOperationException($"The room '{Room}' was refused ({Refusal}). Call Reset to try again.");
        }

        ForgetChannel();
        _channel = channel;
        _send = send;
        _writer.MaxBytes = SafeFrameBytes;
        _askedForStateVector = !_tracked;
        State = SyncSessionState.Joining;
        var cursor = _document.HasPending ? null : _cursor; // what is missing may be before the cursor
        Write(OutgoingFrame.Join(new JoinFrame(JoinFrame.ProtocolVersion, _session, Room, cursor, _askedForStateVector)));
        if (cursor is null && !TrySendStateVector())
        {
            return;
        }

        Flush();
        OnChanged();
    }

    /// <summary>The connection is gone. What is not acknowledged stays queued.</summary>
    public void Close()
    {
        if (State is SyncSessionState.Refused or SyncSessionState.Offline)
        {
            return;
        }

        ForgetChannel();
        State = SyncSessionState.Offline;
        OnChanged();
    }

    /// <summary>Leaves the room: tells the relay, if a channel is open, and closes.</summary>
    public void Leave()
    {
        if (_channel != 0)
        {
            Write(OutgoingFrame.Leave);
            Flush();
        }

        Close();
    }

    /// <summary>Takes a refusal back, so that the room can be joined again.</summary>
    public void Reset()
    {
        if (State == SyncSessionState.Refused)
        {
            State = SyncSessionState.Offline;
            Refusal = default;
            OnChanged();
        }
    }

    /// <summary>Takes an update that the document made or got elsewhere; not one that this session applied.</summary>
    /// <param name="update">The bytes; kept, so nobody may change them.</param>
    public void AddUpdate(ReadOnlyMemory<byte> update)
    {
        if (_tracked && State != SyncSessionState.Refused && Fits(update.Length))
        {
            _queue.Add(UpdateKind.Update, update, 1);
            SendQueued();
            if (_queue.WaitingCount > _options.MaxQueuedUpdates || _queue.WaitingBytes > _options.MaxQueuedBytes)
            {
                Untrack();
                if (State is SyncSessionState.Syncing or SyncSessionState.Synced && Access == SyncAccess.Write)
                {
                    WantJoin(TimeSpan.Zero, default);
                }
            }
        }
        else
        {
            _untrackedEdits++;
        }

        OnChanged();
    }

    /// <summary>Sends everything that is not acknowledged, again, in order; the answer to <see cref="SyncRetryKind.Send"/>.</summary>
    public void SendUnacknowledged()
    {
        if (State is SyncSessionState.Syncing or SyncSessionState.Synced && Access == SyncAccess.Write && _tracked)
        {
            _mayUpload = true;
            _queue.ResetSent();
            SendQueued();
        }
    }

    /// <summary>Sends the document's awareness update, and again after each join. Nothing queues: only the last one counts.</summary>
    /// <param name="update">y-protocols' bytes; kept.</param>
    public void SendAwareness(ReadOnlyMemory<byte> update)
    {
        _awareness = update;
        if (State is SyncSessionState.Syncing or SyncSessionState.Synced)
        {
            Write(OutgoingFrame.Awareness(update));
            Flush();
        }
    }

    /// <summary>Leaves the room and frees the buffers.</summary>
    public void Dispose()
    {
        Leave();
        _writer.Dispose();
    }

    private void ForgetChannel()
    {
        _channel = 0;
        _send = null;
        _mayUpload = false;
        _caughtUp = false;
        _sentStateVector = false;
        _assembler = NewAssembler();
        _queue.ResetSent();
    }

    private ChunkAssembler NewAssembler() => new((int)Math.Min((long)_maxDocumentBytes + 1024, Array.MaxLength));

    /// <summary>Gives up the queue: only the state vectors can tell what the relay lacks.</summary>
    private void Untrack()
    {
        _tracked = false;
        _untrackedEdits += _queue.Clear();
    }

    private bool Fits(int length)
    {
        if (length <= _maxDocumentBytes)
        {
            return true;
        }

        Refuse(new SyncFailure(SyncErrorCode.TooLarge, $"an update of {length:N0} bytes is larger than the {_maxDocumentBytes:N0} bytes that a document may have"));
        return false;
    }

    private void Refuse(SyncFailure failure)
    {
        if (_channel != 0)
        {
            Write(OutgoingFrame.Leave);
            Flush();
        }

        ForgetChannel();
        Untrack();
        Refusal = failure;
        State = SyncSessionState.Refused;
        OnChanged();
    }

    /// <summary>Drops the channel and asks for a new one.</summary>
    private void WantJoin(TimeSpan? delay, SyncFailure cause, bool leave = true)
    {
        if (leave)
        {
            Write(OutgoingFrame.Leave);
            Flush();
        }

        Close();
        RetryWanted?.Invoke(this, new SyncRetry(SyncRetryKind.Join, delay, cause));
    }

    private void OnChanged() => Changed?.Invoke(this, EventArgs.Empty);
}
