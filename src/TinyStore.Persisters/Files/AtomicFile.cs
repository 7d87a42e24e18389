using System.Runtime.Versioning;

namespace TinyStore.Persisters;

/// <summary>Writes a file as a whole: afterwards, and after a crash at any moment, it holds the new content or the old one.</summary>
[UnsupportedOSPlatform("browser")]
internal static class AtomicFile
{
    public const int ChunkSize = 1 << 20;

    /// <summary>The new file until it is complete. Always the same name, so that a crash leaves no more than one.</summary>
    public static string TemporaryOf(string path) => path + ".tinystore.tmp";

    /// <param name="path">The file. The caller keeps other writers out.</param>
    /// <param name="content">What it shall hold.</param>
    /// <param name="report">Told of the bytes written, and of how many there are.</param>
    /// <param name="cancellationToken">Gives it up: the file is as before.</param>
    public static void Write(string path, ReadOnlyMemory<byte> content, Action<long, long?> report, CancellationToken cancellationToken)
    {
        var temporary = TemporaryOf(path);
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, content.Length))
            {
                for (var done = 0; done < content.Length;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var chunk = content.Slice(done, Math.Min(content.Length - done, ChunkSize));
                    RandomAccess.Write(file, chunk.Span, done);
                    done += chunk.Length;
                    report(done, content.Length);
                }
                RandomAccess.FlushToDisk(file);
            }
            if (!OperatingSystem.IsWindows() && File.Exists(path))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            }
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next write replaces it; what went wrong first is what matters.
        }
    }
}
