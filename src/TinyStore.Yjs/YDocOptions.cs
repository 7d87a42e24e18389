using System.Diagnostics;

namespace TinyStore.Yjs;

/// <summary>How to make a <see cref="YDoc"/>.</summary>
[DebuggerDisplay("client {ClientId}, gc {Gc}")]
public sealed class YDocOptions
{
    /// <summary>
    /// The client id under which the document writes, at most 2^53-1 (<see cref="YItemId.MaxClient"/>). Two documents that
    /// write at the same time must never share one.
    /// </summary>
    /// <value>The default is <see langword="null"/>: a random even number in [2, 2^32-2].</value>
    public ulong? ClientId { get; set; }

    /// <summary>Whether the content of what was deleted is dropped when the transaction that deleted it ends.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Gc { get; set; } = true;

    /// <summary>A name for the document that is the same at every peer. The engine does not read it.</summary>
    /// <value>The default is <see langword="null"/>: a new random one.</value>
    public string? Guid { get; set; }

    /// <summary>The lane in which the app, providers and persisters use the document.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="YAccessContext.Capture"/> at construction.</value>
    public YAccessContext? Context { get; set; }

    /// <summary>Where random client ids come from; set it to make a test repeatable.</summary>
    /// <value>The default is <see cref="Random.Shared"/>.</value>
    public Random Random { get; set; } = Random.Shared;
}
