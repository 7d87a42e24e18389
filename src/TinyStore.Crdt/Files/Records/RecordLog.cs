using System.Buffers.Binary;
using System.Security.Cryptography;
using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// The end of a document file: appends records, and knows how much of the file is safe on the disk. An append that failed
/// leaves nothing behind: the next one starts at the same place, with every byte written anew (after a failed flush the system
/// may have dropped what it could not write, so that a second flush alone would prove nothing).
/// </summary>
internal sealed class RecordLog : IDisposable
{
    private readonly DocStorage _storage;
    private IStorageFile? _file;
    private bool _hasLeftovers;
    private bool _mustFlushDirectory;

    public RecordLog(DocStorage storage, string path, IStorageFile file, uint marker, long length)
    {
        _storage = storage;
        _file = file;
        Path = path;
        Marker = marker;
        Length = length;
        _hasLeftovers = file.Length != length;
    }

    public string Path { get; }

    /// <summary>The file's marker.</summary>
    public uint Marker { get; private set; }

    /// <summary>How much of the file is safe on the disk, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Where a new version of the file is made.</summary>
    public static string NewPathOf(string path) => path + ".new";

    /// <summary>Makes an empty file. It gets its name when it is whole.</summary>
    public static RecordLog Create(DocStorage storage, string path)
    {
        var file = CreateNew(storage, path, out var marker);
        try
        {
            file.Flush();
            storage.Replace(NewPathOf(path), path);
            storage.FlushDirectoryOf(path);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new RecordLog(storage, path, file, marker, FileHeader.Size);
    }

    /// <summary>Makes the file that is to replace another, with a header and nothing else. Not flushed.</summary>
    public static IStorageFile CreateNew(DocStorage storage, string path, out uint marker)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        do
        {
            RandomNumberGenerator.Fill(bytes);
            marker = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        while (marker == 0);

        Span<byte> header = stackalloc byte[FileHeader.Size];
        FileHeader.Write(header, marker);
        var file = storage.Create(NewPathOf(path));
        file.Write(0, header);
        return file;
    }

    /// <summary>Appends records and flushes. Throws whatever the file system throws; the records are then not in the file.</summary>
    public void Append(IReadOnlyList<RecordEntry> entries)
    {
        var file = Ready();
        _hasLeftovers = true;
        try
        {
            using var writer = new RecordWriter(file, Marker, Length);
            for (var i = 0; i < entries.Count; i++)
            {
                entries[i].WriteTo(writer, flushedBefore: i == 0);
            }

            writer.Complete();
            file.Flush();
            Length = writer.Position;
            _hasLeftovers = false;
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Puts a new version of the file in its place.</summary>
    /// <param name="file">The new file, under the path <see cref="NewPathOf"/>, whole and flushed; owned from now on.</param>
    /// <param name="marker">Its marker.</param>
    /// <param name="length">Its length.</param>
    public void SwitchTo(IStorageFile file, uint marker, long length)
    {
        Close(); // Windows replaces no open file
        try
        {
            _storage.Replace(NewPathOf(Path), Path);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file = file;
        _hasLeftovers = false;
        _mustFlushDirectory = true;
        Marker = marker;
        Length = length;
        FlushDirectory();
    }

    public void Dispose() => Close();

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private IStorageFile Ready()
    {
        if (!_storage.Exists(Path))
        {
            throw new FileNotFoundException($"The document file '{Path}' was removed while it was in use. The document in memory is whole.", Path);
        }

        FlushDirectory();
        var file = _file ??= Reopen();
        if (_hasLeftovers)
        {
            file.SetLength(Length);
            _hasLeftovers = false;
        }

        return file;
    }

    /// <summary>Until the directory is flushed, what is written to the new file would not be found under its name after a loss of power.</summary>
    private void FlushDirectory()
    {
        if (_mustFlushDirectory)
        {
            _storage.FlushDirectoryOf(Path);
            _mustFlushDirectory = false;
        }
    }

    private IStorageFile Reopen()
    {
        var file = _storage.Open(Path);
        Span<byte> header = stackalloc byte[FileHeader.Size];
        if (file.Length < Length || file.Read(0, header) < header.Length || !FileHeader.TryRead(header, out _, out var marker) || marker != Marker)
        {
            file.Dispose();
            throw new IOException($"The document file '{Path}' was changed by another program while it was in use. The document in memory is whole.");
        }

        return file;
    }
}
