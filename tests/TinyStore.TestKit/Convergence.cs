using System.Text.Json.Nodes;
using Xunit;

namespace TinyStore.TestKit;

/// <summary>Checks that replicas agree, and shows where they do not.</summary>
public static class Convergence
{
    /// <summary>Fails unless all have the same JSON content.</summary>
    public static void AssertEqual(params ReadOnlySpan<(string Name, JsonNode? Content)> replicas)
    {
        var (firstName, first) = replicas[0];
        foreach (var (name, content) in replicas[1..])
        {
            var differences = JsonDiff.Compare(first, content);
            if (differences.Count > 0)
            {
                Assert.Fail($"{name} differs from {firstName} (expected):{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
            }
        }
    }

    /// <summary>Fails unless the bytes are equal, and shows the neighbourhood of the first difference.</summary>
    public static void AssertEqualBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (expected.SequenceEqual(actual))
        {
            return;
        }

        var at = expected.CommonPrefixLength(actual);
        Assert.Fail($"""
            {what}: different at byte {at} (lengths {expected.Length} and {actual.Length}).
            expected: {Around(expected, at)}
            actual:   {Around(actual, at)}
            whole, expected: {Whole(expected)}
            whole, actual:   {Whole(actual)}
            """);
    }

    private static string Around(ReadOnlySpan<byte> bytes, int at)
    {
        var start = Math.Max(0, at - 16);
        var before = Convert.ToHexStringLower(bytes[start..Math.Min(at, bytes.Length)]);
        var after = Convert.ToHexStringLower(bytes[Math.Min(at, bytes.Length)..Math.Min(at + 32, bytes.Length)]);
        return $"…{before}|{after}…";
    }

    private static string Whole(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= 2000 ? Convert.ToHexStringLower(bytes) : $"{bytes.Length} bytes";
}
