namespace TinyStore.TestKit.Crdt;

/// <summary>A write or a delete of one cell or value in a document, and what its author's document had of that cell.</summary>
public sealed class Operation
{
    /// <summary>Where: <c>table/row/cell</c> or <c>value</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The value, which no other operation has; undefined for a delete.</summary>
    public required CellValue Value { get; init; }

    /// <summary>The peer that made it.</summary>
    public required WorldPeer Author { get; init; }

    /// <summary>The operations on the same path that the author's document had.</summary>
    public required IReadOnlySet<Operation> Past { get; init; }

    /// <summary>Whether it is a delete.</summary>
    public bool IsDelete => Value.IsUndefined;

    /// <summary>The message that carries it; -1 as long as there is none.</summary>
    internal int Message { get; set; } = -1;
}

/// <summary>A cell that does not hold what the model allows.</summary>
/// <param name="Path">Where.</param>
/// <param name="Held">What stands there; undefined where nothing does.</param>
/// <param name="Operations">All that was done there.</param>
/// <param name="Maximal">Those of them that nobody overwrote or deleted knowingly: one of these should be there.</param>
public sealed record ConvergenceFinding(string Path, CellValue Held, IReadOnlyList<Operation> Operations, IReadOnlyList<Operation> Maximal)
{
    /// <summary>Whether nothing stands there, though nobody deleted what somebody wrote.</summary>
    public bool IsLost => Held.IsUndefined;

    /// <inheritdoc/>
    public override string ToString() => IsLost
        ? $"{Path}: lost; peer {Maximal[0].Author.Index} wrote {Maximal[0].Value} and nobody who knew that deleted it"
        : $"{Path}: holds {Held}, which somebody overwrote or deleted knowingly";
}
