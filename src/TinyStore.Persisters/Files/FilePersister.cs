using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TinyStore.Persisters;

/// <summary>
/// Keeps a store in a JSON file, <c>[tables, values]</c>: the file of TinyBase's own file persister, which reads and writes it
/// too.
/// </summary>
/// <remarks>
/// <para>A save writes a new file beside the old one, flushes it to the disk, and renames it over the old one: whatever happens,
/// the file holds what was saved last or what was saved before. A symbolic link stays one, and a file keeps its mode.</para>
/// <para>Several processes can persist in one file. With auto-load each takes in what the others write, at the latest before it
/// saves (see <see cref="StoragePersister"/>); the lock of <c>&lt;path&gt;.lock</c>, whose empty file stays, keeps their
/// saves apart. TinyBase knows nothing of that lock: what it writes in the moment between the last look at the file and the
/// rename is lost, as it is between two processes of its own.</para>
/// <para>A file that is no such JSON, because it was cut short for instance, raises <see cref="PersistedDataException"/>, and
/// while auto-load is on no save replaces it. An empty file counts as one that is not there: TinyBase makes such files.</para>
/// </remarks>
[UnsupportedOSPlatform("browser")]
public sealed class FilePersister : StoragePersister
{
    private readonly FilePersisterOptions _options;

    // Hashes of the file's content: what was read last, what is in the store, and what auto-load was told of.
    private volatile string? _read;
    private volatile string? _merged;
    private volatile string? _noticed;

    // Of the content found under the lock of the save that runs.
    private string? _found;

    // The file itself, where the path is a link.
    private string _target;

    /// <summary>Makes a persister. Neither the file nor its folder need to be there.</summary>
    /// <param name="store">The store.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="options">How it works.</param>
    public FilePersister(Store store, string path, FilePersisterOptions? options = null)
        : base(store, options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
        _target = FilePath;
        _options = options ?? new FilePersisterOptions();
    }

    /// <summary>The file's full path.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    protected override bool WritesJson => true;

    /// <inheritdoc/>
    protected override async ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken)
    {
        var bytes = await Task.Run(() => ReadFile(ReportProgress, cancellationToken), cancellationToken).ConfigureAwait(false);
        for (; ; )
        {
            try
            {
                return Take(bytes);
            }
            catch (PersistedDataException)
            {
                // Who writes the file in place may just be at it.
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
                var again = await Task.Run(() => ReadFile(null, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (again.AsSpan().SequenceEqual(bytes))
                {
                    throw;
                }
                bytes = again;
            }
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<PersistedData?> GetForeignAsync(CancellationToken cancellationToken)
    {
        var bytes = await Task.Run(() => ReadFile(null, cancellationToken), cancellationToken).ConfigureAwait(false);
        _found = HashOf(bytes);
        return _found == _merged ? null : Take(bytes);
    }

    /// <inheritdoc/>
    protected override void OnLoaded() => _merged = _read;

    /// <inheritdoc/>
    protected override async ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        _found = null;
        return await Task.Run(
            async () =>
            {
                _target = ResolveTarget();
                Directory.CreateDirectory(Path.GetDirectoryName(_target)!);
                return await FileLock.TakeAsync(_target + ".lock", _options.LockTimeout, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken)
    {
        var hash = HashOf(write.Json.Span);
        if (hash != _found)
        {
            // Known before it is there, so that it is not taken for somebody else's.
            var noticed = _noticed;
            _noticed = hash;
            try
            {
                await Task.Run(() => AtomicFile.Write(_target, write.Json, ReportProgress, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                _noticed = noticed;
                throw;
            }
        }
        _merged = hash;
    }

    /// <inheritdoc/>
    protected override ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken)
    {
        (DateTime Written, long Length)? last = null;
        return new ValueTask<IAsyncDisposable?>(new FileWatch(
            FilePath,
            name => name == Path.GetFileName(FilePath),
            _options.PollInterval,
            _options.TimeProvider,
            isHint =>
            {
                var now = StatOfFile();
                if ((isHint || now != last) && HashOfFile() is var hash && hash != _noticed)
                {
                    _noticed = hash;
                    onChanged(null);
                }
                last = now;
                return default;
            }));
    }

    private PersistedData? Take(byte[] bytes)
    {
        var hash = _noticed = HashOf(bytes);
        var data = bytes.Length == 0 ? null : PersistedJson.Read(bytes, $"the file '{FilePath}'");
        _read = hash;
        return data;
    }

    private string ResolveTarget() =>
        new FileInfo(FilePath).LinkTarget is null ? FilePath : File.ResolveLinkTarget(FilePath, returnFinalTarget: true)!.FullName;

    private (DateTime Written, long Length)? StatOfFile()
    {
        try
        {
            var info = new FileInfo(ResolveTarget());
            return info.Exists ? (info.LastWriteTimeUtc, info.Length) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A file that cannot be read is a change too: the load that follows says why.
    private string HashOfFile()
    {
        try
        {
            return HashOf(ReadFile(null, CancellationToken.None));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private byte[] ReadFile(Action<long, long?>? report, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[RandomAccess.GetLength(file)];
            var done = 0;
            while (done < bytes.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, bytes.AsSpan(done, Math.Min(bytes.Length - done, AtomicFile.ChunkSize)), done);
                if (read == 0)
                {
                    return bytes[..done];
                }
                done += read;
                report?.Invoke(done, bytes.Length);
            }
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
