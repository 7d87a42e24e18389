using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>
/// What no store can hold, in a flat document that yjs 13.6.33 made: reported with its path, left alone, the rest loads.
/// </summary>
public sealed class FlatForeignContentTests : IDisposable
{
    private readonly Peer _peer = new(2, options => options.Layout = DocLayout.Flat);

    private YMap Cells => _peer.Doc.GetMap("tinybase/cells");

    public void Dispose() => _peer.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ForeignContent_Loads_RestIsThereAndEachPathIsReportedOnce(bool startFirst)
    {
        if (startFirst)
        {
            _peer.Start();
        }
        _peer.Apply(FlatDocuments.Mixed);
        if (!startFirst)
        {
            _peer.Start();
        }
        var json = Json();
        _peer.Apply(FlatDocuments.Mixed);
        await _peer.Persister.LoadAsync();

        Assert.Equal(
            "ok = true\nrows/a/b/c = 2\nrows/good/c = \"fine\"\nrows/good/json = {\"a\":1}\nrows/good/null = null\n",
            Content.Of(_peer.Store));
        Assert.Equal(["a/b", "good"], _peer.Store.GetRowIds("rows").Order());
        Assert.Equal(FlatDocuments.Paths, _peer.Errors.Select(error => error.Path!).Order(StringComparer.Ordinal));
        Assert.All(_peer.Errors, error =>
        {
            Assert.Equal(PersisterOperation.Content, error.Operation);
            Assert.Contains(error.Path!, Assert.IsType<ForeignContentException>(error.Exception).Message, StringComparison.Ordinal);
        });
        Assert.Empty(_peer.LocalUpdates);
        Assert.Equal(json, Json());
    }

    [Fact]
    public void DeletedTable_ForeignCellsInIt_AreLeftInTheDocument()
    {
        _peer.Apply(FlatDocuments.Mixed);
        _peer.Start();
        var foreign = Cells.Count - 4;

        _peer.Store.DeleteTables();

        Assert.Equal(foreign, Cells.Count);
        Assert.Equal("a row", Cells["rows/good/text"].AsType!.ToString());
        Assert.False(Cells.ContainsKey("rows/good/c"));
    }

    [Fact]
    public void ForeignCell_StoreWritesThatCell_ItIsReplaced()
    {
        _peer.Apply(FlatDocuments.Mixed);
        _peer.Start();

        _peer.Store.SetCell("rows", "good", "text", 7);

        Assert.Equal("7", Cells["rows/good/text"].ToString());
        Assert.False(_peer.Persister.IsDirty);
    }

    [Fact]
    public void ForeignContentOverACell_CellLeavesTheStore()
    {
        _peer.Start();
        _peer.Store.SetRow("t", "r", new Row { ["c"] = 1, ["d"] = 2 }).SetValue("v", 1);
        using var remote = new YDoc(new YDocOptions { ClientId = 9 });
        remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());

        remote.GetMap("tinybase/cells").SetMap("t/r/c");
        remote.GetMap("tinybase/values").Set("v", YValue.FromBigInt(5));
        _peer.Apply(remote.EncodeStateAsUpdate());

        Assert.Equal(["d"], _peer.Store.GetCellIds("t", "r"));
        Assert.False(_peer.Store.HasValues());
        Assert.Equal(["tinybase/cells/t/r/c", "tinybase/values/v"], _peer.Errors.Select(error => error.Path!).Order());
    }

    [Fact]
    public void ChangesInsideAForeignCell_AreNotLookedAt()
    {
        _peer.Apply(FlatDocuments.Mixed);
        _peer.Start();
        var loads = _peer.Persister.Stats.Loads;
        using var remote = new YDoc(new YDocOptions { ClientId = 9 });
        remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());

        remote.GetMap("tinybase/cells")["rows/good/map"].AsMap!.Set("a/b/c", 1);
        _peer.Apply(remote.EncodeStateAsUpdate());

        Assert.Equal(loads, _peer.Persister.Stats.Loads);
        Assert.Equal(FlatDocuments.Paths.Length, _peer.Errors.Count);
    }

    private string Json() => Cells.ToJson() + _peer.Doc.GetMap("tinybase/values").ToJson();
}
