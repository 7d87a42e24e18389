using System.Buffers;
using System.Diagnostics;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

/// <summary>
/// Which elements are deleted: ranges of clocks for each client, sorted, none touching the next. Immutable, safe to share
/// between threads.
/// </summary>
[DebuggerDisplay("{_ranges.Length} ranges of {_clients.Length} clients")]
public sealed class YDeleteSet : IEquatable<YDeleteSet>
{
    // Clients in descending order, the order of the bytes; the ranges of client i are _ranges[_starts[i].._starts[i + 1]].
    private readonly ulong[] _clients;
    private readonly int[] _starts;
    private readonly YClockRange[] _ranges;

    private YDeleteSet(ulong[] clients, int[] starts, YClockRange[] ranges) => (_clients, _starts, _ranges) = (clients, starts, ranges);

    /// <summary>The delete set that holds nothing.</summary>
    public static YDeleteSet Empty { get; } = new([], [0], []);

    /// <summary>Whether nothing is deleted.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The clients of which something is deleted, in descending order.</summary>
    public IReadOnlyList<ulong> Clients => _clients;

    /// <summary>How many ranges there are over all clients.</summary>
    public int RangeCount => _ranges.Length;

    /// <summary>A delete set of ranges in any order, which may overlap.</summary>
    /// <exception cref="ArgumentException">A client or the end of a range is too large.</exception>
    public static YDeleteSet Create(IEnumerable<(ulong Client, YClockRange Range)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        var list = new List<ClientRange>();
        foreach (var (client, range) in ranges)
        {
            if (client > YItemId.MaxClient || (ulong)range.Clock + range.Length > DecoderLimits.MaxClock)
            {
                throw new ArgumentException($"The range {range.Clock}+{range.Length} of client {client} is beyond the limits of ids (2^53-1) and clocks (2^32-1).", nameof(ranges));
            }

            list.Add(new ClientRange(client, range.Clock, range.Length));
        }

        return FromList(list);
    }

    /// <summary>Reads an encoded delete set: <c>#clients, (client, #ranges, (clock, length)…)…</c> as varUints, in any order.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static YDeleteSet Decode(ReadOnlySpan<byte> bytes) => Read(bytes, 0, out _);

    /// <summary>The delete set at the end of a V1 update.</summary>
    /// <exception cref="YUpdateFormatException">The update is malformed.</exception>
    public static YDeleteSet FromUpdate(ReadOnlySpan<byte> update)
    {
        var outline = new YUpdateOutline();
        outline.Scan(update);
        return Read(update, outline.DeleteSetStart, out _);
    }

    /// <summary>The bytes of the delete set, clients in descending order.</summary>
    public byte[] Encode()
    {
        using var writer = new Lib0Writer();
        Write(writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Encode()"/>
    /// <param name="output">Where the bytes are written.</param>
    public void Encode(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        Write(writer);
        writer.CopyTo(output);
    }

    /// <summary>The deleted ranges of a client in ascending order; empty where it has none.</summary>
    public ReadOnlySpan<YClockRange> GetRanges(ulong client)
    {
        var index = Array.BinarySearch(_clients, client, Descending.Instance);
        return index < 0 ? [] : RangesAt(index);
    }

    /// <summary>Whether an element is deleted.</summary>
    public bool Contains(YItemId id)
    {
        var ranges = GetRanges(id.Client);
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var range = ranges[middle];
            if (id.Clock < range.Clock)
            {
                high = middle - 1;
            }
            else if (id.Clock >= range.End)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Everything that is deleted in one or the other.</summary>
    public YDeleteSet Union(YDeleteSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsEmpty ? other : other.IsEmpty ? this : FromList([.. ToList(), .. other.ToList()]);
    }

    /// <summary>The same ranges of the same clients.</summary>
    public bool Equals(YDeleteSet? other) => other is not null && _clients.AsSpan().SequenceEqual(other._clients)
        && _starts.AsSpan().SequenceEqual(other._starts) && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as YDeleteSet);

    /// <inheritdoc/>
    public override int GetHashCode() => IsEmpty ? 0 : HashCode.Combine(_clients.Length, _ranges.Length, _clients[0], _ranges[0]);

    internal static YDeleteSet Read(ReadOnlySpan<byte> bytes, int position, out int end)
    {
        var list = new List<ClientRange>();
        end = ClientRange.ReadAll(bytes, position, list);
        return FromList(list);
    }

    internal void Write(Lib0Writer writer) => ClientRange.WriteAll(ToList(), writer);

    private static YDeleteSet FromList(List<ClientRange> list)
    {
        list.RemoveAll(static range => range.Length == 0);
        ClientRange.Normalize(list);
        var clients = new List<ulong>();
        var starts = new List<int>();
        for (var i = 0; i < list.Count; i = ClientRange.EndOfClient(list, i))
        {
            clients.Add(list[i].Client);
            starts.Add(i);
        }

        starts.Add(list.Count);
        return new YDeleteSet([.. clients], [.. starts], [.. list.Select(range => new YClockRange(range.Clock, range.Length))]);
    }

    private ReadOnlySpan<YClockRange> RangesAt(int index) => _ranges.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    private List<ClientRange> ToList()
    {
        var list = new List<ClientRange>(_ranges.Length);
        for (var i = 0; i < _clients.Length; i++)
        {
            foreach (var range in RangesAt(i))
            {
                list.Add(new ClientRange(_clients[i], range.Clock, range.Length));
            }
        }

        return list;
    }

    private sealed class Descending : IComparer<ulong>
    {
        public static readonly Descending Instance = new();

        public int Compare(ulong x, ulong y) => y.CompareTo(x);
    }
}
