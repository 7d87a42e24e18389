using TinyStore.Yjs;

namespace TinyStore.Sync;

/// <summary>A <see cref="YDoc"/> for a <see cref="SyncSession"/>. Use it only where the document may be used.</summary>
public sealed class YSyncDocument : ISyncDocument
{
    private readonly YDoc _doc;
    private readonly object _origin;

    /// <summary>Wraps a document.</summary>
    /// <param name="doc">The document.</param>
    /// <param name="origin">The origin of the transactions that apply what the relay sent.</param>
    public YSyncDocument(YDoc doc, object origin)
    {
        ArgumentNullException.ThrowIfNull(doc);
        ArgumentNullException.ThrowIfNull(origin);
        _doc = doc;
        _origin = origin;
    }

    /// <inheritdoc/>
    public bool HasPending => _doc.HasPending;

    /// <inheritdoc/>
    public byte[] EncodeStateVector() => _doc.EncodeStateVector();

    /// <inheritdoc/>
    public byte[]? EncodeMissing(ReadOnlySpan<byte> stateVector)
    {
        var update = _doc.EncodeStateAsUpdate(stateVector);
        return update is [0, 0] ? null : update;
    }

    /// <inheritdoc/>
    public void ApplyUpdate(ReadOnlySpan<byte> update) => _doc.ApplyUpdate(update, _origin);
}
