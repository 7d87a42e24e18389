using System.Reflection;
using System.Text.RegularExpressions;
using TinyStore.Node;

namespace TinyStore.Crdt.Tests;

public sealed partial class DocsTests
{
    [Fact]
    public void Convergence_EveryTestThatItNames_Exists()
    {
        var tests = typeof(DocsTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>(true) is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();

        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "convergence.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 30);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
