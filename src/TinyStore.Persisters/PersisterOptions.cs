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
    /// persister or while auto-load is on; a <see cref="StoreLane"/> is a lane for such apps. A persister over a document uses the
    /// document's own lane instead.
    /// </value>
    public Action<Action>? Post { get; set; }
}

/// <summary>How a <see cref="StoragePersister"/> works.</summary>
public class StoragePersisterOptions : PersisterOptions
{
    /// <summary>How long after an automatic save has failed it is tried again by itself, for as long as it fails.</summary>
    /// <value>The default is <see langword="null"/>: it is tried again with the next change, save or flush.</value>
    public TimeSpan? RetryDelay { get; set; }

    /// <summary>The queue in which the persister's work takes its turn.</summary>
    /// <value>The default is <see langword="null"/>: one of its own, or what the kind of persister shares.</value>
    public PersisterQueue? Queue { get; set; }

    /// <summary>The clock of delays and polls.</summary>
    /// <value>The default is <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
