using System.Buffers.Binary;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>
/// A frame to be written, without its channel: made once, written to any number of connections. The payload is not copied.
/// </summary>
internal readonly record struct OutgoingFrame(FrameType Type, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Payload)
{
    private delegate void HeadWriter<T>(Lib0Writer writer, T state);

    /// <summary>Type, head and payload.</summary>
    public int ContentLength => 1 + Head.Length + Payload.Length;

    public static OutgoingFrame Leave { get; } = new(FrameType.Leave, default, default);

    public static OutgoingFrame Resync { get; } = new(FrameType.Resync, default, default);

    public static OutgoingFrame Join(in JoinFrame join) => Make(FrameType.Join, join, static (w, join) =>
    {
        w.WriteVarUint(join.Version);
        Span<byte> fixedBytes = stackalloc byte[Frame.SessionBytes];
        BinaryPrimitives.WriteUInt128BigEndian(fixedBytes, join.Session);
        w.WriteBytes(fixedBytes);
        w.WriteVarString(join.Room);
        if (join.Cursor is { } cursor)
        {
            w.WriteVarUint((ulong)(VarUintLength((ulong)cursor.Sequence) + Frame.RowIdBytes));
            WriteCursor(w, cursor);
        }
        else
        {
            w.WriteVarUint(0);
        }

        w.WriteVarUint(join.WantsStateVector ? 1u : 0u);
    });

    public static OutgoingFrame Joined(in JoinedFrame joined) => Make(FrameType.Joined, joined, static (w, joined) =>
    {
        w.WriteVarUint(joined.Version);
        w.WriteVarUint((ulong)joined.Access);
        w.WriteVarUint((ulong)joined.MaxFrameBytes);
        w.WriteVarUint((ulong)joined.MaxDocumentBytes);
        w.WriteVarUint(joined.Resumed ? 1u : 0u);
        w.WriteVarUint((ulong)joined.HeadSequence);
    });

    public static OutgoingFrame Step1(ReadOnlyMemory<byte> stateVector) => Make(FrameType.Sync, stateVector.Length, static (w, length) =>
    {
        w.WriteVarUint(0);
        w.WriteVarUint(0);
        w.WriteVarUint((ulong)length);
    }, stateVector);

    public static OutgoingFrame ClientUpdate(long batch, UpdateKind kind, ReadOnlyMemory<byte> update) =>
        Make(FrameType.Update, (batch, kind, update.Length), static (w, s) =>
        {
            w.WriteVarUint((ulong)s.batch);
            WriteUpdateHead(w, s.kind, s.Length);
        }, update);

    public static OutgoingFrame RelayUpdate(SyncCursor cursor, UpdateKind kind, ReadOnlyMemory<byte> update) =>
        Make(FrameType.Update, (cursor, kind, update.Length), static (w, s) =>
        {
            WriteCursor(w, s.cursor);
            WriteUpdateHead(w, s.kind, s.Length);
        }, update);

    public static OutgoingFrame Ack(long batch, SyncCursor row) => Make(FrameType.Ack, (batch, row), static (w, s) =>
    {
        w.WriteVarUint((ulong)s.batch);
        WriteCursor(w, s.row);
    });

    public static OutgoingFrame Nack(long batch, SyncFailure failure, int retryAfterMilliseconds = 0) =>
        Make(FrameType.Nack, (batch, failure, retryAfterMilliseconds), static (w, s) =>
        {
            w.WriteVarUint((ulong)s.batch);
            WriteError(w, s.failure, s.retryAfterMilliseconds);
        });

    public static OutgoingFrame Error(SyncFailure failure, int retryAfterMilliseconds = 0) =>
        Make(FrameType.Error, (failure, retryAfterMilliseconds), static (w, s) => WriteError(w, s.failure, s.retryAfterMilliseconds));

    public static OutgoingFrame Awareness(ReadOnlyMemory<byte> update) =>
        Make(FrameType.Awareness, update.Length, static (w, length) => w.WriteVarUint((ulong)length), update);

    public static int VarUintLength(ulong value)
    {
        var length = 1;
        while ((value >>= 7) != 0)
        {
            length++;
        }

        return length;
    }

    private static OutgoingFrame Make<T>(FrameType type, T state, HeadWriter<T> write, ReadOnlyMemory<byte> payload = default)
    {
        using var writer = new Lib0Writer(64);
        write(writer, state);
        return new OutgoingFrame(type, writer.ToArray(), payload);
    }

    private static void WriteCursor(Lib0Writer w, SyncCursor cursor)
    {
        w.WriteVarUint((ulong)cursor.Sequence);
        Span<byte> rowId = stackalloc byte[Frame.RowIdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(rowId, cursor.RowId);
        w.WriteBytes(rowId);
    }

    private static void WriteUpdateHead(Lib0Writer w, UpdateKind kind, int length)
    {
        w.WriteVarUint(0);
        w.WriteVarUint((ulong)kind);
        w.WriteVarUint((ulong)length);
    }

    private static void WriteError(Lib0Writer w, SyncFailure failure, int retryAfterMilliseconds)
    {
        w.WriteVarUint((ulong)failure.Code);
        w.WriteVarString(failure.Reason);
        w.WriteVarUint((ulong)retryAfterMilliseconds);
    }
}
