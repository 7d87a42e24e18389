using System.Text.Json.Nodes;
using TinyStore.Interop.Tests.TinyBase;
using TinyStore.Relay;
using TinyStore.TestKit;
using static TinyStore.Interop.Tests.TinyBase.StoreCalls;

namespace TinyStore.Interop.Tests.Relay;

/// <summary>The JavaScript provider and the .NET one in rooms of a real relay on loopback.</summary>
public sealed class JavaScriptProviderTests
{
    private const string Room = "zoo";

    [Fact]
    public async Task Edits_GoBothWaysThroughTheRelay()
    {
        await using var relay = await RelayServer.StartNewAsync();
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 3), SetValue("open", true));
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);
        Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("TinyBase", await theirs.ContentAsync()));

        await theirs.ExecuteAsync(SetCell("pets", "fido", "age", 4), SetCell("pets", "felix", "tags", new JsonArray("a", null)));
        await ours.ExecuteAsync(SetCell("toys", "ball", "color", "red"));
        await AssertEqualAsync(ours, theirs);
        Assert.Equal(("synced", 0), await theirs.StatusAsync());
        Assert.Equal(0, ours.Provider.UnacknowledgedCount);
        Assert.Equal(0, await theirs.StopAsync());
    }

    [Fact]
    public async Task Relay_StoppedAndStartedOnItsLog_PeersCatchUpWithWhatBothWroteMeanwhile()
    {
        await using var relay = await RelayServer.StartNewAsync();
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 3));
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);

        for (var round = 0; round < 3; round++)
        {
            await relay.StopAsync();
            await theirs.UntilAsync("connecting");
            await theirs.ExecuteAsync(SetCell("pets", $"theirs{round}", "age", round));
            await theirs.ExecuteAsync(SetCell("pets", "fido", "age", round));
            await ours.ExecuteAsync(SetCell("pets", $"ours{round}", "age", round), SetValue($"v{round}", round));
            Assert.Equal(("connecting", 2), await theirs.StatusAsync());
            Assert.True(ours.Provider.UnacknowledgedCount > 0);

            await relay.StartAsync();
            await AssertEqualAsync(ours, theirs);
            Assert.Equal(("synced", 0), await theirs.StatusAsync());
        }

        await using var late = await JavaScriptPeer.StartAsync(relay.Url, Room);
        Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("a late TinyBase peer", await late.ContentAsync()));
        Assert.Equal(7, (await ours.ContentAsync())[0]!["pets"]!.AsObject().Count);
    }

    [Fact]
    public async Task Peer_ThatWasOffline_BringsItsEditsBack()
    {
        await using var relay = await RelayServer.StartNewAsync();
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 3));
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);

        await theirs.CallAsync("disconnect");
        // More than the provider keeps one by one while it is offline.
        for (var edit = 0; edit < 300; edit++)
        {
            await theirs.ExecuteAsync(SetCell("pets", $"r{edit % 10}", $"c{edit % 7}", edit));
        }

        await ours.ExecuteAsync(SetCell("pets", "felix", "age", 5));
        Assert.Equal(("disconnected", 300), await theirs.StatusAsync());

        await theirs.CallAsync("connect");
        await AssertEqualAsync(ours, theirs);
        Assert.Equal(("synced", 0), await theirs.StatusAsync());
        Assert.Equal(299, (int)(await ours.ContentAsync())[0]!["pets"]!["r9"]!["c5"]!);
    }

    [Fact]
    public async Task Documents_LargerThanAFrame_GoBothWays()
    {
        await using var relay = await RelayServer.StartNewAsync(options => options.MaxFrameBytes = 64 << 10);
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync([.. Enumerable.Range(0, 40).Select(row => SetCell("big", $"ours{row}", "text", Text(row, 20_000)))]);
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);
        Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("TinyBase", await theirs.ContentAsync()));

        await theirs.ExecuteAsync([.. Enumerable.Range(0, 40).Select(row => SetCell("big", $"theirs{row}", "text", Text(row, 20_000)))]);
        await AssertEqualAsync(ours, theirs);

        await theirs.CallAsync("disconnect");
        await theirs.ExecuteAsync([.. Enumerable.Range(0, 40).Select(row => SetCell("big", $"offline{row}", "text", Text(row, 20_000)))]);
        await theirs.CallAsync("connect");
        await AssertEqualAsync(ours, theirs);
    }

    [Fact]
    public async Task Update_LargerThanADocumentMayBe_IsRefusedAndStaysInTheStore()
    {
        await using var relay = await RelayServer.StartNewAsync(options => (options.MaxDocumentBytes, options.MaxFrameBytes) = (64 << 10, 64 << 10));
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 3));
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);
        await theirs.ExecuteAsync(SetCell("big", "r", "text", Text(1, 100_000)));
        var refusal = await Assert.ThrowsAsync<OracleException>(() => theirs.WaitAsync("acknowledged"));
        Assert.Contains("larger than", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("refused", 1), await theirs.StatusAsync());
        Assert.NotNull((await theirs.ContentAsync())[0]!["big"]);
        Assert.Null((await ours.ContentAsync())[0]!["big"]);
    }

    [Fact]
    public async Task Room_WithoutAccess_IsRefusedAndNotTriedAgain()
    {
        var asked = 0;
        await using var relay = await RelayServer.StartNewAsync(options => options.Authorize = (_, _) =>
        {
            asked++;
            return ValueTask.FromResult(RelayAccess.None);
        });
        await using var theirs = await JavaScriptPeer.CreateAsync();
        var refusal = await Assert.ThrowsAsync<OracleException>(() => theirs.CallAsync("start", new() { ["url"] = relay.Url, ["room"] = Room }));
        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
        await Task.Delay(1500);
        Assert.Equal("refused", (await theirs.StatusAsync()).State);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task ReadAccess_ReceivesEditsAndKeepsItsOwn()
    {
        var access = RelayAccess.Write;
        await using var relay = await RelayServer.StartNewAsync(options => options.Authorize = (_, _) => ValueTask.FromResult(access));
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 3));
        access = RelayAccess.Read;
        await using var theirs = await JavaScriptPeer.StartAsync(relay.Url, Room);
        await theirs.ExecuteAsync(SetCell("pets", "fido", "color", "red"));
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 4));
        await theirs.ReachAsync(await ours.StateVectorAsync());
        Assert.Equal(("synced", 1), await theirs.StatusAsync());
        Assert.Equal("""{"age":4,"color":"red"}""", (await theirs.ContentAsync())[0]!["pets"]!["fido"]!.ToJsonString());
        Assert.Equal("""{"age":4}""", (await ours.ContentAsync())[0]!["pets"]!["fido"]!.ToJsonString());

        access = RelayAccess.Write;
        await theirs.CallAsync("disconnect");
        await theirs.CallAsync("connect");
        await AssertEqualAsync(ours, theirs);
        Assert.Equal(("synced", 0), await theirs.StatusAsync());
    }

    [Fact]
    public async Task Peers_WritingAtTheSameTime_Converge()
    {
        await using var relay = await RelayServer.StartNewAsync();
        await using var ours = await DotNetRelayPeer.StartAsync(relay.Url, Room);
        await ours.ExecuteAsync(SetCell("pets", "fido", "age", 0), SetCell("shared", "r", "x", 0));
        await using var first = await JavaScriptPeer.StartAsync(relay.Url, Room);
        await using var second = await JavaScriptPeer.StartAsync(relay.Url, Room);
        for (var round = 0; round < 30; round++)
        {
            await Task.WhenAll(
                ours.ExecuteAsync(SetCell("pets", $"ours{round}", "x", round), SetCell("shared", "r", "x", $"ours{round}")),
                first.ExecuteAsync(SetCell("pets", $"first{round}", "x", round), SetCell("shared", "r", "x", $"first{round}")),
                second.ExecuteAsync(SetCell("pets", $"second{round}", "x", round), SetCell("shared", "r", "y", round)));
        }

        await AssertEqualAsync(ours, first, second);
        Assert.Equal(91, (await ours.ContentAsync())[0]!["pets"]!.AsObject().Count);
    }

    /// <summary>Waits until all have everything of each other and nothing is unacknowledged, then compares the stores.</summary>
    private static async Task AssertEqualAsync(DotNetRelayPeer ours, params JavaScriptPeer[] theirs)
    {
        await ours.Provider.WhenAcknowledgedAsync().WaitAsync(JavaScriptPeer.Patience);
        foreach (var peer in theirs)
        {
            await peer.WaitAsync("acknowledged");
            await ours.ReachAsync(await peer.StateVectorAsync());
        }

        foreach (var peer in theirs)
        {
            await peer.ReachAsync(await ours.StateVectorAsync());
            Convergence.AssertEqual((".NET", await ours.ContentAsync()), ("TinyBase", await peer.ContentAsync()));
        }
    }

    private static string Text(int seed, int length)
    {
        var random = new Random(seed);
        return string.Create(length, random, static (span, random) =>
        {
            foreach (ref var c in span)
            {
                c = (char)('a' + random.Next(26));
            }
        });
    }
}
