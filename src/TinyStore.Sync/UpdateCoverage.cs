using TinyStore.Yjs;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Sync;

/// <summary>
/// What a growing set of updates covers: which clocks of which clients, and which of them are deleted. Enough to say a state
/// vector, and whether an update brings anything new, without a document. Not thread-safe.
/// </summary>
internal sealed class UpdateCoverage
{
    private readonly Dictionary<ulong, ClockRanges> _structs = [];
    private readonly Dictionary<ulong, ClockRanges> _deletes = [];

    /// <summary>Checks all of an update.</summary>
    /// <returns>Null when it is well-formed, else what is wrong and where.</returns>
    public static string? Validate(ReadOnlySpan<byte> update)
    {
        try
        {
            Walk(update, validate: true, static (_, _, _, _) => true, (object?)null);
            return null;
        }
        catch (YUpdateFormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Adds an update that was validated.</summary>
    public void Add(ReadOnlySpan<byte> update) => Walk(update, validate: false, static (self, deleted, client, range) =>
    {
        var map = deleted ? self._deletes : self._structs;
        if (!map.TryGetValue(client, out var ranges))
        {
            map.Add(client, ranges = new ClockRanges());
        }

        ranges.Add(range.Start, range.End);
        return true;
    }, this);

    /// <summary>True when a validated update brings nothing that was not added before.</summary>
    public bool Covers(ReadOnlySpan<byte> update) => Walk(update, validate: false, static (self, deleted, client, range) =>
        (deleted ? self._deletes : self._structs).TryGetValue(client, out var ranges) && ranges.Contains(range.Start, range.End), this);

    /// <summary>For each client the first clock that is missing, encoded as Yjs does: higher clients first.</summary>
    public byte[] EncodeStateVector()
    {
        var entries = new List<(ulong Client, uint Clock)>(_structs.Count);
        foreach (var (client, ranges) in _structs)
        {
            if (ranges.FirstGap is > 0 and var clock)
            {
                entries.Add((client, clock));
            }
        }

        entries.Sort(static (a, b) => b.Client.CompareTo(a.Client));
        using var writer = new Lib0Writer((entries.Count * 10) + 8);
        writer.WriteVarUint((ulong)entries.Count);
        foreach (var (client, clock) in entries)
        {
            writer.WriteVarUint(client);
            writer.WriteVarUint(clock);
        }

        return writer.ToArray();
    }

    /// <summary>True when a validated update holds structs that a state vector does not name, or any deletes (which it never names).</summary>
    public static bool Adds(ReadOnlySpan<byte> update, IReadOnlyDictionary<ulong, uint> stateVector) => !Walk(update, validate: false,
        static (vector, deleted, client, range) => !deleted && vector.TryGetValue(client, out var clock) && range.End <= clock, stateVector);

    /// <summary>Reads a state vector.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static Dictionary<ulong, uint> ReadStateVector(ReadOnlySpan<byte> bytes)
    {
        var reader = new Lib0Reader(bytes);
        var count = reader.ReadCount(minBytes: 2);
        var result = new Dictionary<ulong, uint>(count);
        for (; count > 0; count--)
        {
            var client = reader.ReadVarUint();
            var clock = reader.ReadVarUint32();
            result[client] = Math.Max(clock, result.GetValueOrDefault(client));
        }

        return result;
    }

    /// <summary>Calls the visitor for each run of structs and each deleted range until it returns false; then so does this.</summary>
    private static bool Walk<T>(ReadOnlySpan<byte> update, bool validate, Func<T, bool, ulong, (uint Start, uint End), bool> visit, T state)
    {
        var reader = new YStructReader(update, validate);
        while (reader.NextGroup())
        {
            uint start = 0, end = 0;
            while (reader.NextStruct())
            {
                ref readonly var current = ref reader.Current;
                if (current.Kind == YContentKind.Skip)
                {
                    continue;
                }

                if (start < end && current.Clock != end)
                {
                    if (!visit(state, false, current.Client, (start, end)))
                    {
                        return false;
                    }

                    start = end;
                }

                start = start < end ? start : current.Clock;
                end = current.EndClock;
            }

            if (start < end && !visit(state, false, reader.Current.Client, (start, end)))
            {
                return false;
            }
        }

        var deletes = new YDeleteSetReader(update, reader.Position);
        while (deletes.NextClient())
        {
            while (deletes.NextRange())
            {
                if (deletes.Length > 0 && !visit(state, true, deletes.Client, (deletes.Clock, deletes.Clock + deletes.Length)))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
