using System.Globalization;

namespace TinyStore.Yjs;

/// <summary>One step from a type to one of its children: a map key, or an index in a list.</summary>
public readonly record struct YPathStep
{
    internal YPathStep(string key) => Key = key;

    internal YPathStep(int index) => Index = index;

    /// <summary>The map key, or <see langword="null"/> when the step is an index.</summary>
    public string? Key { get; }

    /// <summary>The index among the list's visible elements; 0 when the step is a key.</summary>
    public int Index { get; }

    /// <inheritdoc/>
    public override string ToString() => Key ?? Index.ToString(CultureInfo.InvariantCulture);
}
