using System.Diagnostics;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>
/// One write to a map key, live or deleted. It is a view into the document, valid until the next transaction with changes has
/// been cleaned up (that in which it was obtained, if it was obtained in one); later use throws
/// <see cref="InvalidOperationException"/>.
/// </summary>
[DebuggerDisplay("{DebuggerText,nq}")]
public readonly struct YMapItem
{
    private readonly YDoc _doc;
    private readonly int _handle;
    private readonly int _epoch;

    internal YMapItem(YDoc doc, int handle)
    {
        _doc = doc;
        _handle = handle;
        _epoch = doc.Store.Epoch;
    }

    /// <summary>The id of its first element.</summary>
    public YItemId Id => Store.IdOf(_handle);

    /// <summary>The id of its last element; a later write to the key has it as its origin.</summary>
    public YItemId LastId => Store.LastIdOf(_handle);

    /// <summary>The id that was the last of the key when this was written, or <see langword="null"/>.</summary>
    public YItemId? Origin => Store.TryGetOrigin(_handle, out var client, out var clock) ? new YItemId(Store.Clients[client].Id, clock) : null;

    /// <summary>The key.</summary>
    public string Key => Store.Keys.String(Store.KeyOf(_handle));

    /// <summary>The type whose key it is, as a map; it may be deleted.</summary>
    public YMap Parent => new(_doc, Store.Entries[_handle].Parent);

    /// <summary>Whether it was deleted or overwritten.</summary>
    public bool IsDeleted => Store.Entries[_handle].IsDeleted;

    /// <summary>Whether it is the last write to its key.</summary>
    public bool IsLast => Store.Entries[_handle].IsTail;

    /// <summary>Whether its value is a shared map.</summary>
    public bool IsMap => Store.IsMap(_handle);

    /// <summary>The shared map that is its value, else <see langword="null"/>.</summary>
    public YMap? Map => IsMap ? new YMap(_doc, (int)_doc.Store.Entries[_handle].Value) : null;

    /// <summary>The value; <see cref="YValue.Undefined"/> once it was collected.</summary>
    public YValue Value => Store is { } ? _doc.ReadLast(_handle) : default;

    private string DebuggerText => _doc is null || _epoch != _doc.Store.Epoch
        ? "of a transaction that is over"
        : $"{_doc.Store.Keys.String(_doc.Store.KeyOf(_handle))}, {_doc.Store.Entries[_handle].Kind}{(_doc.Store.Entries[_handle].IsDeleted ? ", deleted" : "")}";

    internal int Handle => Store is { } ? _handle : 0;

    private StructStore Store
    {
        get
        {
            _doc.CheckReadable();
            return _epoch == _doc.Store.Epoch
                ? _doc.Store
                : throw new InvalidOperationException("The transaction for which this item was read is over. Read it again.");
        }
    }

    /// <summary>The item before it in the key's history.</summary>
    public bool TryGetPrevious(out YMapItem item)
    {
        var left = Store.Entries[_handle].Left;
        item = left != 0 ? new YMapItem(_doc, left) : default;
        return left != 0;
    }
}
