using System.Reflection;
using System.Text.RegularExpressions;

namespace TinyStore.Crdt.Tests;

public sealed partial class DocsTests
{
    [Fact]
    public void Convergence_EveryTestThatItNames_Exists()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TinyStore.Crdt.sln")))
        {
            folder = folder.Parent;
        }
        Assert.NotNull(folder);
        var tests = typeof(DocsTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>(true) is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();

        var named = TestName().Matches(File.ReadAllText(Path.Combine(folder.FullName, "docs", "convergence.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 30);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
