using System.Globalization;

namespace TinyStore.Interop.Tests;

/// <summary>
/// Counts what a random suite met, so that none passes on nothing: <see cref="AssertMet"/> fails where something that the
/// suite is about never happened.
/// </summary>
/// <remarks>May be used from several threads.</remarks>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what]
    {
        get
        {
            lock (_lock)
            {
                return _counts.GetValueOrDefault(what);
            }
        }
    }

    public void Add(string what, long count = 1)
    {
        lock (_lock)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }

    /// <summary>Prints all counts and fails unless each of those named is above 0.</summary>
    public void AssertMet(params ReadOnlySpan<string> names)
    {
        lock (_lock)
        {
            var line = string.Join(", ", _counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));
            TestContext.Current.TestOutputHelper?.WriteLine(line);
            foreach (var name in names)
            {
                Assert.True(_counts.GetValueOrDefault(name) > 0, $"This run met no {name}, so it shows nothing about them. It met: {line}");
            }
        }
    }
}
