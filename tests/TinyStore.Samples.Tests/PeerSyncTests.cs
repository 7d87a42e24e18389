using System.Diagnostics;
using TinyStore.Node;
using TinyStore.TestKit;

namespace TinyStore.Samples.Tests;

/// <summary>The main job as a user starts it: a process, its exit code, and what it prints.</summary>
public class PeerSyncTests
{
    [Fact]
    public async Task Demo_WithTheJavaScriptPeer_Converges()
    {
        await Requirement.NodeAsync(TestContext.Current.CancellationToken);
        var (exit, output, errors) = await RunAsync();
        Assert.True(exit == 0, output + errors);
        Assert.Contains("converged: 3 stores, 3 documents and the relay's log", output, StringComparison.Ordinal);
        Assert.DoesNotContain("going on without", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_WithoutTheJavaScriptPeer_SaysSoAndConverges()
    {
        var (exit, output, errors) = await RunAsync("--no-js");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("going on without the JavaScript peer", output, StringComparison.Ordinal);
        Assert.Contains("converged: 2 stores, 2 documents and the relay's log", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("--timeout never", "never")]
    [InlineData("relay --urls nowhere", "nowhere")]
    public async Task WrongOption_GetsOneLineAndTheUsage(string arguments, string named)
    {
        var (exit, output, errors) = await RunAsync(arguments.Split(' '));
        Assert.NotEqual(0, exit);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains(named, lines[0], StringComparison.Ordinal);
        Assert.StartsWith("usage:", lines[1], StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Relay_RunsAlone_UntilItIsStopped()
    {
        var data = Directory.CreateTempSubdirectory("peersync-test-").FullName;
        using var process = Start("relay", "--urls", "http://127.0.0.1:0", "--data", data);
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        while (line is not null && !line.StartsWith("relay: http://127.0.0.1:", StringComparison.Ordinal));

        Assert.False(process.HasExited);
        Assert.NotNull(line);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        Directory.Delete(data, recursive: true);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "PeerSync.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
