using System.Globalization;

namespace TinyStore.Interop.Tests;

/// <summary>
/// How much the random suites do. The environment variable <c>TINYSTORE_INTEROP_RUNS</c> multiplies the number of programs
/// (default 1); <c>TINYSTORE_INTEROP_SEED</c> sets the first seed, which is otherwise a new one each time, or the suite's own, and is printed.
/// </summary>
internal static class RandomRuns
{
    public static int Times { get; } = Number("TINYSTORE_INTEROP_RUNS") ?? 1;

    /// <summary>The first seed of a suite, printed.</summary>
    public static int FirstSeed(int? usual = null)
    {
        var seed = Number("TINYSTORE_INTEROP_SEED") ?? usual ?? Random.Shared.Next(1_000_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"TINYSTORE_INTEROP_SEED={seed}"));
        return seed;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
