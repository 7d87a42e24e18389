using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>A handler of <c>Error</c> hears of foreign content and writes: while everything is loaded, and while everything is saved.</summary>
public sealed class ForeignContentHandlerTests
{
    public static TheoryData<string, bool, string> Cases()
    {
        var cases = new TheoryData<string, bool, string>();
        foreach (var foreign in (string[])["root", "table", "row", "cell"])
        {
            foreach (var does in (string[])["adds a row", "adds a cell", "deletes a row", "deletes the tables", "writes the document"])
            {
                cases.Add(foreign, false, does);
                cases.Add(foreign, true, does);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ErrorHandlerWrites_WhileEverythingIsWalkedOver_TheWalkIsNotDisturbed(string foreign, bool savesFirst, string does)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 7 });
        MakeForeign(doc, foreign);
        var store = new Store();
        for (var i = 0; i < 6; i++)
        {
            store.SetRow("t", "r" + i, new Row { ["a"] = i, ["b"] = i });
        }
        using var peer = new Peer(doc, store: store.SetCell("u", "r", "c", 1));
        var heard = 0;
        peer.Persister.Error += (_, _) => Do(peer, does, heard++);

        if (savesFirst)
        {
            await peer.Persister.SaveAsync(TestContext.Current.CancellationToken);
        }
        await peer.Persister.StartAutoPersistingAsync(cancellationToken: TestContext.Current.CancellationToken);
        peer.Store.SetCell("u", "r", "d", 5);

        Assert.True(heard > 0);
        Assert.All(peer.Errors, error => Assert.IsType<ForeignContentException>(error.Exception));
        var unsaved = Content.Of(peer.Store).Split('\n').Except(peer.DocContent.Split('\n'));
        Assert.All(unsaved, line => Assert.True(StaysUnsaved(foreign, line), line));
        Assert.Empty(peer.DocContent.Split('\n').Except(Content.Of(peer.Store).Split('\n')));
    }

    private static void MakeForeign(YDoc doc, string what) => doc.Transact(_ =>
    {
        var root = doc.GetMap("tinybase");
        if (what == "root")
        {
            root.Set("t", "foreign");
            root.Set("v", "foreign");
            return;
        }
        root.SetMap("v");
        var tables = root.SetMap("t");
        if (what == "table")
        {
            tables.Set("t", "foreign");
            return;
        }
        var table = tables.SetMap("t");
        if (what == "row")
        {
            table.Set("r1", "foreign");
            table.Set("r3", YValue.FromBinary([1]));
            return;
        }
        table.SetMap("r1").Set("a", YValue.FromBigInt(3));
        table.SetMap("r3").Set("z", double.NaN);
    });

    private static void Do(Peer peer, string what, int time)
    {
        var _ = what switch
        {
            "adds a row" => peer.Store.SetCell("t", "new" + time, "c", time),
            "adds a cell" => peer.Store.SetCell("t", "r2", "new" + time, time),
            "deletes a row" => peer.Store.DeleteRow("t", "r5"),
            "deletes the tables" => peer.Store.DeleteTables(),
            _ => peer.Store,
        };
        if (what == "writes the document")
        {
            peer.Doc.GetMap("tinybase").SetMap("v").Set("x", time);
        }
    }

    private static bool StaysUnsaved(string foreign, string line) => foreign switch
    {
        "root" => true,
        "table" => line.StartsWith("t/", StringComparison.Ordinal),
        "row" => line.StartsWith("t/r1/", StringComparison.Ordinal) || line.StartsWith("t/r3/", StringComparison.Ordinal),
        _ => false,
    };
}
