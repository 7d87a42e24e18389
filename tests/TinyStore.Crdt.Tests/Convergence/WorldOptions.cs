namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>Who takes part in a <see cref="World"/>, and how.</summary>
internal sealed class WorldOptions
{
    public required int NetPeers { get; init; }

    public int TinyBasePeers { get; init; }

    public DocLayout Layout { get; init; }

    /// <summary>Bit i: whether peer i collects garbage.</summary>
    public uint GcMask { get; init; }

    /// <summary>Whether all begin with one document that is not empty.</summary>
    public bool HasSharedHistory { get; init; }

    /// <summary>Whether anybody deletes anything.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary>Whether whole states are taken from peers that collect what lost containers held.</summary>
    public bool PullsFromTinyBase { get; init; } = true;

    /// <summary>Where the .NET peers keep their documents, in files; null: in memory.</summary>
    public string? Folder { get; init; }

    public Action<YjsPersisterOptions>? Configure { get; init; }
}
