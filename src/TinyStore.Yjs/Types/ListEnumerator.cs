using System.Collections;

namespace TinyStore.Yjs;

/// <summary>Walks the visible elements of a list. Changing the document ends the walk with <see cref="InvalidOperationException"/>.</summary>
internal sealed class ListEnumerator : IEnumerator<YValue>
{
    private readonly YType _list;
    private readonly int _version;
    private int _item;
    private uint _offset;
    private bool _started;

    public ListEnumerator(YType list)
    {
        list.Doc.CheckReadable();
        _list = list;
        _version = list.Doc.Store.Version;
    }

    public YValue Current => _list.Doc.ReadElement(_item, _offset);

    object IEnumerator.Current => Current;

    public bool MoveNext()
    {
        var store = _list.Doc.Store;
        _list.Doc.CheckReadable();
        if (_version != store.Version)
        {
            throw new InvalidOperationException("The document was changed while a list was enumerated. Copy what is needed first.");
        }

        if (!_started)
        {
            _started = true;
            _item = _list.IsAttached ? store.NextVisible(store.Types[_list.Index].Start) : 0;
            return _item != 0;
        }

        if (_item != 0 && ++_offset == store.Entries[_item].Length)
        {
            _offset = 0;
            _item = store.NextVisible(store.Entries[_item].Right);
        }

        return _item != 0;
    }

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
