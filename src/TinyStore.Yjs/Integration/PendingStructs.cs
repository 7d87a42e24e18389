using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Integration;

/// <summary>Structs that wait, and for each client that they wait for a clock: once the document holds it, they are tried again.</summary>
internal sealed class PendingStructs(byte[] update, Dictionary<ulong, uint> missing, Dictionary<ulong, uint> chained)
{
    /// <summary>The structs as an update in format V1, without deletes, the values of Embed and Format as lib0 values.</summary>
    public byte[] Update { get; private set; } = update;

    /// <summary>What the tops of chains of waiting structs wait for: all that Yjs notes.</summary>
    public Dictionary<ulong, uint> Missing { get; } = missing;

    /// <summary>What the structs below the tops wait for.</summary>
    public Dictionary<ulong, uint> Chained { get; } = chained;

    public void Add(PendingStructs more)
    {
        foreach (var (client, clock) in more.Missing)
        {
            NoteMissing(Missing, client, clock);
        }

        foreach (var (client, clock) in more.Chained)
        {
            NoteMissing(Chained, client, clock);
        }

        using var merged = new Lib0Writer();
        UpdateMerger.Merge([Update, more.Update], merged, YContentFormat.Any);
        Update = merged.ToArray();
    }

    public static void NoteMissing(Dictionary<ulong, uint> missing, ulong client, uint clock)
    {
        if (!missing.TryGetValue(client, out var known) || known > clock)
        {
            missing[client] = clock;
        }
    }
}
