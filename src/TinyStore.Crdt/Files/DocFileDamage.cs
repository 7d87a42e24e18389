namespace TinyStore.Crdt;

/// <summary>What is wrong with a part of a document file.</summary>
public enum DocFileDamageKind
{
    /// <summary>
    /// The file's last write was not completed (the process was killed, the power went). It was never reported as saved. The
    /// part was cut off.
    /// </summary>
    TornTail,

    /// <summary>Records that were safe on the disk have changed since; intact ones follow.</summary>
    Record,

    /// <summary>The file's first bytes have changed.</summary>
    Header,
}

/// <summary>A damaged part of a document file.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Offset">Where it begins, in bytes from the start of the file.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Reason">What was found there.</param>
public readonly record struct DocFileDamage(DocFileDamageKind Kind, long Offset, long Length, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} at byte {Offset}, {Length} bytes: {Reason}";
}
