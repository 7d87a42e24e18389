namespace TinyStore.Persisters.Sqlite;

/// <summary>The queues of the databases that are in use in this process.</summary>
internal static class SharedQueues
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, WeakReference<PersisterQueue>> Queues = new(StringComparer.Ordinal);

    /// <returns>Null for a database without a file, which nobody else has.</returns>
    public static PersisterQueue? Of(string? path)
    {
        if (path is null)
        {
            return null;
        }
        lock (Gate)
        {
            if (Queues.TryGetValue(path, out var reference) && reference.TryGetTarget(out var queue))
            {
                return queue;
            }
            foreach (var gone in Queues.Where(pair => !pair.Value.TryGetTarget(out _)).Select(pair => pair.Key).ToArray())
            {
                Queues.Remove(gone);
            }
            queue = new PersisterQueue();
            Queues[path] = new WeakReference<PersisterQueue>(queue);
            return queue;
        }
    }
}
