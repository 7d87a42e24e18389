using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files;

/// <summary>A document file that is locked, checked, read and ready to be appended to. Whoever takes it owns its parts.</summary>
internal sealed class FileOpening : IDisposable
{
    private FileOpening(IDisposable hold, RecordLog log, RecordContents contents, ReadOnlyMemory<byte> update, IReadOnlyList<DocFileDamage> damage, string? copy)
    {
        Hold = hold;
        Log = log;
        Contents = contents;
        Update = update;
        Damage = damage;
        DamagedCopy = copy;
    }

    /// <summary>The lock.</summary>
    public IDisposable Hold { get; }

    public RecordLog Log { get; }

    public RecordContents Contents { get; }

    /// <summary>The content of the document as one update; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Update { get; }

    /// <summary>What was wrong with the file, and is not any more.</summary>
    public IReadOnlyList<DocFileDamage> Damage { get; }

    /// <summary>Where the file is kept as it was, when parts of it had to be given up.</summary>
    public string? DamagedCopy { get; }

    public static FileOpening Run(DocStorage storage, string path, bool salvage, CancellationToken cancellationToken)
    {
        var hold = storage.TryLock(path + ".lock") ?? throw new DocFileInUseException(path);
        try
        {
            RemoveNew(storage, path);
            if (!storage.Exists(path))
            {
                return new FileOpening(hold, RecordLog.Create(storage, path), new RecordContents(), default, [], null);
            }

            var file = storage.Open(path);
            try
            {
                if (file.Length == 0)
                {
                    file.Dispose();
                    return new FileOpening(hold, RecordLog.Create(storage, path), new RecordContents(), default, [], null);
                }

                return Open(storage, path, hold, file, salvage, cancellationToken);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        Hold.Dispose();
    }

    private static FileOpening Open(DocStorage storage, string path, IDisposable hold, IStorageFile file, bool salvage, CancellationToken cancellationToken)
    {
        var length = file.Length;
        FileCheck check;
        try
        {
            check = FileCheck.Run(file, length);
        }
        catch (NotSupportedException e)
        {
            throw new DocFileFormatException(path, [], $"The document file '{path}' cannot be read. {e.Message}", e);
        }

        List<DocFileDamage> damage = [.. check.Damage];
        if (damage.Count > 0 && (check.Marker == 0 || !salvage))
        {
            throw Damaged(path, check);
        }

        RecordContents contents;
        ReadOnlyMemory<byte> update;
        try
        {
            (contents, update) = FileLoader.Load(file, check.Marker, check.End, damage, cancellationToken);
        }
        catch (UnreadableRecordException e)
        {
            throw new DocFileFormatException(path, [], $"The record at byte {e.Offset} of the document file '{path}' cannot be read: {e.Message}", e.InnerException);
        }

        if (check.TornTail is { } tail)
        {
            damage.Add(tail);
        }

        var log = new RecordLog(storage, path, file, check.Marker, check.End);
        if (check.Damage.Count == 0)
        {
            if (check.TornTail is not null)
            {
                file.SetLength(check.End);
                file.Flush();
            }

            return new FileOpening(hold, log, contents, update, damage, null);
        }

        // What is lost may be known to a room: its cursor is of no use any more, only state vectors can tell.
        contents.ForgetRooms();
        var copy = KeepCopy(storage, path, file, length);
        using (var fold = new FileFold(storage, path, contents, update.Span, check.End))
        {
            fold.Replace(log);
        }

        return new FileOpening(hold, log, contents, update, damage, copy);
    }

    private static DocFileFormatException Damaged(string path, FileCheck check)
    {
        if (check.Marker == 0)
        {
            return new DocFileFormatException(path, [], $"The file '{path}' is not a document file: it neither begins like one nor holds an intact record. It was left as it is.");
        }

        var first = check.Damage[0];
        return new DocFileFormatException(
            path,
            check.Damage,
            $"The document file '{path}' is damaged in {check.Damage.Count} place(s), the first {first.Length} bytes long at byte {first.Offset} ({first.Reason}), and what follows is intact, so this is no write that was cut short. "
            + "It was left as it is. Restore it from a copy, or set DocFileOptions.Salvage to load what is intact.");
    }

    /// <summary>Removes what a compaction left that did not come to its end.</summary>
    private static void RemoveNew(DocStorage storage, string path)
    {
        var leftover = RecordLog.NewPathOf(path);
        if (!storage.Exists(leftover))
        {
            return;
        }

        if (!storage.Exists(path) && HoldsRecords(storage, leftover))
        {
            throw new DocFileFormatException(
                path,
                [],
                $"There is no document file '{path}', but '{leftover}' holds a document: the step that puts the new version of a file in the place of the old one was interrupted, or the old one was removed. "
                + "Rename the second to the first to use it, or remove it to begin with an empty document.");
        }

        storage.Delete(leftover);
    }

    private static bool HoldsRecords(DocStorage storage, string path)
    {
        using var file = storage.OpenRead(path);
        return RecordReader.FindMarker(file, file.Length) is not null;
    }

    private static string KeepCopy(DocStorage storage, string path, IStorageFile file, long length)
    {
        var copyPath = path + ".damaged";
        for (var i = 2; storage.Exists(copyPath); i++)
        {
            copyPath = $"{path}.damaged.{i}";
        }

        using var copy = storage.Create(copyPath);
        var buffer = new byte[64 << 10];
        for (long offset = 0; offset < length;)
        {
            var read = file.Read(offset, buffer);
            if (read == 0)
            {
                break;
            }

            copy.Write(offset, buffer.AsSpan(0, read));
            offset += read;
        }

        copy.Flush();
        storage.FlushDirectoryOf(copyPath);
        return copyPath;
    }
}
