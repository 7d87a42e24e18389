using System.Diagnostics;

namespace TinyStore.Yjs;

/// <summary>What one transaction did to a document, as an update that other documents can apply.</summary>
[DebuggerDisplay("{Update.Length} bytes, local {IsLocal}")]
public readonly struct YUpdateEvent
{
    internal YUpdateEvent(ReadOnlyMemory<byte> update, YTransaction transaction)
    {
        Update = update;
        Transaction = transaction;
    }

    /// <summary>The update, in the format that was asked for (<see cref="YDoc.ObserveUpdates"/>: V1). The observer may keep it; nobody changes these bytes.</summary>
    public ReadOnlyMemory<byte> Update { get; }

    /// <summary>The transaction that made it.</summary>
    public YTransaction Transaction { get; }

    /// <summary>The origin that was given to the transaction.</summary>
    public object? Origin => Transaction.Origin;

    /// <summary>True for changes made here, false for those that came by <see cref="YDoc.ApplyUpdate"/>.</summary>
    public bool IsLocal => Transaction.IsLocal;
}
