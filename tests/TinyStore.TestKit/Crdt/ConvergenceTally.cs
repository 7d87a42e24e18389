using Xunit;

namespace TinyStore.TestKit.Crdt;

/// <summary>Counts what random programs met, so that none passes on nothing. May be used from several threads.</summary>
public sealed class ConvergenceTally
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>How often something was met.</summary>
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

    /// <summary>Counts.</summary>
    public void Add(string what, long count = 1)
    {
        if (count == 0)
        {
            return;
        }
        lock (_lock)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }

    /// <summary>Takes over the counts of one program.</summary>
    public void Add(ConvergenceTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (what, count) in other._counts)
        {
            Add(what, count);
        }
    }

    /// <summary>Fails unless each of these was met.</summary>
    public void AssertMet(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Assert.True(this[name] > 0, $"The programs met no {name}, so they show nothing about that. They met: {this}");
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join(", ", _counts.Select(pair => $"{pair.Key} {pair.Value}"));
        }
    }
}
