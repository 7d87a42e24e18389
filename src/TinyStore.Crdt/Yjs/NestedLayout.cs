using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// As TinyBase writes it: root ─ "t" ─ table ─ row ─ cell, and root ─ "v" ─ value, all maps. A row without cells is no row.
/// </summary>
internal sealed partial class NestedLayout : YjsLayout
{
    private const string TablesKey = "t";
    private const string ValuesKey = "v";

    private readonly YMap _root;

    public NestedLayout(YjsPersister persister, YDoc doc, YjsPersisterOptions options)
        : base(persister, doc, options)
    {
        _root = doc.GetMap(options.RootName);
        _noteDeleted = NoteDeleted;
        _noteAdded = NoteAdded;
    }

    public override bool IsInitialized => FindTables() is not null || FindValues() is not null;

    private string PathOf(string? containers, string? tableId = null, string? rowId = null, string? id = null) =>
        string.Join('/', new[] { Options.RootName, containers, tableId, rowId, id }.Where(step => step is not null));
}
