namespace TinyStore.Relay;

/// <summary>
/// Where a relay keeps its rooms: for each room a numbered, append-only log of opaque updates. The one thing that must not
/// lose anything; all else in a relay can be rebuilt from it.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Errors: <see cref="UpdateLogException"/> for what may work later (nothing was written then),
/// <see cref="UpdateLogCorruptException"/> for damage.
/// </remarks>
public interface IUpdateLog : IAsyncDisposable
{
    /// <summary>Opens the log, and makes it if it does not exist. Called once, before anything else.</summary>
    /// <exception cref="UpdateLogCorruptException">What is there is damaged or not such a log. It is left as it is.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a batch in one atomic step and returns when it is durable. Each update of which (room, session, batch number)
    /// is new becomes the next row of its room; of one that is there already, the row that it became is returned. Two
    /// updates with one key in the same batch count as one.
    /// </summary>
    /// <returns>One result for each update, in their order.</returns>
    ValueTask<IReadOnlyList<LogAppendResult>> AppendAsync(IReadOnlyList<LogAppend> batch, CancellationToken cancellationToken = default);

    /// <summary>The last row of a room; <see cref="SyncCursor.Start"/> when there is none.</summary>
    ValueTask<SyncCursor> GetHeadAsync(string room, CancellationToken cancellationToken = default);

    /// <summary>True when the cursor's row is in the log with that row id. The start is in every log.</summary>
    ValueTask<bool> ContainsAsync(string room, SyncCursor cursor, CancellationToken cancellationToken = default);

    /// <summary>
    /// Rows of a room in order, from the one after <paramref name="afterSequence"/>: as many as fit
    /// <paramref name="maxBytes"/>, and at least one if there is any.
    /// </summary>
    /// <exception cref="UpdateLogCorruptException">A row is missing or its bytes are not those that were written.</exception>
    ValueTask<IReadOnlyList<LogRow>> ReadAsync(string room, long afterSequence, int maxBytes, CancellationToken cancellationToken = default);

    /// <summary>The names of all rooms, in no particular order.</summary>
    ValueTask<IReadOnlyList<string>> GetRoomsAsync(CancellationToken cancellationToken = default);
}
