namespace TinyStore.Yjs.Transactions;

/// <summary>A client of which a transaction added structs, and its next clock before.</summary>
internal readonly record struct TouchedClient(int Client, uint Before);

/// <summary>What one transaction did. Documents keep these and use them again; <see cref="YTransaction"/> is what observers hold.</summary>
internal sealed class TransactionState
{
    private const int KeptCapacity = 1024;

    /// <summary>Counts transactions; clients remember the one that touched them last.</summary>
    public int Serial { get; set; }

    public List<TouchedClient> Touched { get; } = [];

    /// <summary>What was touched, for large transactions whose clients a later one touched too.</summary>
    public Dictionary<int, uint>? TouchedIndex { get; set; }

    public DeletedRanges Deleted { get; } = new();

    /// <summary>What the delete sets of applied updates named, whether or not it was deleted by then.</summary>
    public DeletedRanges Received { get; } = new();

    public ChangedTypes Changed { get; } = new();

    /// <summary>Changes were made while nobody observed, so <see cref="Changed"/> is not complete.</summary>
    public bool ChangesMissed { get; set; }

    /// <summary>Structs that were split or lost their parent, which may merge with a neighbour when the transaction ends.</summary>
    public List<(int Client, uint Clock)> MergeCandidates { get; } = [];

    public bool HasContent => Touched.Count > 0 || Deleted.Count > 0;

    /// <summary>The next clock of a client before the transaction, if the transaction touched it.</summary>
    public bool TryGetBefore(int client, out uint before)
    {
        if (Touched.Count > 16)
        {
            if (TouchedIndex is null)
            {
                TouchedIndex = new(Touched.Count);
                foreach (var touched in Touched)
                {
                    TouchedIndex.Add(touched.Client, touched.Before);
                }
            }

            return TouchedIndex.TryGetValue(client, out before);
        }

        foreach (var touched in Touched)
        {
            if (touched.Client == client)
            {
                before = touched.Before;
                return true;
            }
        }

        before = 0;
        return false;
    }

    public void Clear()
    {
        Clear(Touched);
        Clear(MergeCandidates);
        TouchedIndex = null;
        Deleted.Clear();
        Received.Clear();
        Changed.Clear();
        ChangesMissed = false;
    }

    private static void Clear<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > KeptCapacity)
        {
            list.Capacity = 0;
        }
    }
}
