using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TinyStore.Persisters;

namespace TinyStore.Crdt.Files.Storage;

/// <summary>The file system of the machine.</summary>
[UnsupportedOSPlatform("browser")]
internal sealed class DiskStorage : DocStorage
{
    public static readonly DiskStorage Instance = new();

    private DiskStorage()
    {
    }

    public override IDisposable? TryLock(string path)
    {
        try
        {
            // flock on Unix, a share mode on Windows: both belong to the open handle, and die with the process.
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return null;
        }
    }

    public override bool Exists(string path) => File.Exists(path);

    public override IStorageFile Open(string path) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));

    public override IStorageFile OpenRead(string path) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public override IStorageFile Create(string path) =>
        new DiskFile(File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));

    public override void Delete(string path) => File.Delete(path);

    public override void Replace(string source, string destination) => File.Move(source, destination, overwrite: true);

    public override void FlushDirectoryOf(string path) => DirectoryFlush.Flush(Path.GetDirectoryName(path)!);

    private static bool IsSharingViolation(IOException e) =>
        e.GetType() == typeof(IOException) && (OperatingSystem.IsWindows()
            ? (e.HResult & 0xFFFF) is 32 or 33 // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
            : e.HResult is 11 or 35); // EWOULDBLOCK of Linux, of macOS and the BSDs

    private sealed class DiskFile(SafeFileHandle handle) : IStorageFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> destination) => RandomAccess.Read(handle, destination, offset);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
