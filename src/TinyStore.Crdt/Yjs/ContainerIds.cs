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

    /// <summary>The root name that TinyBase uses.</summary>
    public const string DefaultRoot = "tinybase";

    /// <summary>Makes the two containers of a root, <c>t</c> at clock 0 and <c>v</c> at clock 1.</summary>
    public static ulong Genesis(string root) => root == DefaultRoot ? YItemId.MaxClient : Hash($"genesis|{root}");

    /// <summary>
    /// Makes a container at its clock 0.
    /// </summary>
    /// <param name="root">The name of the root map.</param>
    /// <param name="parent">The item that holds the parent; null where the parent is the root map.</param>
    /// <param name="key">The key in the parent.</param>
    /// <param name="tail">The last element ever written under that key, which is dead; null where there was none.</param>
    /// <param name="attempt">Counts up while the id is taken.</param>
    public static ulong Of(string root, YItemId? parent, string key, YItemId? tail, int attempt) => Hash(string.Create(
        CultureInfo.InvariantCulture,
        $"container|{attempt}|{Show(parent)}|{Show(tail)}|{root.Length}|{root}|{key}"));

    /// <summary>Names a batch of adopted cells by its content.</summary>
    public static ulong OfBatch(string description) => Hash(description);

    /// <summary>Whether an id was made here.</summary>
    public static bool IsOurs(ulong client) => client >= First;

    private static string Show(YItemId? id) =>
        id is { } some ? string.Create(CultureInfo.InvariantCulture, $"{some.Client}:{some.Clock}") : "-";

    // The first eight bytes of SHA-256 over the UTF-8 bytes, as a big-endian number, modulo 2^50-1, from 2^53-2^50 on.
    private static ulong Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return First + (BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }
}
