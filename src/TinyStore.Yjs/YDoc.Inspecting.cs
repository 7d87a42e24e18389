using System.Globalization;

namespace TinyStore.Yjs;

// For those who look inside.
public sealed partial class YDoc
{
    private string DebuggerText => IsDisposed
        ? "disposed"
        : string.Create(CultureInfo.InvariantCulture, $"client {_clientId}, {Store.Entries.Count} structs of {Store.Clients.Count} clients{(_integrator.HasPending ? ", pending" : "")}");

    /// <summary>
    /// Counts what the document holds: clients, structs, tombstones, what waits, and memory. It reads every struct, and changes
    /// nothing.
    /// </summary>
    public YDocInspection Inspect()
    {
        Enter();
        try
        {
            var clients = new List<YClientInspection>();
            for (var client = 1; client <= Store.Clients.Count; client++)
            {
                if (Store.Clients[client].Next > 0)
                {
                    clients.Add(InspectClient(client));
                }
            }

            clients.Sort((left, right) => right.Client.CompareTo(left.Client));
            return new YDocInspection(this, clients, Store.InspectMemory())
            {
                Types = Store.Types.Count,
                Keys = Store.Keys.Count,
                PendingStructBytes = _integrator.PendingUpdate?.Length ?? 0,
                PendingDeleteBytes = _integrator.PendingDeletes?.Length ?? 0,
                Missing = _integrator.Missing,
            };
        }
        finally
        {
            Exit();
        }
    }

    private YClientInspection InspectClient(int client)
    {
        var (structs, tombstones, collected) = (0, 0, 0);
        for (uint clock = 0; clock < Store.Clients[client].Next; structs++)
        {
            ref var entry = ref Store.Entries[Store.Clients.HandleAt(client, clock)];
            clock = entry.EndClock;
            collected += entry.IsGC ? 1 : 0;
            tombstones += entry.IsDeleted && !entry.IsGC ? 1 : 0;
        }

        return new YClientInspection(Store.Clients[client].Id, Store.Clients[client].Next, structs, tombstones, collected);
    }
}
