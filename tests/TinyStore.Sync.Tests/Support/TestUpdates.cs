using System.Text;

namespace TinyStore.Sync.Tests.Support;

/// <summary>Updates in format V1, written byte by byte, so that these tests need no document.</summary>
internal static class TestUpdates
{
    /// <summary>One item: key <c>k{clock}</c> of the root map <c>t</c> is set to a string of a length.</summary>
    public static byte[] Item(ulong client, uint clock, int valueLength = 1) => Item(client, clock, new string('v', valueLength));

    /// <summary>One item: key <c>k{clock}</c> of the root map <c>t</c> is set to a string.</summary>
    public static byte[] Item(ulong client, uint clock, string value)
    {
        var bytes = new List<byte> { 1, 1 };
        VarUint(bytes, client);
        VarUint(bytes, clock);
        bytes.AddRange([0x28, 1, 1, (byte)'t']); // an entry of a map, content any, parent = root "t"
        Text(bytes, $"k{clock}");
        bytes.AddRange([1, 0x77]); // one value, a string
        Text(bytes, value);
        bytes.Add(0); // no deletes
        return [.. bytes];
    }

    /// <summary>A delete set with one range and no structs.</summary>
    public static byte[] Delete(ulong client, uint clock, uint length)
    {
        var bytes = new List<byte> { 0, 1 };
        VarUint(bytes, client);
        bytes.Add(1);
        VarUint(bytes, clock);
        VarUint(bytes, length);
        return [.. bytes];
    }

    private static void Text(List<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        VarUint(bytes, (ulong)utf8.Length);
        bytes.AddRange(utf8);
    }

    private static void VarUint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}
