namespace TinyStore.Yjs.Integration;

/// <summary>Structs that wait, and for each client that they wait for a clock: once the document holds it, they are tried again.</summary>
internal sealed class PendingStructs(byte[] update, Dictionary<ulong, uint> missing)
{
    /// <summary>The structs as an update in format V1, without deletes.</summary>
    public byte[] Update { get; private set; } = update;

    public Dictionary<ulong, uint> Missing { get; } = missing;

    public void Add(PendingStructs more)
    {
        foreach (var (client, clock) in more.Missing)
        {
            NoteMissing(Missing, client, clock);
        }

        Update = YUpdate.Merge([Update, more.Update]);
    }

    public static void NoteMissing(Dictionary<ulong, uint> missing, ulong client, uint clock)
    {
        if (!missing.TryGetValue(client, out var known) || known > clock)
        {
            missing[client] = clock;
        }
    }
}
