using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.TestKit;

/// <summary>The driver of child processes, against small programs that misbehave.</summary>
public sealed class JsonLineProcessTests
{
    private const string Echo = "require('readline').createInterface({input:process.stdin}).on('line',l=>{const r=JSON.parse(l);";

    [Fact]
    public async Task CallAsync_ManyAtOnce_GetTheirAnswersInOrder()
    {
        await using var process = await StartAsync(Echo + "console.log(JSON.stringify({id:r.id,ok:true,result:r.n}))})");
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => process.CallAsync("echo", new() { ["n"] = n })));
        Assert.Equal(Enumerable.Range(0, 500), answers.Select(answer => (int)answer!));
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task CallAsync_AnsweredWithAnError_Throws()
    {
        await using var process = await StartAsync(Echo + "console.log(JSON.stringify({id:r.id,ok:false,error:'no such thing'}))})");
        var error = await Assert.ThrowsAsync<OracleException>(() => process.CallAsync("get"));
        Assert.Contains("no such thing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_ProcessDies_SaysWhatItWrote()
    {
        await using var process = await StartAsync("process.stdin.once('data',()=>{console.error('out of luck');process.exit(3)})");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => process.CallAsync("get"));
        Assert.Contains("has ended", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => process.CallAsync("get"));
    }

    [Fact]
    public async Task CallAsync_NoAnswer_TimesOutAndKills()
    {
        await using var process = await StartAsync("process.stdin.resume()");
        process.Timeout = TimeSpan.FromMilliseconds(500);
        await Assert.ThrowsAsync<TimeoutException>(() => process.CallAsync("get"));
    }

    [Fact]
    public async Task LinesWithoutId_AreEvents()
    {
        await using var process = await StartAsync(Echo + "console.log('{\"event\":\"state\"}');console.log(JSON.stringify({id:r.id,ok:true}))})");
        List<JsonObject> events = [];
        process.EventReceived += (_, line) => events.Add(line);
        Assert.Null(await process.CallAsync("get"));
        Assert.Equal("state", (string?)Assert.Single(events)["event"]);
    }

    private static async Task<JsonLineProcess> StartAsync(string script)
    {
        await Requirement.NodeAsync();
        return JsonLineProcess.Start("The program", "node", "-e", script);
    }
}
