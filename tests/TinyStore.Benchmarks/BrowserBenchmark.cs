using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using TinyStore.Node;

namespace TinyStore.Benchmarks;

/// <summary>
/// The same update loaded by ours as WebAssembly and by yjs, in one page of one Chromium. The page
/// (<c>tests/TinyStore.Benchmarks.Browser</c>) is published first, measures by itself and posts what it found.
/// </summary>
internal static class BrowserBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What a reader of the figures has to know.</summary>
    /// <param name="chromium">The browser, or null where there is none.</param>
    public static string Notes(string? chromium) => chromium is null
        ? "Not measured: there is no chromium on the path."
        : $"""
            Ours runs in the interpreter of .NET's WebAssembly runtime, as published with the SDK alone; ahead-of-time compilation for WebAssembly
            needs the `wasm-tools` workload and was not measured. yjs runs in V8, which compiles it. "First" is the first run in a fresh page.
            {Output(chromium, "--version").Trim()}.
            """;

    public static async Task RunAsync(Figures figures, string chromium, string update, string folder)
    {
        var page = Path.Combine(folder, "page");
        Output("dotnet", "publish", Path.Combine(Repository.Root, "tests", "TinyStore.Benchmarks.Browser"), "-c", "Release", "-v", "q", "--nologo", "-o", page);
        var answer = await MeasureAsync(chromium, update, Path.Combine(page, "wwwroot"), Path.Combine(folder, "profile"));
        if (answer.TryGetProperty("error", out var error))
        {
            throw new InvalidOperationException($"The page failed: {error.GetString()}");
        }

        JsonElement ours = answer.GetProperty("ours"), peer = answer.GetProperty("peer"), store = answer.GetProperty("store");
        figures.Add(new Figure("load 100,000 cells", "ms", NodeBench.Median(ours, "ms"), NodeBench.Median(peer, "ms")));
        figures.Add(new Figure("load 100,000 cells, first", "ms", First(ours), First(peer)));
        figures.Add(new Figure("load 100,000 cells, into a store too", "ms", NodeBench.Median(store, "ms")));
    }

    private static double First(JsonElement timed) => timed.GetProperty("first").GetDouble();

    private static async Task<JsonElement> MeasureAsync(string chromium, string update, string page, string profile)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        await using var app = builder.Build();
        app.MapGet("/update", () => Results.File(update));
        // Packages name their modules without the ending of the file.
        app.MapGet("/node_modules/{**path}", (string path) =>
            Results.File(Path.Combine(Repository.JavaScript, "node_modules", Path.HasExtension(path) ? path : path + ".js"), "text/javascript"));
        app.MapPost("/figures", async (HttpRequest request) => answer.TrySetResult(await JsonSerializer.DeserializeAsync<JsonElement>(request.Body)));
        app.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(page), StaticFileOptions = { ServeUnknownFileTypes = true } });
        await app.StartAsync();

        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--js-flags=--expose-gc", $"--user-data-dir={profile}",
            $"{app.Urls.First()}/?runs={Timing.Runs}&warmups={Timing.WarmUps}",
        ];
        using var browser = Process.Start(new ProcessStartInfo(chromium, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ = browser.StandardError.ReadToEndAsync();
        _ = browser.StandardOutput.ReadToEndAsync();
        try
        {
            return await answer.Task.WaitAsync(Patience);
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
        }
    }

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
    }
}
