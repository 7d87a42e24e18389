using System.Buffers.Binary;
using TinyStore.Yjs;

namespace TinyStore.Sync;

/// <content>What a later run of the app must know: how far the room is.</content>
public sealed partial class SyncSession
{
    private const int KeptCursorBytes = sizeof(long) + // sequence
        sizeof(ulong); // row id

    private readonly IProviderState? _kept;

    private void Recall()
    {
        if (_kept is null)
        {
            return;
        }

        if (_kept.Cursor.Span is { Length: KeptCursorBytes } cursor)
        {
            _cursor = new SyncCursor(BinaryPrimitives.ReadInt64BigEndian(cursor), BinaryPrimitives.ReadUInt64BigEndian(cursor[sizeof(long)..]));
        }

        _untrackedEdits = _kept.UnacknowledgedCount;
        _tracked = _cursor is not null && _untrackedEdits == 0;
    }

    /// <summary>After whatever may have moved the cursor or acknowledged something. (What adds an edit need not say so: it is counted by itself.)</summary>
    private void Keep()
    {
        if (_kept is null || (_cursor is null && _kept.Cursor.IsEmpty))
        {
            return;
        }

        Span<byte> cursor = stackalloc byte[KeptCursorBytes];
        if (_cursor is { } known)
        {
            BinaryPrimitives.WriteInt64BigEndian(cursor, known.Sequence);
            BinaryPrimitives.WriteUInt64BigEndian(cursor[sizeof(long)..], known.RowId);
        }

        // Untracked, the room may lack what nobody counted. (A reader's edits are all counted, and go nowhere.)
        var count = _tracked || Access == SyncAccess.Read ? UnacknowledgedCount : Math.Max(UnacknowledgedCount, 1);
        _kept.Save(_cursor is null ? default : cursor, count);
    }
}
