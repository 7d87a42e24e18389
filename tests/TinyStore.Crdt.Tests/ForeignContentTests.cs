using TinyStore.Persisters;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>What no store can hold, in documents that yjs 13.6.33 made: reported with its path, left alone, the rest loads.</summary>
public sealed class ForeignContentTests : IDisposable
{
    // t: a Y.Text and a string for tables; table "rows" with a Y.Text, a Y.Array and a number for rows, row "good" with a
    // bigint, bytes, a Y.Map, undefined, an object, NaN, reserved strings, and three cells; row "onlyForeign" with bytes.
    // v: a bigint and a value. Beside t and v: a number and a map.
    private static readonly byte[] Mixed = Convert.FromBase64String(
        "ARwHACcBCHRpbnliYXNlAXQBJwEIdGlueWJhc2UBdgEoAQh0aW55YmFzZQVleHRyYQF9AScBCHRpbnliYXNlBW90aGVyAScABwAJdGV4dFRhYmxlAgQABwQHYSB0YWJsZSgABwALc2NhbGFyVGFibGUBdwF4"
        + "JwAHAARyb3dzAScABw0HdGV4dFJvdwIEAAcOBWEgcm93JwAHDQhhcnJheVJvdwAoAAcNCXNjYWxhclJvdwF9BScABw0EZ29vZAEoAAcWBmJpZ2ludAF6AAAAAAAAAAUjAAcWBWJ5dGVzAgECJwAHFgNtYXABKAAH"
        + "Fgl1bmRlZmluZWQBfygABxYGb2JqZWN0AXYBAWF9ASgABxYDbmFuAXt/+AAAAAAAACgABxYIcmVzZXJ2ZWQBdwPvv7woAAcWB2JhZEpzb24BdwTvv714KAAHFgRqc29uAXcK77+9eyJhIjoxfSgABxYBYwF3BGZp"
        + "bmUoAAcWBG51bGwBficABw0Lb25seUZvcmVpZ24BIwAHIgVieXRlcwEDKAAHAQZiaWdpbnQBegAAAAAAAAABKAAHAQJvawF4AA==");

    // t is a Y.Text, v a number.
    private static readonly byte[] NoContainers = Convert.FromBase64String("AQMHACcBCHRpbnliYXNlAXQCBAAHAAlub3QgYSBtYXAoAQh0aW55YmFzZQF2AX0FAA==");

    private static readonly string[] Paths =
    [
        "tinybase/t/rows/arrayRow", "tinybase/t/rows/good/badJson", "tinybase/t/rows/good/bigint", "tinybase/t/rows/good/bytes",
        "tinybase/t/rows/good/map", "tinybase/t/rows/good/nan", "tinybase/t/rows/good/object", "tinybase/t/rows/good/reserved",
        "tinybase/t/rows/good/undefined", "tinybase/t/rows/onlyForeign/bytes", "tinybase/t/rows/scalarRow", "tinybase/t/rows/textRow",
        "tinybase/t/scalarTable", "tinybase/t/textTable", "tinybase/v/bigint",
    ];

    private readonly Peer _peer = new(2);

    public void Dispose() => _peer.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForeignContent_Loads_RestIsThereAndEachPathIsReportedOnce(bool startFirst)
    {
        if (startFirst)
        {
            _peer.Start();
        }
        _peer.Apply(Mixed);
        if (!startFirst)
        {
            _peer.Start();
        }
        var json = _peer.Doc.GetMap("tinybase").ToJson();

        Assert.Equal(["c", "json", "null"], _peer.Store.GetCellIds("rows", "good").Order());
        Assert.Equal(["good"], _peer.Store.GetRowIds("rows"));
        Assert.Equal(["ok"], _peer.Store.GetValueIds());
        Assert.Equal(Paths, _peer.Errors.Select(error => error.Path!).Order(StringComparer.Ordinal));
        Assert.All(_peer.Errors, error =>
        {
            Assert.Equal(PersisterOperation.Content, error.Operation);
            Assert.Contains(error.Path!, Assert.IsType<ForeignContentException>(error.Exception).Message, StringComparison.Ordinal);
        });
        Assert.Empty(_peer.LocalUpdates);
        Assert.Equal(json, _peer.Doc.GetMap("tinybase").ToJson());
    }

    [Fact]
    public void DeletedRow_ForeignCellInIt_IsLeftInTheDocument()
    {
        _peer.Apply(Mixed);
        _peer.Start();

        _peer.Store.DeleteTables();

        var row = _peer.Doc.GetMap("tinybase")["t"].AsMap!["rows"].AsMap!["good"].AsMap!;
        Assert.False(row.ContainsKey("c"));
        Assert.Equal(8, row.Count);
        Assert.Equal("a row", _peer.Doc.GetMap("tinybase")["t"].AsMap!["rows"].AsMap!["textRow"].AsType!.ToString());
        Assert.Equal(Content.Of(_peer.Store), Content.Of(_peer.Doc));
    }

    [Theory]
    [InlineData("textTable", "r")]
    [InlineData("rows", "textRow")]
    [InlineData("rows", "scalarRow")]
    public void CellWhereAContainerIsForeign_StaysUnsavedAndInTheStore(string table, string row)
    {
        _peer.Apply(Mixed);
        _peer.Start();
        var json = _peer.Doc.GetMap("tinybase").ToJson();

        _peer.Store.SetCell(table, row, "c", 1);
        Assert.True(_peer.Persister.IsDirty);
        Assert.Equal(json, _peer.Doc.GetMap("tinybase").ToJson());

        _peer.Store.SetCell("other", "r", "c", 1);
        Assert.Equal(1, _peer.Store.GetCell(table, row, "c"));
        Assert.True(_peer.Doc.GetMap("tinybase")["t"].AsMap!["other"].AsMap!.ContainsKey("r"));

        // Whoever made it takes it away.
        var around = _peer.Doc.GetMap("tinybase")["t"].AsMap!;
        around = table == "rows" ? around["rows"].AsMap! : around;
        around.Delete(table == "rows" ? row : table);
        _peer.Store.SetCell("other", "r", "d", 1);
        Assert.False(_peer.Persister.IsDirty);
        Assert.Equal(Content.Of(_peer.Store), Content.Of(_peer.Doc));
    }

    [Fact]
    public void RootContainersAreForeign_NothingIsLoadedOrWritten()
    {
        _peer.Apply(NoContainers);
        _peer.Start();

        _peer.Store.SetCell("t", "r", "c", 1);
        _peer.Store.SetValue("v", 1);

        Assert.True(_peer.Persister.IsDirty);
        Assert.Empty(_peer.LocalUpdates);
        Assert.Equal(["tinybase/t", "tinybase/v"], _peer.Errors.Select(error => error.Path!).Order());
    }

    [Fact]
    public void ForeignCell_StoreWritesThatCell_ItIsReplaced()
    {
        _peer.Apply(Mixed);
        _peer.Start();

        _peer.Store.SetCell("rows", "good", "bigint", 7);

        Assert.Equal(Content.Of(_peer.Store), Content.Of(_peer.Doc));
        Assert.False(_peer.Persister.IsDirty);
    }

    [Fact]
    public void ForeignContentOverACell_CellLeavesTheStore()
    {
        _peer.Start();
        _peer.Store.SetRow("t", "r", new Row { ["c"] = 1, ["d"] = 2 });
        using var remote = new YDoc(new YDocOptions { ClientId = 9 });
        remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());

        remote.GetMap("tinybase")["t"].AsMap!["t"].AsMap!["r"].AsMap!.Set("c", YValue.FromBigInt(5));
        _peer.Apply(remote.EncodeStateAsUpdate());

        Assert.Equal(["d"], _peer.Store.GetCellIds("t", "r"));
        Assert.Equal("tinybase/t/t/r/c", Assert.Single(_peer.Errors).Path);
    }

    [Fact]
    public void ChangesInsideForeignContent_AreNotLookedAt()
    {
        _peer.Apply(Mixed);
        _peer.Start();
        var (loads, errors) = (_peer.Persister.Stats.Loads, _peer.Errors.Count);
        using var remote = new YDoc(new YDocOptions { ClientId = 9 });
        remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());
        var tables = remote.GetMap("tinybase")["t"].AsMap!;

        tables["rows"].AsMap!["good"].AsMap!["map"].AsMap!.Set("c", 1);
        remote.GetMap("tinybase")["other"].AsMap!.Set("t", 1);
        _peer.Apply(remote.EncodeStateAsUpdate());

        Assert.Equal((loads, errors), (_peer.Persister.Stats.Loads, _peer.Errors.Count));
        Assert.Equal("a row", _peer.Doc.GetMap("tinybase")["t"].AsMap!["rows"].AsMap!["textRow"].AsType!.ToString());
    }

    [Fact]
    public void RowBecomesAString_ItsCellsLeaveTheStoreAndItIsReported()
    {
        _peer.Start();
        _peer.Store.SetRow("t", "r", new Row { ["c"] = 1 }).SetRow("t", "other", new Row { ["c"] = 1 });
        using var remote = new YDoc(new YDocOptions { ClientId = 9 });
        remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());

        remote.GetMap("tinybase")["t"].AsMap!["t"].AsMap!.Set("r", "a string");
        _peer.Apply(remote.EncodeStateAsUpdate());

        Assert.Equal(["other"], _peer.Store.GetRowIds("t"));
        Assert.Equal("tinybase/t/t/r", Assert.Single(_peer.Errors).Path);
        Assert.Equal("a string", _peer.Doc.GetMap("tinybase")["t"].AsMap!["t"].AsMap!["r"].ToString());
    }
}
