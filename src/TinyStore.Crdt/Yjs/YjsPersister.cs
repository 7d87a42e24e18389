using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>Keeps a <see cref="Store"/> and a <see cref="YDoc"/> alike.</summary>
/// <remarks>
/// <para>Peers may create the same tables, rows and cells while apart: what each wrote stays, and only writes to the very same
/// cell compete. docs/convergence.md says what holds for each layout and each mix of peers, and why.</para>
/// <para>A document can hold several stores under several root names, and a store can have several persisters.</para>
/// </remarks>
public sealed partial class YjsPersister : CrdtPersister
{
    private const int MaxReports = 10_000;

    private readonly YDoc _doc;
    private readonly YjsPersisterOptions _options;
    private readonly YjsLayout _layout;
    private readonly HashSet<string> _reported = [];

    /// <summary>Makes a persister. It does nothing before it is asked to.</summary>
    /// <exception cref="ArgumentException">The root name is empty, or the layout is not one of <see cref="DocLayout"/>.</exception>
    public YjsPersister(Store store, YDoc doc, YjsPersisterOptions? options = null)
        : base(store, options)
    {
        ArgumentNullException.ThrowIfNull(doc);
        _doc = doc;
        _options = options ?? new YjsPersisterOptions();
        ArgumentException.ThrowIfNullOrEmpty(_options.RootName, nameof(options));
        _layout = _options.Layout switch
        {
            DocLayout.Nested => new NestedLayout(this, doc, _options),
            DocLayout.Flat => new FlatLayout(this, doc, _options),
            var other => throw new ArgumentException($"There is no layout {other}.", nameof(options)),
        };
        _save = Save;
        _writeAgain = WriteAgain;
    }

    /// <summary>The document.</summary>
    public YDoc Doc => _doc;

    /// <summary>The client ids under which this peer has written: those of <see cref="YjsPersisterOptions.OwnClientIds"/> and of this session.</summary>
    public IReadOnlyCollection<ulong> OwnClientIds => [.. _options.OwnClientIds];

    /// <inheritdoc/>
    protected override bool IsInitialized => _layout.IsInitialized;

    /// <inheritdoc/>
    protected override bool AwaitsContent => !_options.CreateContainersBeforeFirstSync && _doc.HasProvider && !_doc.IsSynced;

    /// <inheritdoc/>
    protected override Task EnterLaneAsync(Action work, CancellationToken cancellationToken) =>
        _doc.Context.RunAsync(work, cancellationToken);

    /// <inheritdoc/>
    protected override bool WriteCell(string tableId, string rowId, string cellId, CellValue value) =>
        _layout.WriteCell(tableId, rowId, cellId, value);

    /// <inheritdoc/>
    protected override void DeleteCell(string tableId, string rowId, string cellId) => _layout.DeleteCell(tableId, rowId, cellId);

    /// <inheritdoc/>
    protected override bool WriteValue(string valueId, CellValue value) => _layout.WriteValue(valueId, value);

    /// <inheritdoc/>
    protected override void DeleteValue(string valueId) => _layout.DeleteValue(valueId);

    /// <inheritdoc/>
    protected override bool TryReadAllCells(Action<string, string, string, CellValue> visitor) => _layout.TryReadAllCells(visitor);

    /// <inheritdoc/>
    protected override void ReadTableIds(List<string> tableIds) => _layout.ReadTableIds(tableIds);

    /// <inheritdoc/>
    protected override void ReadRowIds(string tableId, List<string> rowIds) => _layout.ReadRowIds(tableId, rowIds);

    /// <inheritdoc/>
    protected override void ReadRow(string tableId, string rowId, List<KeyValuePair<string, CellValue>> cells) =>
        _layout.ReadRow(tableId, rowId, cells);

    /// <inheritdoc/>
    protected override bool MayHaveRow(string tableId, string rowId) => _layout.MayHaveRow(tableId, rowId);

    /// <inheritdoc/>
    protected override bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value) =>
        _layout.TryReadCell(tableId, rowId, cellId, out value);

    /// <inheritdoc/>
    protected override void ReadValues(List<KeyValuePair<string, CellValue>> values) => _layout.ReadValues(values);

    /// <inheritdoc/>
    protected override bool TryReadValue(string valueId, out CellValue value) => _layout.TryReadValue(valueId, out value);

    /// <inheritdoc/>
    protected override IDisposable ObserveDocument() => new Observation(this);

    /// <summary>Says which place a transaction changed.</summary>
    internal void Mark(DocumentPath path) => MarkChanged(path);

    /// <summary>Something in the document that no store can hold: said once, and left as it is.</summary>
    internal void Report(string where, string what)
    {
        if (_reported.Count < MaxReports && _reported.Add(where))
        {
            Report(new ForeignContentException(where, what));
        }
    }
}
