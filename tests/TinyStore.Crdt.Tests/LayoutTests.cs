using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>What holds in every layout is tested in each: the tests of a class derived from this run once for every layout.</summary>
public abstract class LayoutTests(DocLayout layout)
{
    protected DocLayout Layout { get; } = layout;

    protected void Configure(YjsPersisterOptions options) => options.Layout = Layout;

    protected YjsPersisterOptions Options(string? root = null)
    {
        var options = new YjsPersisterOptions { Layout = Layout };
        options.RootName = root ?? options.RootName;
        return options;
    }

    protected string ContentOf(YDoc doc, string root = "tinybase") => Content.Of(doc, Layout, root);

    private protected Peer NewPeer(ulong clientId, bool gc = true) => new(clientId, Configure, gc);

    private protected Peer Started(ulong clientId, bool gc = true) => NewPeer(clientId, gc).Start();

    /// <summary>Writes a cell into a document as others would.</summary>
    private protected void Set(YDoc doc, string tableId, string rowId, string cellId, YValue value)
    {
        var (map, key) = Content.PlaceOf(doc, Layout, tableId, rowId, cellId);
        map.Set(key, value);
    }
}
