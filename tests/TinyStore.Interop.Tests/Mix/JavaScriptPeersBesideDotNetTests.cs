using System.Text.Json.Nodes;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.TestKit;
using static TinyStore.Interop.Tests.TinyBase.StoreCalls;

namespace TinyStore.Interop.Tests.Mix;

/// <summary>What JavaScript peers lose, and do not lose any more, where a .NET peer hears every update: docs/javascript-peers.md.</summary>
public sealed class JavaScriptPeersBesideDotNetTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Rows = 10;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task BothMakeTheSameTable_NoRowIsLost(ulong one, ulong two)
    {
        await using var ours = new DotNetPeer();
        await using var first = await JoinAsync(ours, one);
        await using var second = await JoinAsync(ours, two);
        await first.ExecuteAsync(Own("first"));
        await second.ExecuteAsync(Own("second"));

        await Exchange.ForwardAsync(first, second, ours);

        Assert.Equal(2 * Rows, RowsOf(await ours.VisibleAsync()).Count);
        await Exchange.AssertConvergedAsync("same table", ours, first, second);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task BothMakeTheSameRow_NoCellIsLost(ulong one, ulong two)
    {
        await using var ours = new DotNetPeer();
        await using var first = await JoinAsync(ours, one);
        await using var second = await JoinAsync(ours, two);
        await first.ExecuteAsync(SetCell("t", "new", "first", 1));
        await second.ExecuteAsync(SetCell("t", "new", "second", 2));

        await Exchange.ForwardAsync(first, second, ours);

        Assert.Equal(["first", "second"], (await ours.VisibleAsync())[0]!["t"]!["new"]!.AsObject().Select(cell => cell.Key).Order(StringComparer.Ordinal));
        await Exchange.AssertConvergedAsync("same row", ours, first, second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_000_000_000)]
    public async Task LastRowDeletedByJavaScript_RowsThatDotNetAddedMeanwhile_Stay(ulong id)
    {
        await using var ours = new DotNetPeer();
        await using var deleter = await JoinAsync(ours, id);
        await deleter.ExecuteAsync(SetCell("t", "last", "x", 1));
        await Exchange.ForwardAsync(deleter, ours);
        await deleter.ExecuteAsync(DelRow("t", "last"));
        await ours.ExecuteAsync(Own("new"));

        await Exchange.ForwardAsync(deleter, ours);

        Assert.Equal(Rows, RowsOf(await ours.VisibleAsync()).Count);
        await Exchange.AssertConvergedAsync("last row", ours, deleter);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task LastRowDeletedByJavaScript_RowsThatAnotherJavaScriptPeerAddedMeanwhile_AreLost(ulong one, ulong two)
    {
        await using var ours = new DotNetPeer();
        await using var deleter = await JoinAsync(ours, one);
        await deleter.ExecuteAsync(SetCell("t", "last", "x", 1));
        await Exchange.ForwardAsync(deleter, ours);
        await using var writer = await JoinAsync(ours, two);
        await deleter.ExecuteAsync(DelRow("t", "last"));
        await writer.ExecuteAsync(Own("new"));

        await Exchange.ForwardAsync(writer, deleter, ours);

        Assert.Empty(RowsOf(await ours.VisibleAsync()));
        await Exchange.AssertConvergedAsync("last row", ours, deleter, writer);
    }

    [Fact]
    public async Task RowDeletedByJavaScript_CellThatDotNetWroteInItMeanwhile_Stays()
    {
        await using var ours = new DotNetPeer();
        await using var deleter = await JoinAsync(ours, 1);
        await deleter.ExecuteAsync(SetCell("t", "r", "x", 1), SetCell("t", "other", "x", 1));
        await Exchange.ForwardAsync(deleter, ours);
        await deleter.ExecuteAsync(DelRow("t", "r"));
        await ours.ExecuteAsync(SetCell("t", "r", "y", 2));

        await Exchange.ForwardAsync(deleter, ours);

        Assert.Equal(2, (int?)(await ours.VisibleAsync())[0]!["t"]!["r"]!["y"]);
        Assert.Null((await ours.VisibleAsync())[0]!["t"]!["r"]!["x"]);
        await Exchange.AssertConvergedAsync("row deleted", ours, deleter);
    }

    [Fact]
    public async Task WritesInOneTurn_NeverReachTheDocument_SoNobodyCanKeepThem()
    {
        await using var ours = new DotNetPeer();
        await using var theirs = await JoinAsync(ours, 1);

        await theirs.BurstAsync(false, Own("r"));
        await Exchange.ForwardAsync(theirs, ours);

        Assert.Equal(["r0"], RowsOf(await ours.ContentAsync()));
    }

    [Fact]
    public async Task PeerThatOnlySaves_DeletesRowsOfDotNetThatItHasNotLoaded()
    {
        await using var ours = new DotNetPeer();
        await ours.StartAsync();
        await ours.ExecuteAsync(Own("ours"));
        await using var saver = await TinyBasePeer.CreateAsync(await node.GetAsync(), 1);
        await Exchange.ForwardAsync(ours, saver);

        await saver.StartSavingAsync();
        await saver.ExecuteAsync(SetCell("u", "mine", "x", 1));
        await Exchange.ForwardAsync(ours, saver);

        Assert.Empty(RowsOf(await ours.VisibleAsync()));
    }

    private static JsonArray[] Own(string prefix) => [.. Enumerable.Range(0, Rows).Select(row => SetCell("t", $"{prefix}{row}", "x", row))];

    private static List<string> RowsOf(JsonNode content) => [.. (content[0]!["t"] as JsonObject ?? []).Select(row => row.Key)];

    /// <summary>A peer that loads what the .NET peer has, and starts then.</summary>
    private async Task<TinyBasePeer> JoinAsync(DotNetPeer ours, ulong clientId)
    {
        var peer = await TinyBasePeer.CreateAsync(await node.GetAsync(), clientId);
        await ours.StartAsync();
        await ours.ExecuteAsync(SetValue("baseline", 1));
        await Exchange.MergeAsync(ours, peer);
        await ours.TakeUpdatesAsync();
        await peer.StartAsync();
        return peer;
    }
}
