namespace TinyStore.Yjs;

/// <summary>
/// The limits that decoding enforces, whatever the bytes say. Input beyond one of them raises
/// <see cref="YUpdateFormatException"/>. Every other cost of decoding is bounded by the length of the input.
/// </summary>
public static class DecoderLimits
{
    /// <summary>How deep objects and arrays may nest, in lib0 values and in JSON text alike: 100 levels.</summary>
    public const int MaxDepth = 100;

    /// <summary>The largest clock: a client's clock, and the end of every struct and deleted range, is at most 2^32-1.</summary>
    public const uint MaxClock = uint.MaxValue;
}
