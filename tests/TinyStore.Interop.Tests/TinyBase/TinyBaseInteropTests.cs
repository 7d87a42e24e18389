using System.Text.Json.Nodes;
using TinyStore.TestKit;
using static TinyStore.Interop.Tests.TinyBase.StoreCalls;

namespace TinyStore.Interop.Tests.TinyBase;

/// <summary>The real TinyBase with its own Yjs persister, and ours, on one document.</summary>
public sealed class TinyBaseInteropTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    /// <summary>Client ids of the JavaScript peer: lower and higher than that of most .NET peers, which decides conflicts.</summary>
    public static TheoryData<ulong> JavaScriptIds => [1, 4294967295];

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task Cells_OfEveryKind_GoBothWays(ulong javaScriptId)
    {
        await using var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync(), javaScriptId);
        await using var ours = new DotNetPeer();
        await StartOnOursAsync(ours, theirs);

        await ours.ExecuteAsync(
            SetCell("pets", "fido", "name", "Fido 😀"), SetCell("pets", "fido", "age", 3), SetCell("pets", "fido", "price", 0.1), SetCell("pets", "fido", "sold", true),
            SetCell("pets", "fido", "owner", null), SetCell("pets", "fido", "tags", new JsonArray("a", 1, null, new JsonObject { ["b"] = false })),
            SetCell("pets", "fido", "home", new JsonObject { ["street"] = "x", ["no"] = 7 }), SetValue("open", true), SetValue("hours", new JsonArray(9, 17)));
        await Exchange.ForwardAsync(ours, theirs);
        Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("TinyBase", await theirs.ContentAsync()));

        await theirs.ExecuteAsync(
            SetCell("pets", "fido", "age", -4.5), SetCell("pets", "felix", "owner", null), SetCell("pets", "felix", "tags", new JsonArray()),
            SetCell("toys", "ball", "size", new JsonObject { ["w"] = new JsonArray(1, 2) }), SetCell("pets", "fido", "sold", false), SetValue("open", ""), SetValue("since", 2147483648));
        await Exchange.ForwardAsync(theirs, ours);
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));
        var fido = (await ours.ContentAsync())[0]!["pets"]!["fido"]!;
        Convergence.AssertEqual(
            ("what was written", JsonNode.Parse("""{"name":"Fido 😀","age":-4.5,"price":0.1,"sold":false,"owner":null,"tags":["a",1,null,{"b":false}],"home":{"street":"x","no":7}}""")),
            (".NET", fido));
        await Exchange.AssertConvergedAsync("cells", ours, theirs);
    }

    [Fact]
    public async Task Deletes_GoBothWays()
    {
        await using var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync());
        await using var ours = new DotNetPeer();
        await StartOnOursAsync(ours, theirs);
        await ours.ExecuteAsync([.. Enumerable.Range(0, 6).SelectMany(row => new[] { SetCell("a", $"r{row}", "x", row), SetCell("a", $"r{row}", "y", row), SetCell("b", $"r{row}", "x", row) }), SetValue("v", 1), SetValue("w", 2)]);
        await Exchange.ForwardAsync(ours, theirs);

        await theirs.ExecuteAsync(DelCell("a", "r0", "x"), DelRow("a", "r1"), DelValue("v"));
        await Exchange.ForwardAsync(theirs, ours);
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));

        await ours.ExecuteAsync(DelCell("a", "r2", "y"), DelRow("a", "r3"), DelTable("b"), DelValue("w"));
        await Exchange.ForwardAsync(ours, theirs);
        Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("TinyBase", await theirs.ContentAsync()));
        Convergence.AssertEqual(
            ("what is left", JsonNode.Parse("""[{"a":{"r0":{"y":0},"r2":{"x":2},"r4":{"x":4,"y":4},"r5":{"x":5,"y":5}}},{}]""")),
            (".NET", await ours.ContentAsync()));

        await theirs.ExecuteAsync(SetCell("b", "again", "x", 1));
        await ours.ExecuteAsync(SetCell("a", "r3", "x", "back"));
        await Exchange.ForwardAsync(theirs, ours);
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));
        await Exchange.AssertConvergedAsync("deletes", ours, theirs);
    }

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task DotNetPeer_ThatJoinsADocumentOfTinyBase_WorksInItsContainers(ulong javaScriptId)
    {
        await using var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync(), javaScriptId);
        await using var ours = new DotNetPeer();
        await theirs.StartAsync();
        await theirs.ExecuteAsync(SetCell("pets", "fido", "age", 3), SetValue("open", true));
        await Exchange.ForwardAsync(theirs, ours);
        await ours.StartAsync();
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));

        await ours.ExecuteAsync(SetCell("pets", "felix", "age", 5), SetCell("pets", "fido", "age", 4), SetCell("toys", "ball", "size", 1));
        await Exchange.ForwardAsync(theirs, ours);
        await theirs.ExecuteAsync(SetCell("toys", "ball", "color", "red"));
        await Exchange.ForwardAsync(theirs, ours);
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));
        await Exchange.AssertConvergedAsync("joined", ours, theirs);
    }

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task Rows_OfDotNet_AreNotLostToATableThatTinyBaseMadeAtTheSameTime(ulong javaScriptId)
    {
        await using var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync(), javaScriptId);
        await using var ours = new DotNetPeer();
        await StartOnOursAsync(ours, theirs);

        await ours.ExecuteAsync([.. Enumerable.Range(0, 50).Select(row => SetCell("new", $"ours{row}", "x", row))]);
        await theirs.ExecuteAsync([.. Enumerable.Range(0, 50).Select(row => SetCell("new", $"theirs{row}", "x", row))]);
        await Exchange.ForwardAsync(theirs, ours);
        await AssertRowsAsync(ours, "new", "ours", 50);
        await Exchange.AssertConvergedAsync("same table", ours, theirs);
    }

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task Rows_OfDotNet_AreNotLostToAFreshTinyBasePeer(ulong javaScriptId)
    {
        await using var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync(), javaScriptId);
        await using var ours = new DotNetPeer();
        await ours.StartAsync();
        await theirs.StartAsync(); // makes its own t and v at once
        await ours.ExecuteAsync([SetValue("mine", 1), .. Enumerable.Range(0, 50).Select(row => SetCell("pets", $"ours{row}", "x", row))]);
        await theirs.ExecuteAsync([.. Enumerable.Range(0, 50).Select(row => SetCell("pets", $"theirs{row}", "x", row))]);
        await Exchange.ForwardAsync(theirs, ours);
        await AssertRowsAsync(ours, "pets", "ours", 50);
        Assert.Equal(1, (int)(await ours.ContentAsync())[1]!["mine"]!);
        await Exchange.AssertConvergedAsync("fresh peers", ours, theirs);
    }

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task DocumentOf1000Rows_MeetsAFreshDotNetPeerWithAProvider_LosesNone(ulong javaScriptId)
    {
        await using var theirs = await OldPeerAsync(javaScriptId);
        await using var ours = new DotNetPeer();
        using var provider = ours.Doc.AttachProvider(this);
        await ours.StartAsync();
        await ours.ExecuteAsync(SetCell("pets", "mine", "x", "written before the first sync"), SetCell("ours", "mine", "x", 1));
        await Exchange.MergeAsync(theirs, ours);
        await ours.Doc.Context.RunAsync(() => ours.Doc.MarkSynced(this));
        await Exchange.ForwardAsync(theirs, ours);

        await AssertRowsAsync(ours, "pets", "old", 1000);
        await AssertRowsAsync(theirs, "pets", "old", 1000);
        Assert.Equal("written before the first sync", (string?)(await theirs.ContentAsync())[0]!["pets"]!["mine"]!["x"]);
        Convergence.AssertEqual(("TinyBase", await theirs.ContentAsync()), (".NET", await ours.ContentAsync()));
        await Exchange.AssertConvergedAsync("old document", ours, theirs);
    }

    [Theory]
    [MemberData(nameof(JavaScriptIds))]
    public async Task DocumentOf1000Rows_MeetsAFreshDotNetPeerThatWroteBefore_LosesNone(ulong javaScriptId)
    {
        await using var theirs = await OldPeerAsync(javaScriptId);
        await using var ours = new DotNetPeer();
        await ours.StartAsync();
        await ours.ExecuteAsync(SetCell("pets", "mine", "x", "written alone"));
        await Exchange.MergeAsync(theirs, ours);
        await Exchange.ForwardAsync(theirs, ours);

        await AssertRowsAsync(ours, "pets", "old", 1000);
        Assert.Equal("written alone", (string?)(await ours.ContentAsync())[0]!["pets"]!["mine"]!["x"]);
        await AssertRowsAsync(theirs, "pets", "old", 1000);
        await Exchange.AssertConvergedAsync("old document", ours, theirs);
    }

    /// <summary>Ours makes the containers, theirs loads them before it starts: the baseline that TinyBase asks for.</summary>
    private static async Task StartOnOursAsync(DotNetPeer ours, TinyBasePeer theirs)
    {
        await ours.StartAsync();
        await ours.ExecuteAsync(SetValue("baseline", 1));
        await Exchange.ForwardAsync(ours, theirs);
        await theirs.StartAsync();
        await ours.ExecuteAsync(DelValue("baseline"));
        await Exchange.ForwardAsync(ours, theirs);
    }

    private async Task<TinyBasePeer> OldPeerAsync(ulong javaScriptId)
    {
        var theirs = await TinyBasePeer.CreateAsync(await node.GetAsync(), javaScriptId);
        await theirs.StartAsync();
        await theirs.ExecuteAsync([SetValue("old", true), .. Enumerable.Range(0, 1000).Select(row => SetCell("pets", $"old{row}", "x", row))]);
        await theirs.TakeUpdatesAsync();
        return theirs;
    }

    private static async Task AssertRowsAsync(IPeer peer, string table, string prefix, int count)
    {
        foreach (var (what, content) in new[] { ("store", await peer.ContentAsync()), ("document", await peer.VisibleAsync()) })
        {
            var rows = content[0]![table] as JsonObject ?? [];
            var missing = Enumerable.Range(0, count).Where(row => (int?)rows[$"{prefix}{row}"]?["x"] != row).ToList();
            Assert.True(missing.Count == 0, $"The {what} of a {peer.GetType().Name} lacks {missing.Count} of {count} rows {prefix}…");
        }
    }
}
