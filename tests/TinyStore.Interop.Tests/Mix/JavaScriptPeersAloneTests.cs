using System.Text.Json.Nodes;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.TestKit;
using static TinyStore.Interop.Tests.TinyBase.StoreCalls;

namespace TinyStore.Interop.Tests.Mix;

/// <summary>
/// What TinyBase 10.0.1 with its Yjs persister does by itself, without any .NET peer: docs/javascript-peers.md says it in words. A
/// test that fails here tells that TinyBase has become better.
/// </summary>
public sealed class JavaScriptPeersAloneTests(NodeOracle node) : IClassFixture<NodeOracle>
{
    private const int Rows = 10;

    [Fact]
    public async Task WritesInOneTurn_OnlyTheFirstReachesTheDocument()
    {
        await using var peer = await FreshAsync(1);

        await peer.BurstAsync(false, Own("r"));

        Assert.Equal(Rows, RowsOf(await peer.ContentAsync()).Count);
        Assert.Equal(["r0"], RowsOf(await peer.VisibleAsync()));
    }

    [Fact]
    public async Task SameCellTwiceInOneTurn_StoreGoesBackToTheFirstWrite()
    {
        await using var peer = await FreshAsync(1);

        await peer.BurstAsync(false, SetCell("t", "r", "x", "first"), SetCell("t", "r", "x", "second"));

        Assert.Equal("first", (string?)(await peer.ContentAsync())[0]!["t"]!["r"]!["x"]);
    }

    [Fact]
    public async Task WritesInOneTransaction_AllReachTheDocument()
    {
        await using var peer = await FreshAsync(1);

        await peer.ExecuteAsync(Own("r"));

        Assert.Equal(Rows, RowsOf(await peer.VisibleAsync()).Count);
    }

    [Fact]
    public async Task OneCellWrittenAgainWheneverThePersisterIsIdle_NeverComesToRest()
    {
        await using var peer = await FreshAsync(1);

        var error = await Assert.ThrowsAsync<OracleException>(() => peer.BurstAsync(true, [.. Enumerable.Range(0, 6).Select(i => SetCell("t", "r", "x", i))]));

        Assert.Contains("Never settled", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task FreshPeers_BothMakeTheTable_RowsAndValuesOfTheLowerIdAreLost(ulong one, ulong two)
    {
        await using var first = await FreshAsync(one);
        await using var second = await FreshAsync(two);
        await first.ExecuteAsync([.. Own("first"), SetValue("first", 1)]);
        await second.ExecuteAsync([.. Own("second"), SetValue("second", 1)]);

        await Exchange.ForwardAsync(first, second);

        var winner = one > two ? "first" : "second";
        await AssertRowsAsync(winner, first, second);
        Assert.Equal([winner], (await first.VisibleAsync())[1]!.AsObject().Select(value => value.Key));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task SharedDocument_BothMakeTheSameTable_RowsOfTheLowerIdAreLost(ulong one, ulong two)
    {
        await using var first = await FreshAsync(one);
        await using var second = await JoinAsync(two, first);
        await first.ExecuteAsync(Own("first"));
        await second.ExecuteAsync(Own("second"));

        await Exchange.ForwardAsync(first, second);

        await AssertRowsAsync(one > two ? "first" : "second", first, second);
    }

    [Fact]
    public async Task LostTable_StoreOfItsPeerKeepsTheRowsAndDiffersFromItsDocument()
    {
        await using var loser = await FreshAsync(1);
        await using var winner = await JoinAsync(2, loser);
        await loser.ExecuteAsync(Own("lost"));
        await winner.ExecuteAsync(Own("kept"));

        await Exchange.ForwardAsync(loser, winner);

        Assert.Equal(2 * Rows, RowsOf(await loser.ContentAsync()).Count);
        Assert.Equal(Rows, RowsOf(await loser.VisibleAsync()).Count);
        Assert.Equal(Rows, RowsOf(await winner.ContentAsync()).Count);
    }

    [Fact]
    public async Task LostRows_NextNewRowOfTheirPeer_WritesThemBack()
    {
        await using var loser = await FreshAsync(1);
        await using var winner = await JoinAsync(2, loser);
        await loser.ExecuteAsync(Own("lost"));
        await winner.ExecuteAsync(Own("kept"));
        await Exchange.ForwardAsync(loser, winner);
        await winner.ExecuteAsync(SetCell("t", "lost3", "x", "somebody else's"), DelRow("t", "lost3"));

        await loser.ExecuteAsync(SetCell("t", "one more", "x", 1));
        await Exchange.ForwardAsync(loser, winner);

        Assert.Equal((2 * Rows) + 1, RowsOf(await winner.VisibleAsync()).Count);
    }

    [Fact]
    public async Task BothMakeTheSameRow_CellsOfTheLowerIdAreLost()
    {
        await using var first = await FreshAsync(1);
        await first.ExecuteAsync(SetCell("t", "seen", "x", 1));
        await using var second = await JoinAsync(2, first);
        await first.ExecuteAsync(SetCell("t", "new", "first", 1));
        await second.ExecuteAsync(SetCell("t", "new", "second", 2));

        await Exchange.ForwardAsync(first, second);

        Assert.Equal(["second"], (await first.VisibleAsync())[0]!["t"]!["new"]!.AsObject().Select(cell => cell.Key));
        Assert.Equal(2, (await first.ContentAsync())[0]!["t"]!["new"]!.AsObject().Count);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task RowDeleted_CellWrittenInItMeanwhile_IsLost(ulong one, ulong two)
    {
        await using var deleter = await FreshAsync(one);
        await deleter.ExecuteAsync(SetCell("t", "r", "x", 1), SetCell("t", "other", "x", 1));
        await using var writer = await JoinAsync(two, deleter);
        await deleter.ExecuteAsync(DelRow("t", "r"));
        await writer.ExecuteAsync(SetCell("t", "r", "y", 2));

        await Exchange.ForwardAsync(deleter, writer);

        Assert.Equal(["other"], RowsOf(await writer.VisibleAsync()));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task LastRowDeleted_RowsAddedMeanwhile_AreAllLost(ulong one, ulong two)
    {
        await using var deleter = await FreshAsync(one);
        await deleter.ExecuteAsync(SetCell("t", "last", "x", 1));
        await using var writer = await JoinAsync(two, deleter);
        await deleter.ExecuteAsync(DelRow("t", "last"));
        await writer.ExecuteAsync(Own("new"));

        await Exchange.ForwardAsync(deleter, writer);

        Assert.Empty(RowsOf(await writer.VisibleAsync()));
    }

    [Fact]
    public async Task PeerThatOnlySaves_MakesATable_DeletesWhatItHasNotLoaded()
    {
        await using var other = await FreshAsync(1);
        await other.ExecuteAsync(Own("theirs"));
        await using var saver = await TinyBasePeer.CreateAsync(await node.GetAsync(), 2);
        await Exchange.ForwardAsync(other, saver);

        await saver.StartSavingAsync();
        await saver.ExecuteAsync(SetCell("u", "mine", "x", 1));
        await Exchange.ForwardAsync(other, saver);

        Assert.Empty(RowsOf(await other.VisibleAsync()));
    }

    private static JsonArray[] Own(string prefix) => [.. Enumerable.Range(0, Rows).Select(row => SetCell("t", $"{prefix}{row}", "x", row))];

    private static List<string> RowsOf(JsonNode content) => [.. (content[0]!["t"] as JsonObject ?? []).Select(row => row.Key)];

    private static async Task AssertRowsAsync(string prefix, params IPeer[] peers)
    {
        foreach (var peer in peers)
        {
            Assert.Equal(Enumerable.Range(0, Rows).Select(row => $"{prefix}{row}"), RowsOf(await peer.VisibleAsync()).Order(StringComparer.Ordinal));
        }
    }

    private async Task<TinyBasePeer> FreshAsync(ulong clientId)
    {
        var peer = await TinyBasePeer.CreateAsync(await node.GetAsync(), clientId);
        await peer.StartAsync();
        return peer;
    }

    /// <summary>Has all that the other has, and starts then, as TinyBase advises.</summary>
    private async Task<TinyBasePeer> JoinAsync(ulong clientId, TinyBasePeer other)
    {
        var peer = await TinyBasePeer.CreateAsync(await node.GetAsync(), clientId);
        await Exchange.ForwardAsync(other, peer);
        await peer.StartAsync();
        await Exchange.ForwardAsync(other, peer);
        return peer;
    }
}
