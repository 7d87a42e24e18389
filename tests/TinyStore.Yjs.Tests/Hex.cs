namespace TinyStore.Yjs.Tests;

internal static class Hex
{
    /// <summary>Bytes from hexadecimal text; spaces do not count.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    public static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
