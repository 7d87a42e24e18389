using System.Buffers;
using System.Security.Cryptography;

namespace TinyStore;

/// <summary>
/// Row ids that no two peers make: <c>~</c> and 20 characters of <c>-0-9A-Z_a-z</c>, six bits each in ASCII order: 48 bits of
/// Unix time in milliseconds, then 72 random bits. They need no escaping in a URL, and sort by the time they were made.
/// </summary>
internal static class UniqueRowId
{
    public const char Mark = '~';

    private const int Length = 21;
    private const string Alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Digits = SearchValues.Create(Alphabet);

    public static string New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random);
        return Make(time.GetUtcNow().ToUnixTimeMilliseconds(), random);
    }

    public static string Make(long milliseconds, ReadOnlySpan<byte> random)
    {
        Span<char> id = stackalloc char[Length];
        id[0] = Mark;
        for (var i = 0; i < 8; i++)
        {
            id[1 + i] = Alphabet[(int)(milliseconds >> (42 - (6 * i))) & 63];
        }
        for (var i = 0; i < 3; i++)
        {
            // Three bytes are four characters.
            var bits = (random[3 * i] << 16) | (random[(3 * i) + 1] << 8) | random[(3 * i) + 2];
            for (var j = 0; j < 4; j++)
            {
                id[9 + (4 * i) + j] = Alphabet[(bits >> (18 - (6 * j))) & 63];
            }
        }
        return new string(id);
    }

    public static bool Is(ReadOnlySpan<char> id) =>
        id.Length == Length && id[0] == Mark && !id[1..].ContainsAnyExcept(Digits);
}

public sealed partial class Store
{
    /// <summary>
    /// A row id that no other peer makes: <c>~</c> and 20 characters of <c>-0-9A-Z_a-z</c> (48 bits of time, 72 random bits). It
    /// needs no escaping in a URL, and ids sort by the time they were made.
    /// </summary>
    /// <remarks>
    /// <para>Use these for what a person adds (notes, orders, messages): rows added by two peers while apart stay two rows.
    /// Use an id of your own for what is the same thing on every peer (a country code, a setting): rows set by two peers while
    /// apart become one row. Use <see cref="AddRow"/>'s numbers only in a store that is never synchronised.</para>
    /// <para>Peers take an id of this shape as made by one of them, and never join two rows that carry it.</para>
    /// </remarks>
    public static string NewUniqueRowId() => UniqueRowId.New(TimeProvider.System);

    /// <summary>Whether an id has the shape that <see cref="NewUniqueRowId"/> gives.</summary>
    public static bool IsUniqueRowId(string rowId)
    {
        ArgumentNullException.ThrowIfNull(rowId);
        return UniqueRowId.Is(rowId);
    }
}
