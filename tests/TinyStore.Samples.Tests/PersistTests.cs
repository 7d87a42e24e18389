using System.Diagnostics;

namespace TinyStore.Samples.Tests;

/// <summary>The sample of the persisters as a user starts it: a process, its exit code, and what it prints.</summary>
public class PersistTests
{
    [Fact]
    public async Task Demo_WithoutArguments_ShowsEachStepAndEveryCheckHolds()
    {
        var (exit, output, errors) = await RunAsync();

        Assert.True(exit == 0, output + errors);
        Assert.Empty(errors);
        foreach (var step in new[] { "1. A store in a file", "2. A store as JSON", "3. A store in tables", "4. Another process", "5. A file that was cut short" })
        {
            Assert.Contains(step, output, StringComparison.Ordinal);
        }
        Assert.Contains("[{\"pets\":{\"fido\":{\"species\":\"dog\",\"age\":1,\"sold\":true},\"felix\":{\"species\":\"cat\",\"age\":2}}},{\"open\":true}]", output, StringComparison.Ordinal);
        Assert.Contains("_id | species | age | sold", output, StringComparison.Ordinal);
        Assert.Contains("polly | parrot | 40 | 1", output, StringComparison.Ordinal);
        Assert.Contains("was cut short; it was left as it is", output, StringComparison.Ordinal);
        Assert.Contains("all 9 checks hold", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public async Task WrongArgument_GetsOneLineAndTheUsage()
    {
        var (exit, output, errors) = await RunAsync("--bogus");

        Assert.Equal(2, exit);
        Assert.Equal(["'--bogus' is not understood.", "usage: Persist"], errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Empty(output);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Persist.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await errors);
    }
}
