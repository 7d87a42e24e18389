using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace TinyStore.TestKit;

/// <summary>
/// What a test needs of the machine. Where it is missing the test is skipped and says why, unless the environment variable
/// <c>TINYSTORE_REQUIRE</c> (names with commas between) names it: then the test fails.
/// </summary>
public static class Requirement
{
    /// <summary>The name under which <c>TINYSTORE_REQUIRE</c> asks for Node.</summary>
    public const string Node = "node";

    /// <summary>The name under which <c>TINYSTORE_REQUIRE</c> asks for a browser.</summary>
    public const string Chromium = "chromium";

    /// <summary>Whether <c>TINYSTORE_REQUIRE</c> names it.</summary>
    public static bool IsRequired(string name)
    {
        var names = Environment.GetEnvironmentVariable("TINYSTORE_REQUIRE") ?? "";
        return names.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Ends the running test: skipped, or failed where the missing thing is required.</summary>
    [DoesNotReturn]
    public static void Missing(string name, string reason)
    {
        if (IsRequired(name))
        {
            Assert.Fail($"TINYSTORE_REQUIRE names {name}, but {reason}");
        }

        Assert.Skip($"Needs {name}: {reason}");
        throw new InvalidOperationException("Unreachable: skipping a test throws.");
    }

    /// <summary>
    /// Makes sure that Node and the packages of <c>interop/js</c> are there, which installs the packages the first time.
    /// </summary>
    public static async Task NodeAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await NodePackages.EnsureInstalledAsync(Repository.JavaScript, cancellationToken);
        }
        catch (NodeUnavailableException e)
        {
            Missing(Node, e.Message);
        }
    }

    /// <summary>The path of the browser. The running test is skipped where there is none.</summary>
    public static string ChromiumPath()
    {
        if (TinyStore.Node.Chromium.Find() is { } path)
        {
            return path;
        }

        Missing(Chromium, "there is no chromium on the path. Install it, on Debian with `apt-get install chromium`.");
        throw new InvalidOperationException("Unreachable: a missing requirement throws.");
    }
}
