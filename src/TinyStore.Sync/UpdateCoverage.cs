using TinyStore.Yjs;
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

    /// <summary>Adds an update that was validated.</summary>
    public void Add(ReadOnlySpan<byte> update) => Walk(update, static (self, deleted, client, range) =>
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
    public bool Covers(ReadOnlySpan<byte> update) => Walk(update, static (self, deleted, client, range) =>
        (deleted ? self._deletes : self._structs).TryGetValue(client, out var ranges) && ranges.Contains(range.Start, range.End), this);

    /// <summary>For each client the first clock that is missing.</summary>
    public YStateVector ToStateVector() => YStateVector.Create(_structs
        .Where(static pair => pair.Value.FirstGap > 0)
        .Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.FirstGap)));

    /// <summary>True when a validated update holds structs that a state vector does not name, or any deletes (which it never names).</summary>
    public static bool Adds(ReadOnlySpan<byte> update, YStateVector stateVector) => !Walk(update,
        static (vector, deleted, client, range) => !deleted && range.End <= vector.GetClock(client), stateVector);

    /// <summary>Calls the visitor for each run of structs and each deleted range until it returns false; then so does this.</summary>
    private static bool Walk<T>(ReadOnlySpan<byte> update, Func<T, bool, ulong, (uint Start, uint End), bool> visit, T state)
    {
        var reader = new YStructReader(update, validate: false);
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
