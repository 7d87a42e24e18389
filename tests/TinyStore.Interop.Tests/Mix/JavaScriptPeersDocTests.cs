using System.Reflection;
using System.Text.RegularExpressions;

namespace TinyStore.Interop.Tests.Mix;

public sealed partial class JavaScriptPeersDocTests
{
    [Fact]
    public void EveryTestThatThePageNames_Exists()
    {
        var tests = typeof(JavaScriptPeersDocTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>(true) is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();

        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "javascript-peers.md"))).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.All(named, name => Assert.Contains(name, tests));
        Assert.All(tests.Where(test => test.StartsWith("JavaScriptPeersAloneTests.", StringComparison.Ordinal)), test => Assert.Contains(test, named));
        Assert.All(tests.Where(test => test.StartsWith("JavaScriptPeersBesideDotNetTests.", StringComparison.Ordinal)), test => Assert.Contains(test, named));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
