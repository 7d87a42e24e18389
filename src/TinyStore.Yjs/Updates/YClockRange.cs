namespace TinyStore.Yjs;

/// <summary>A run of one client's clocks.</summary>
/// <param name="Clock">The first clock.</param>
/// <param name="Length">How many clocks.</param>
public readonly record struct YClockRange(uint Clock, uint Length)
{
    /// <summary>The clock after the last.</summary>
    public uint End => Clock + Length;

    /// <inheritdoc/>
    public override string ToString() => $"[{Clock}, {End})";
}
