using System.Buffers.Binary;
using TinyStore.Yjs;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>One frame of a message. The readers of bodies throw <see cref="FrameFormatException"/> and nothing else.</summary>
/// <param name="Channel">The room's number on the connection; 0 = the connection itself.</param>
/// <param name="Type">The type as sent; may be one that this version does not know.</param>
/// <param name="Body">What follows the type.</param>
internal readonly record struct Frame(ulong Channel, FrameType Type, ReadOnlyMemory<byte> Body)
{
    public const int SessionBytes = 16;
    public const int RowIdBytes = 8;

    /// <summary>Room names are at most this long in UTF-8.</summary>
    public const int MaxRoomBytes = 512;

    private delegate T BodyReader<T>(ref Lib0Reader reader, ReadOnlyMemory<byte> body);

    public JoinFrame ReadJoin() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> _) =>
    {
        var version = r.ReadVarUint();
        if (version != JoinFrame.ProtocolVersion)
        {
            return new JoinFrame(version, default, "", null, false); // what follows may be laid out otherwise
        }

        var session = BinaryPrimitives.ReadUInt128BigEndian(r.ReadBytes(SessionBytes));
        var start = r.Position;
        var room = r.ReadVarString();
        if (r.Position - start > MaxRoomBytes + 2)
        {
            throw new FrameFormatException($"a room name is at most {MaxRoomBytes} bytes of UTF-8", start, SyncErrorCode.TooLarge);
        }

        SyncCursor? cursor = null;
        start = r.Position;
        var bytes = r.ReadVarBytes();
        if (!bytes.IsEmpty)
        {
            var inner = new Lib0Reader(bytes);
            cursor = ReadCursor(ref inner);
            if (!inner.AtEnd)
            {
                r.Throw("a cursor is a number and 8 bytes", start);
            }
        }

        return new JoinFrame(version, session, room, cursor, (r.ReadVarUint() & 1) != 0);
    });

    public JoinedFrame ReadJoined() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> _) =>
    {
        var version = r.ReadVarUint();
        var access = r.ReadVarUint() switch { 1 => SyncAccess.Read, 2 => SyncAccess.Write, _ => SyncAccess.None };
        return new JoinedFrame(version, access, ReadInt(ref r), ReadInt(ref r), r.ReadVarUint() != 0, (long)r.ReadVarUint());
    });

    /// <summary>The state vector of a SyncStep1.</summary>
    public ReadOnlyMemory<byte> ReadSync() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> body) =>
    {
        if (r.ReadVarUint() != 0 || r.ReadVarUint() != 0)
        {
            r.Throw("expected y-protocols' SyncStep1 (0 0)", 0);
        }

        return ReadTail(ref r, body);
    });

    public ClientUpdateFrame ReadClientUpdate() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> body) =>
        new ClientUpdateFrame(ReadBatch(ref r), ReadUpdateKind(ref r), ReadTail(ref r, body)));

    public RelayUpdateFrame ReadRelayUpdate() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> body) =>
        new RelayUpdateFrame(ReadCursor(ref r), ReadUpdateKind(ref r), ReadTail(ref r, body)));

    public AckFrame ReadAck() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> _) =>
        new AckFrame(ReadBatch(ref r), ReadCursor(ref r)));

    public NackFrame ReadNack() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> _) =>
        new NackFrame(ReadBatch(ref r), ReadError(ref r)));

    public ErrorFrame ReadError() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> _) => ReadError(ref r));

    public ChunkFrame ReadChunk() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> body) =>
        new ChunkFrame(r.ReadVarUint(), r.ReadVarUint(), r.ReadVarUint(), ReadTail(ref r, body)));

    public ReadOnlyMemory<byte> ReadAwareness() => Read(Body, static (ref Lib0Reader r, ReadOnlyMemory<byte> body) => ReadTail(ref r, body));

    /// <summary>Reads what a finished chunk transfer carried: type and body.</summary>
    public static Frame FromTransfer(ulong channel, ReadOnlyMemory<byte> bytes) => Read(bytes, (ref Lib0Reader r, ReadOnlyMemory<byte> all) =>
    {
        var type = (FrameType)Math.Min(r.ReadVarUint(), int.MaxValue);
        if (type == FrameType.Chunk)
        {
            r.Throw("a chunk inside a chunk", 0);
        }

        return new Frame(channel, type, all[r.Position..]);
    });

    internal static FrameFormatException Malformed(YUpdateFormatException e)
    {
        var end = e.Message.LastIndexOf(" (at byte", StringComparison.Ordinal);
        return new FrameFormatException(end < 0 ? e.Message : e.Message[..end], e.Offset);
    }

    private static T Read<T>(ReadOnlyMemory<byte> body, BodyReader<T> read)
    {
        var reader = new Lib0Reader(body.Span);
        try
        {
            return read(ref reader, body);
        }
        catch (YUpdateFormatException e)
        {
            throw Malformed(e);
        }
    }

    private static long ReadBatch(ref Lib0Reader r)
    {
        var start = r.Position;
        var batch = r.ReadVarUint();
        if (batch == 0)
        {
            r.Throw("batch numbers begin at 1", start);
        }

        return (long)batch;
    }

    private static SyncCursor ReadCursor(ref Lib0Reader r) =>
        new((long)r.ReadVarUint(), BinaryPrimitives.ReadUInt64BigEndian(r.ReadBytes(RowIdBytes)));

    private static UpdateKind ReadUpdateKind(ref Lib0Reader r)
    {
        var start = r.Position;
        var zero = r.ReadVarUint();
        var kind = r.ReadVarUint();
        if (zero != 0 || kind is not (1 or 2))
        {
            r.Throw("expected y-protocols' SyncStep2 (0 1) or Update (0 2)", start);
        }

        return (UpdateKind)kind;
    }

    private static ErrorFrame ReadError(ref Lib0Reader r)
    {
        var code = (SyncErrorCode)ReadInt(ref r);
        return new ErrorFrame(new SyncFailure(code, r.ReadVarString()), ReadInt(ref r));
    }

    private static int ReadInt(ref Lib0Reader r) => (int)Math.Min(r.ReadVarUint(), int.MaxValue);

    private static ReadOnlyMemory<byte> ReadTail(ref Lib0Reader r, ReadOnlyMemory<byte> body)
    {
        var length = r.ReadVarBytes().Length;
        return body.Slice(r.Position - length, length);
    }
}
