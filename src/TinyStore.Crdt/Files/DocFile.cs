using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using TinyStore.Crdt.Files;
using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Files.Storage;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// Keeps a document in a file: loads it, and from then on appends every update that the document emits, whoever made it. An
/// update counts as saved when the disk has it (<see cref="WhenSavedAsync"/>); what was saved survives the death of the process
/// and the loss of power. The file is compacted in the background. Its format is described in <c>docs/doc-file.md</c>.
/// </summary>
/// <remarks>
/// <para>Open the file before providers and persisters are attached to the document, so that it sees each update before they
/// do. Give the document a new client id at each start (the default of <see cref="YDocOptions.ClientId"/>): what a crash took
/// may be known to others under the old one.</para>
/// <para>Members may be used from any thread, except <see cref="Open"/> and what it returns. Writing never holds up the
/// document: what was emitted waits in memory, and all that waits goes to the disk with one flush. Events are raised in the
/// document's lane (<see cref="YDoc.Context"/>).</para>
/// <para>The file belongs to one process at a time, by a lock of the system on <c>path.lock</c>, which stays as an empty
/// file. Programs may read and copy the document file meanwhile; a copy that ends in the middle of a write is read as a torn
/// tail.</para>
/// </remarks>
[UnsupportedOSPlatform("browser")]
public sealed partial class DocFile : IProviderStateStore, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly DocFileOptions _options;
    private readonly DocStorage _storage;
    private readonly ILogger _logger;
    private readonly IDisposable _hold;
    private readonly RecordLog _log; // used by one at a time: the opening, then the pump, then the disposal
    private readonly Lazy<Task> _disposal;
    private readonly RecordContents _contents; // guarded by _gate

    private DocFile(string path, YDoc doc, DocFileOptions options, DocStorage storage, FileOpening opening)
    {
        Path = path;
        Doc = doc;
        Damage = opening.Damage;
        _options = options;
        _storage = storage;
        _logger = options.LoggerFactory.CreateLogger<DocFile>();
        _hold = opening.Hold;
        _log = opening.Log;
        _contents = opening.Contents;
        _savedLength = _log.Length;
        _disposal = new Lazy<Task>(() => CloseAsync(flush: true));
        _retry = options.TimeProvider.CreateTimer(static file => ((DocFile)file!).Retry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>
    /// What was wrong with the file when it was opened, in order; empty when nothing was. A torn tail was cut off, other parts
    /// were left out (<see cref="DocFileOptions.Salvage"/>).
    /// </summary>
    public IReadOnlyList<DocFileDamage> Damage { get; }

    /// <summary>The file's length in bytes, as far as it is safe on the disk.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _savedLength;
            }
        }
    }

    /// <summary>How many updates are not on the disk yet.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _waiting.UpdateCount + (_writing?.UpdateCount ?? 0);
            }
        }
    }

    /// <summary>
    /// The client ids under which this device has written into the document, in this run and earlier ones, that of
    /// <see cref="YDoc.ClientId"/> included. An id is on the disk before what was written under it.
    /// </summary>
    public IReadOnlyCollection<ulong> SessionClientIds
    {
        get
        {
            lock (_gate)
            {
                return [.. _contents.Clients.Union(_newClients)];
            }
        }
    }

    /// <summary>Updates have reached the disk.</summary>
    public event EventHandler? Saved;

    /// <summary>A write or a compaction failed. It is tried again.</summary>
    public event EventHandler<DocFileErrorEventArgs>? Error;

    /// <summary>
    /// Opens a file, or makes one, and loads what it holds into a document. Content that the document has and the file has not
    /// is added to the file.
    /// </summary>
    /// <param name="path">The file; its directory exists. A link is followed.</param>
    /// <param name="doc">The document. It is not disposed with the file.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up. The document may have got the file's content by then.</param>
    /// <exception cref="DocFileInUseException">Another process has the file.</exception>
    /// <exception cref="DocFileFormatException">The file is no document file, of a later version, or damaged; the message says where.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written.</exception>
    public static async Task<DocFile> OpenAsync(string path, YDoc doc, DocFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(doc);
        options ??= new DocFileOptions();
        options.Validate();
        var storage = options.Storage ?? DiskStorage.Instance;
        var fullPath = options.Storage is null ? Resolve(path) : path;

        var opening = await Task.Run(() => FileOpening.Run(storage, fullPath, options.Salvage, cancellationToken), cancellationToken).ConfigureAwait(false);
        var file = new DocFile(fullPath, doc, options, storage, opening);
        try
        {
            file.LogOpening(opening);
            var update = opening.Update;
            await doc.Context.RunAsync(() => file.Attach(update), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await file.CloseAsync(flush: false).ConfigureAwait(false);
            throw;
        }

        return file;
    }

    /// <summary>
    /// Completes when everything that the document has emitted before the call is on the disk. After a write that failed it
    /// makes the next attempt at once.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the writing.</param>
    /// <exception cref="IOException">The attempt failed. The updates stay in memory, and are tried again. (Other exceptions of
    /// the file system too.)</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed, and could not write what waited.</exception>
    public Task WhenSavedAsync(CancellationToken cancellationToken = default)
    {
        Task saved;
        lock (_gate)
        {
            var last = _waiting.IsEmpty ? _writing : _waiting;
            if (last is null)
            {
                return Task.CompletedTask;
            }

            ObjectDisposedException.ThrowIf(_isClosed, this);
            saved = last.WhenSaved;
            Kick(retry: true);
        }

        return saved.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Stops recording, completes what waits, and lets go of the file. The document stays usable; what happens to it afterwards is
    /// not recorded. Idempotent.
    /// </summary>
    /// <exception cref="IOException">What waits cannot be written. The file is let go of all the same. (Other exceptions of the
    /// file system too.)</exception>
    public ValueTask DisposeAsync() => new(_disposal.Value);

    private static string Resolve(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void LogOpening(FileOpening opening)
    {
        Log.Opened(_logger, Path, _savedLength, _contents.UpdateCount);
        foreach (var damage in opening.Damage)
        {
            if (damage.Kind == DocFileDamageKind.TornTail)
            {
                Log.TornTailCut(_logger, Path, damage.Length, damage.Offset, damage.Reason);
            }
            else
            {
                Log.Salvaged(_logger, Path, opening.DamagedCopy ?? "", damage.ToString());
            }
        }
    }

    private async Task CloseAsync(bool flush)
    {
        try
        {
            await Doc.Context.RunAsync(Detach).ConfigureAwait(false);
            if (flush)
            {
                await WhenSavedAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
            await _retry.DisposeAsync().ConfigureAwait(false);
            _log.Dispose();
            _hold.Dispose();
        }
    }
}
