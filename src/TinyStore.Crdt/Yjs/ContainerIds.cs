using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// The client ids under which the containers of the nested layout are made, so that peers that make the same container while
/// apart make one and the same operation. This is part of the document's format.
/// </summary>
/// <remarks>
/// Ids lie in the top 2^50 of the 53 bits that a client id has: above every id of a stock Yjs peer, which has 32 bits. Of two
/// containers made concurrently under one key the one with the higher id stays, so a container of another peer displaces one
/// of these never, and one of these displaces another peer's at most once.
/// </remarks>
internal static class ContainerIds
{
    private const ulong First = (1UL << 53) - (1UL << 50);
    private const ulong Count = (1UL << 50) - 1;
    private const ulong FirstCopy = (1UL << 53) - (1UL << 51);
    private const ulong CopyCount = 1UL << 50;

    // More than all numbers and separators of a container's description take.
    private const int MostNumbers = 128;

    /// <summary>The root name that TinyBase uses.</summary>
    public const string DefaultRoot = "tinybase";

    /// <summary>Makes the two containers of a root, <c>t</c> at clock 0 and <c>v</c> at clock 1.</summary>
    public static ulong Genesis(string root) => root == DefaultRoot ? YItemId.MaxClient : Hash(Encoding.UTF8.GetBytes($"genesis|{root}"));

    /// <summary>
    /// Makes a container at its clock 0.
    /// </summary>
    /// <param name="root">The name of the root map.</param>
    /// <param name="parent">The item that holds the parent; null where the parent is the root map.</param>
    /// <param name="key">The key in the parent.</param>
    /// <param name="tail">The last element ever written under that key, which is dead; null where there was none.</param>
    /// <param name="attempt">Counts up while the id is taken.</param>
    /// <remarks>
    /// The hash is taken of the UTF-8 bytes of <c>container|attempt|parent|tail|length of root|root|key</c>; ids are
    /// <c>client:clock</c> and <c>-</c> where there is none.
    /// </remarks>
    public static ulong Of(string root, YItemId? parent, string key, YItemId? tail, int attempt)
    {
        var most = MostNumbers + Encoding.UTF8.GetMaxByteCount(root.Length + key.Length);
        var utf8 = most <= 512 ? stackalloc byte[512] : new byte[most];
        "container|"u8.CopyTo(utf8);
        var length = "container|"u8.Length;
        Add(utf8, ref length, (ulong)attempt, '|');
        Add(utf8, ref length, parent);
        Add(utf8, ref length, tail);
        Add(utf8, ref length, (ulong)root.Length, '|');
        length += Encoding.UTF8.GetBytes(root, utf8[length..]);
        utf8[length++] = (byte)'|';
        length += Encoding.UTF8.GetBytes(key, utf8[length..]);
        return Hash(utf8[..length]);
    }

    /// <summary>
    /// Writes cells that a lost container held, again. The id is made of all that is written and where, so that peers that
    /// write the same make one and the same operation.
    /// </summary>
    public static ulong OfCopies(byte[] description) => FirstCopy + (Number(SHA256.HashData(description)) % (CopyCount / 2));

    /// <summary>Writes the value of a cell again over which such a copy had been placed.</summary>
    public static ulong OfYield(byte[] description) => FirstCopy + (CopyCount / 2) + (Number(SHA256.HashData(description)) % (CopyCount / 2));

    /// <summary>Whether a cell was written as a copy from a lost container: it stands back behind all other writes.</summary>
    public static bool IsCopy(ulong client) => client is >= FirstCopy and < FirstCopy + (CopyCount / 2);

    /// <summary>Whether a cell is another write once more, above a copy.</summary>
    public static bool IsYield(ulong client) => client is >= FirstCopy + (CopyCount / 2) and < FirstCopy + CopyCount;

    /// <summary>Whether somebody wrote the cell himself.</summary>
    public static bool IsWritten(ulong client) => client is < FirstCopy or >= FirstCopy + CopyCount;

    private static void Add(Span<byte> utf8, ref int length, YItemId? id)
    {
        if (id is { } some)
        {
            Add(utf8, ref length, some.Client, ':');
            Add(utf8, ref length, some.Clock, '|');
        }
        else
        {
            "-|"u8.CopyTo(utf8[length..]);
            length += 2;
        }
    }

    private static void Add(Span<byte> utf8, ref int length, ulong number, char end)
    {
        number.TryFormat(utf8[length..], out var written, provider: CultureInfo.InvariantCulture);
        length += written;
        utf8[length++] = (byte)end;
    }

    // The first eight bytes of SHA-256, as a big-endian number, modulo 2^50-1, from 2^53-2^50 on.
    private static ulong Hash(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return First + (Number(hash) % Count);
    }

    private static ulong Number(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);
}
