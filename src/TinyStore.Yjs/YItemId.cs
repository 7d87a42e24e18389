namespace TinyStore.Yjs;

/// <summary>
/// The identity of one element of a Yjs document: the client that made it and that client's clock at the time.
/// Clocks count elements, not structs, and start at 0 for each client.
/// </summary>
/// <param name="Client">The client id, at most 2^53-1 (<see cref="MaxClient"/>).</param>
/// <param name="Clock">The position in the client's sequence of elements.</param>
public readonly record struct YItemId(ulong Client, uint Clock)
{
    /// <summary>The largest client id that JavaScript peers can hold: 2^53-1.</summary>
    public const ulong MaxClient = (1UL << 53) - 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Client}:{Clock}";
}
