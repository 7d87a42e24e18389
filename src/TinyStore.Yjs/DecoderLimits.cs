namespace TinyStore.Yjs;

/// <summary>
/// The limits that decoding enforces, whatever the bytes say. Input beyond one of them raises
/// <see cref="YUpdateFormatException"/>, which names the limit. Every other cost is bounded: decoding format V1 allocates at most
/// 64 bytes for each byte of the input and 64 KB; format V2 that and 200 bytes for each struct that the update declares.
/// </summary>
public static class DecoderLimits
{
    /// <summary>How deep objects and arrays may nest, in lib0 values and in JSON text alike: 100 levels.</summary>
    public const int MaxDepth = 100;

    /// <summary>The largest clock: a client's clock, and the end of every struct and deleted range, is at most 2^32-1.</summary>
    public const uint MaxClock = uint.MaxValue;

    /// <summary>
    /// How many structs an update in format V2 may hold: 2^24. That format writes repetitions as counts, so that a hundred
    /// bytes can hold a million structs, and its length says nothing about the cost of decoding it.
    /// </summary>
    public const int MaxStructs = 1 << 24;

    /// <summary>
    /// How many bytes of an update in format V2 may come from keys (names of formats and of XML elements) that are repeated by
    /// their number: 2^26. Yjs never repeats one so.
    /// </summary>
    public const int MaxRepeatedKeyBytes = 1 << 26;

    /// <summary>How long an update in format V2 may become when its repetitions are written out: 2^30 bytes.</summary>
    public const int MaxExpandedBytes = 1 << 30;
}
