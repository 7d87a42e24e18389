using System.Diagnostics;
using TinyStore.Node;

namespace TinyStore.Browser.Tests;

/// <summary>The sample's host as a user starts it: it serves the page, and relays.</summary>
internal sealed class BlazorHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly Process _process;

    private BlazorHost(string folder, Process process, Uri url) => (_folder, _process, Url) = (folder, process, url);

    public Uri Url { get; }

    public static async Task<BlazorHost> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tinystore-browser-").FullName;
        var process = Process.Start(new ProcessStartInfo("dotnet", [Program(), "--urls", "http://127.0.0.1:0", "--data", folder]) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Split("page and relay: ") is [_, var url])
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new BlazorHost(folder, process, new Uri(url));
            }
        }

        throw new InvalidOperationException("The sample's host ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>As built together with the running tests, …/bin/Debug/net10.0.</summary>
    private static string Program()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "samples", "BlazorPeer", "bin", folder.Parent!.Name, folder.Name, "BlazorPeer.dll");
    }
}
