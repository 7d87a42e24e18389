using Microsoft.Extensions.Logging;

namespace TinyStore.Persisters;

/// <summary>How a persister works.</summary>
public class PersisterOptions
{
    /// <summary>Where errors are logged, beside the <see cref="Persister.Error"/> event.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public ILogger? Logger { get; set; }

    /// <summary>Whether <see cref="Persister.DisposeAsync"/> first saves what auto-save still owes.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool FlushOnDispose { get; set; } = true;

    /// <summary>
    /// Runs work where the store is used, one piece at a time: the store has one writer, and a persister that waits for a
    /// file or a server comes back on some other thread.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the <see cref="SynchronizationContext"/> in which the persister is made. Where
    /// there is none, work runs on whatever thread it comes back on, and the app must not use the store while it awaits the
    /// persister. A persister over a document uses the document's own lane instead.
    /// </value>
    public Action<Action>? Post { get; set; }
}
