using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>Keeps a <see cref="Store"/> and a <see cref="YDoc"/> alike.</summary>
/// <remarks>
/// <para>Peers may create the same tables, rows and cells while apart: what each wrote stays, and only writes to the very same
/// cell compete. docs/convergence.md says what holds for each mix of peers, and why.</para>
/// <para>A document can hold several stores under several root names, and a store can have several persisters.</para>
/// </remarks>
public sealed partial class YjsPersister : CrdtPersister
{
    private const int MaxReports = 10_000;

    private readonly YDoc _doc;
    private readonly YMap _root;
    private readonly YjsPersisterOptions _options;
    private readonly HashSet<string> _reported = [];

    /// <summary>Makes a persister. It does nothing before it is asked to.</summary>
    public YjsPersister(Store store, YDoc doc, YjsPersisterOptions? options = null)
        : base(store, options)
    {
        ArgumentNullException.ThrowIfNull(doc);
        _doc = doc;
        _options = options ?? new YjsPersisterOptions();
        ArgumentException.ThrowIfNullOrEmpty(_options.RootName, nameof(options));
        _root = doc.GetMap(_options.RootName);
        _save = Save;
        _writeAgain = WriteAgain;
        _noteDeleted = NoteDeleted;
        _noteAdded = NoteAdded;
    }

    /// <summary>The document.</summary>
    public YDoc Doc => _doc;

    /// <summary>The client ids under which this peer has written: those of <see cref="YjsPersisterOptions.OwnClientIds"/> and of this session.</summary>
    public IReadOnlyCollection<ulong> OwnClientIds => [.. _options.OwnClientIds];

    /// <inheritdoc/>
    protected override bool IsInitialized => FindTables() is not null || FindValues() is not null;

    /// <inheritdoc/>
    protected override bool AwaitsContent => !_options.CreateContainersBeforeFirstSync && _doc.HasProvider && !_doc.IsSynced;

    /// <inheritdoc/>
    protected override Task EnterLaneAsync(Action work, CancellationToken cancellationToken) =>
        _doc.Context.RunAsync(work, cancellationToken);

    /// <inheritdoc/>
    protected override IDisposable ObserveDocument() => new Observation(this);

    // Something in the document that no store can hold: said once, and left as it is.
    private void Report(string where, string what)
    {
        if (_reported.Count < MaxReports && _reported.Add(where))
        {
            OnError(PersisterOperation.Content, new ForeignContentException(where, what), where);
        }
    }

    private string PathOf(string? containers, string? tableId = null, string? rowId = null, string? id = null) =>
        string.Join('/', new[] { _options.RootName, containers, tableId, rowId, id }.Where(step => step is not null));
}
