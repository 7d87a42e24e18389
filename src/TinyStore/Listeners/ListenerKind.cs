namespace TinyStore;

/// <summary>When a listener is called, and whether it may write.</summary>
public enum ListenerKind
{
    /// <summary>After the transaction's changes are final. What it writes is ignored: the store is locked meanwhile.</summary>
    Observer,

    /// <summary>Before that: it may write, and its writes belong to the transaction. It is called once, for the changes as
    /// they were when the mutators began, and not again for what mutators change.</summary>
    Mutator,
}
