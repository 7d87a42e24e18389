using TinyStore.Crdt.Files.Storage;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Files.Records;

/// <summary>Reads what a checked file holds.</summary>
internal static class FileLoader
{
    /// <summary>Reads the records from the start to a place of the file, damaged parts left out.</summary>
    /// <returns>What they add up to, and the document's content as one update.</returns>
    /// <exception cref="UnreadableRecordException">A record is intact, and yet cannot be read.</exception>
    /// <remarks>
    /// One update, not many: observers of the document never see a state of long ago as if it were the present, and do not
    /// answer it.
    /// </remarks>
    public static (RecordContents Contents, ReadOnlyMemory<byte> Update) Load(
        IStorageFile file, uint marker, long end, IReadOnlyList<DocFileDamage> damage, CancellationToken cancellationToken)
    {
        var contents = new RecordContents();
        var updates = new UpdateGatherer();
        using var reader = new RecordReader(file, marker, FileHeader.Size, end);
        while (reader.Read() is var result && result != RecordResult.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (result == RecordResult.Bad)
            {
                reader.Position = EndOf(damage, reader);
                continue;
            }

            try
            {
                var update = contents.Add(reader.Header.Kind, reader.Payload);
                if (!update.IsEmpty)
                {
                    updates.Add(update);
                }
            }
            catch (Exception e) when (e is FormatException or NotSupportedException)
            {
                throw new UnreadableRecordException(reader.Offset, reader.Position - reader.Offset, e);
            }
        }

        return (contents, updates.Merge());
    }

    private static long EndOf(IReadOnlyList<DocFileDamage> damage, RecordReader reader)
    {
        foreach (var part in damage)
        {
            if (part.Kind == DocFileDamageKind.Record && part.Offset == reader.Position)
            {
                return part.Offset + part.Length;
            }
        }

        throw new IOException($"The file changed while it was read: {reader.Fault} at byte {reader.Position}, where there was an intact record before.");
    }
}

/// <summary>A record is intact, and yet cannot be read.</summary>
internal sealed class UnreadableRecordException(long offset, long length, Exception inner) : Exception(inner.Message, inner)
{
    public long Offset => offset;

    public long Length => length;
}
