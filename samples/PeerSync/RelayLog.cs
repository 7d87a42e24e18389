using TinyStore.Relay;

namespace PeerSync;

/// <summary>Reads a room's updates out of a relay's log, after the relay has stopped.</summary>
internal static class RelayLog
{
    private const int PageBytes = 1 << 20;

    public static async Task<IReadOnlyList<byte[]>> ReadAsync(string folder, string room, CancellationToken cancellationToken)
    {
        await using var log = new SqliteUpdateLog($"Data Source={Path.Combine(folder, "relay.db")}");
        await log.OpenAsync(cancellationToken).ConfigureAwait(false);
        var updates = new List<byte[]>();
        while (true)
        {
            var rows = await log.ReadAsync(room, updates.Count, PageBytes, cancellationToken).ConfigureAwait(false);
            if (rows.Count == 0)
            {
                return updates;
            }

            updates.AddRange(rows.Select(r => r.Update.ToArray()));
        }
    }
}
