using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Crdt;

/// <summary>
/// The key of a cell in the flat layout: table, row and cell id, joined by slashes, in which <c>%</c> is written <c>%25</c> and
/// <c>/</c> is written <c>%2F</c>. Each three ids have one key, and no two have the same. This is part of the document's format.
/// </summary>
internal static class FlatKey
{
    private const char Separator = '/';
    private const char Mark = '%';

    public static string Of(string tableId, string rowId, string cellId) =>
        string.Concat([Escape(tableId), "/", Escape(rowId), "/", Escape(cellId)]);

    /// <returns>False for a key that no three ids have.</returns>
    public static bool TrySplit(
        string key,
        [NotNullWhen(true)] out string? tableId,
        [NotNullWhen(true)] out string? rowId,
        [NotNullWhen(true)] out string? cellId)
    {
        (tableId, rowId, cellId) = (null, null, null);
        var first = key.IndexOf(Separator);
        var last = key.LastIndexOf(Separator);
        return first != last
            && key.AsSpan(first + 1, last - first - 1).IndexOf(Separator) < 0
            && TryUnescape(key[..first], out tableId)
            && TryUnescape(key[(first + 1)..last], out rowId)
            && TryUnescape(key[(last + 1)..], out cellId);
    }

    private static string Escape(string id) =>
        id.AsSpan().IndexOfAny(Mark, Separator) < 0
            ? id
            : id.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    private static bool TryUnescape(string text, [NotNullWhen(true)] out string? id)
    {
        id = text;
        var at = text.IndexOf(Mark);
        if (at < 0)
        {
            return true;
        }
        for (; at >= 0; at = text.IndexOf(Mark, at + 1))
        {
            if (text.AsSpan(at + 1) is not (['2', '5', ..] or ['2', 'F', ..]))
            {
                id = null;
                return false;
            }
        }
        id = text.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
        return true;
    }
}
