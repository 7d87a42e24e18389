using TinyStore.Node;

namespace TinyStore.Samples.Tests;

public class ReadmeTests
{
    [Fact]
    public async Task Example_Runs_AndBothPeersKeepTheirRows() => Assert.Equal(["felix", "fido"], await ReadmeExample.RunAsync());

    [Fact]
    public void Example_IsTheOneThatThePageShows()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "TinyStore.Samples.Tests", "ReadmeExample.cs"));
        var example = lines
            .SkipWhile(l => !l.Contains("// <example>", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => !l.Contains("// </example>", StringComparison.Ordinal))
            .Select(l => l.Length == 0 ? l : l["        ".Length..]);
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Contains(string.Join('\n', example), readme, StringComparison.Ordinal);
    }
}
