using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// A new version of a document file on its way: its content up to a place of the old one, in as few records as possible. It is
/// under <see cref="RecordLog.NewPathOf"/> until it replaces the old one.
/// </summary>
internal sealed class FileFold : IDisposable
{
    private readonly DocStorage _storage;
    private readonly string _path;
    private readonly RecordWriter _writer;
    private IStorageFile? _file;

    /// <summary>Makes the new file and flushes it.</summary>
    public FileFold(DocStorage storage, string path, RecordContents contents, ReadOnlySpan<byte> state, long upTo)
    {
        _storage = storage;
        _path = path;
        UpTo = upTo;
        StateBytes = state.Length;
        _file = RecordLog.CreateNew(storage, path, out var marker);
        Marker = marker;
        _writer = new RecordWriter(_file, marker, FileHeader.Size);
        try
        {
            // Every record may say that all before it was flushed: nobody sees the file under its name until it is.
            if (!state.IsEmpty)
            {
                _writer.Write(RecordKind.State, flushedBefore: true, default, state);
            }

            foreach (var room in contents.Rooms.Values)
            {
                _writer.Write(RecordKind.Room, flushedBefore: true, default, room.Encode());
            }

            // Always there, last: a state with nothing behind it could not be told from a write that was cut short.
            _writer.Write(RecordKind.Clients, flushedBefore: true, default, RecordContents.EncodeClients(contents.Clients));
            _writer.Complete();
            _file.Flush();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public uint Marker { get; }

    /// <summary>Up to where in the old file the content is here.</summary>
    public long UpTo { get; }

    /// <summary>The length of the merged state.</summary>
    public long StateBytes { get; }

    /// <summary>Adds what was appended to the old file since, and replaces it.</summary>
    public void Replace(RecordLog log)
    {
        var file = _file ?? throw new ObjectDisposedException(nameof(FileFold));
        using (var old = _storage.OpenRead(_path))
        using (var reader = new RecordReader(old, log.Marker, UpTo, log.Length))
        {
            while (reader.Read() is var result && result != RecordResult.End)
            {
                if (result == RecordResult.Bad)
                {
                    throw new IOException($"The file changed after it was written: {reader.Fault} at byte {reader.Position}.");
                }

                _writer.Write(reader.Header.Kind, flushedBefore: true, default, reader.Payload);
            }
        }

        _writer.Complete();
        file.Flush();
        _file = null;
        log.SwitchTo(file, Marker, _writer.Position);
    }

    /// <summary>Removes the new file, unless it has replaced the old one.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        if (_file is { } file)
        {
            _file = null;
            file.Dispose();
            TryDelete(_storage, RecordLog.NewPathOf(_path));
        }
    }

    private static void TryDelete(DocStorage storage, string path)
    {
        try
        {
            storage.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is removed when the document is opened next.
        }
    }
}
