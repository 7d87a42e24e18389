using Microsoft.Playwright;
using TinyStore.TestKit;

namespace TinyStore.Browser.Tests;

/// <summary>
/// The page of <c>samples/BlazorPeer</c> in a real browser: store, document, bridge and provider run there as WebAssembly, and
/// sync with a .NET peer through the relay.
/// </summary>
public sealed class BlazorPeerTests : IAsyncLifetime
{
    private const float Patience = 120_000;

    private readonly List<string> _errors = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private BlazorHost? _host;
    private IPage? _page;

    private IPage Page => _page!;

    public async ValueTask InitializeAsync()
    {
        var chromium = Requirement.ChromiumPath();
        _host = await BlazorHost.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Timeout = Patience });
        _page = await _browser.NewPageAsync();
        _page.SetDefaultTimeout(Patience);
        _page.SetDefaultNavigationTimeout(Patience);
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _errors.Add(message.Text);
            }
        };
        _page.PageError += (_, error) => _errors.Add(error);
        await _page.GotoAsync(_host.Url.ToString());
        await ShowsAsync("#state", "Synced");
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Edits_OfThePageAndOfADotNetPeer_ReachTheOther()
    {
        await using var peer = await DotNetPeer.StartAsync(_host!.Url);

        await peer.SetCellAsync("fido", "species", "dog");
        await HoldsAsync("#fido-species", "dog");

        await TypeAsync("#fido-age", "5");
        await peer.UntilCellAsync("fido", "age", 5);

        await Page.FillAsync("#name", "felix");
        await Page.ClickAsync("#add");
        await TypeAsync("#felix-species", "cat");
        await peer.UntilCellAsync("felix", "species", "cat");
        await ShowsAsync("#unacknowledged", "0");
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task OfflineEdits_OfBoth_AreTogetherOnceThePageIsBack()
    {
        await using var peer = await DotNetPeer.StartAsync(_host!.Url);
        await peer.SetCellAsync("fido", "species", "dog");
        await HoldsAsync("#fido-species", "dog");

        await Page.ClickAsync("#offline");
        await ShowsAsync("#state", "Disconnected");
        await TypeAsync("#fido-age", "6");
        await ShowsAsync("#unacknowledged", "1");
        await peer.SetCellAsync("fido", "species", "wolf");

        await Page.ClickAsync("#online");
        await peer.UntilCellAsync("fido", "age", 6);
        await HoldsAsync("#fido-species", "wolf");
        await ShowsAsync("#unacknowledged", "0");
        await HoldsAsync("#fido-age", "6");
        Assert.Empty(_errors);
    }

    private async Task TypeAsync(string input, string text)
    {
        await Page.FillAsync(input, text);
        await Page.PressAsync(input, "Tab");
    }

    private Task ShowsAsync(string element, string text) => UntilAsync(element, () => Page.TextContentAsync(element), text);

    private Task HoldsAsync(string input, string value) => UntilAsync(input, async () => await Page.InputValueAsync(input), value);

    private async Task UntilAsync(string what, Func<Task<string?>> read, string expected)
    {
        using var patience = new CancellationTokenSource((int)Patience);
        string? last;
        try
        {
            while ((last = await read()) != expected)
            {
                Assert.False(patience.IsCancellationRequested, $"{what} still shows '{last}', not '{expected}'. The console: {string.Join("; ", _errors)}");
                await Task.Delay(50);
            }
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{what} is not there: {e.Message} The console: {string.Join("; ", _errors)}");
        }
    }
}
