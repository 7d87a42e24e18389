using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>A write or a delete of one cell or value, and what its author knew of that cell.</summary>
internal sealed class Operation
{
    public required string Path { get; init; }

    /// <summary>The value; undefined for a delete.</summary>
    public required CellValue Value { get; init; }

    /// <summary>The operations on the same path that its author knew.</summary>
    public required HashSet<Operation> Past { get; init; }

    /// <summary>Whether a .NET peer made it.</summary>
    public bool IsNet { get; init; }

    /// <summary>The item of a write: whoever has integrated it knows the write. Null where it is not known.</summary>
    public YItemId? Item { get; set; }

    /// <summary>The message that carries it: whoever got it, and knows what the author knew, knows a delete.</summary>
    public int Message { get; set; } = -1;

    public bool IsDelete => Value.IsUndefined;
}
