using System.Diagnostics;
using System.Runtime.Versioning;

namespace TinyStore.Persisters;

/// <summary>A lock between processes: an open file, which goes with its process however that ends.</summary>
[UnsupportedOSPlatform("browser")]
internal sealed class FileLock : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static async Task<FileLock> TakeAsync(string path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // flock on Unix, a share mode on Windows.
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            }
            catch (IOException error) when (IsTaken(error))
            {
                if (waited.Elapsed > timeout)
                {
                    throw new IOException($"Somebody else has held the lock '{path}' for more than {timeout.TotalSeconds} s. Nothing was written.", error);
                }
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static bool IsTaken(IOException error) =>
        error.GetType() == typeof(IOException) && (OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is 32 or 33 // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
            : error.HResult is 11 or 35); // EWOULDBLOCK of Linux, of macOS and the BSDs
}
