namespace TinyStore.Yjs;

/// <summary>
/// One transaction of a document. It can be read while its function and its observers run; afterwards its queries throw
/// <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class YTransaction
{
    /// <summary>The document.</summary>
    public YDoc Doc => throw Unbuilt.Yet;

    /// <summary>What was given as origin to the outermost call.</summary>
    public object? Origin => throw Unbuilt.Yet;

    /// <summary>False once an update was applied in it.</summary>
    public bool IsLocal => throw Unbuilt.Yet;

    /// <summary>
    /// Until the scope is disposed, this transaction's new structs are made by that client at its next clock: for containers
    /// that several peers must make as one and the same operation. <see cref="YDoc.ClientId"/> does not change. When the
    /// transaction's function ends, structs that waited for what was made are released into the same transaction.
    /// </summary>
    /// <exception cref="InvalidOperationException">The function of the transaction has ended.</exception>
    public WriteAsScope WriteAs(ulong clientId) => throw Unbuilt.Yet;

    /// <summary>Whether this transaction made the item.</summary>
    public bool Adds(YItemId id) => throw Unbuilt.Yet;

    /// <summary>Whether this transaction deleted the item (which it may have made itself). From observers on.</summary>
    public bool Deletes(YItemId id) => throw Unbuilt.Yet;

    /// <summary>
    /// Calls the visitor with each map entry that this transaction deleted, overwritten values and entries of deleted maps
    /// included. From observers on; until garbage collection the values are still there.
    /// </summary>
    public void ForEachDeletedMapItem(Action<YMapItem> visitor) => throw Unbuilt.Yet;

    /// <summary>Calls the visitor with each map entry that this transaction added, live or deleted again. From observers on.</summary>
    public void ForEachInsertedMapItem(Action<YMapItem> visitor) => throw Unbuilt.Yet;
}

/// <summary>Ends <see cref="YTransaction.WriteAs"/> when disposed.</summary>
public readonly struct WriteAsScope : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => throw Unbuilt.Yet;
}
