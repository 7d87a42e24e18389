using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>
/// A shared map from strings to values. Of concurrent writes to a key one wins, the same at every peer: that of the higher
/// client id. Changes outside of a transaction make one of their own.
/// </summary>
public sealed partial class YMap : YType, IReadOnlyDictionary<string, YValue>
{
    internal YMap(YDoc doc, int index)
        : base(doc, index)
    {
    }

    internal YMap(YType other)
        : base(other)
    {
    }

    /// <summary>How many keys have a value.</summary>
    public int Count
    {
        get
        {
            Doc.CheckReadable();
            return IsAttached ? Doc.Store.Types[Index].LiveKeys : 0;
        }
    }

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">Reading a key that has no value.</exception>
    public YValue this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The map has no value under the key '{key}'.");
        set => Set(key, value);
    }

    /// <summary>Whether the key has a value.</summary>
    public bool ContainsKey(string key) => FindLive(key) != 0;

    /// <summary>Reads the value of a key.</summary>
    public bool TryGetValue(string key, out YValue value)
    {
        var item = FindLive(key);
        value = item != 0 ? Doc.ReadLast(item) : default;
        return item != 0;
    }

    /// <summary>Writes a value. An equal value is written too, as in Yjs.</summary>
    /// <exception cref="ArgumentException">The value is a shared type or a subdocument. New maps come from <see cref="SetMap"/>.</exception>
    /// <exception cref="InvalidOperationException">The map was deleted.</exception>
    public void Set(string key, YValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (value.Kind is YValueKind.Type or YValueKind.Doc)
        {
            throw new ArgumentException($"A value of kind {value.Kind} belongs to one place of a document and cannot be set. Make a new map with SetMap.", nameof(value));
        }

        Write(key, value, isMap: false);
    }

    /// <summary>Puts a new empty map under a key and returns it.</summary>
    /// <exception cref="InvalidOperationException">The map was deleted.</exception>
    public YMap SetMap(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new YMap(Doc, Write(key, default, isMap: true));
    }

    /// <summary>Removes the value of a key.</summary>
    /// <returns>False when there was none.</returns>
    public bool Delete(string key)
    {
        if (FindLive(key) == 0)
        {
            return false;
        }

        var transaction = Doc.Begin(null, out var isOutermost);
        try
        {
            Doc.Store.Version++;
            Doc.Store.Delete(FindTail(key));
        }
        finally
        {
            Doc.End(transaction, isOutermost);
        }

        return true;
    }

    /// <summary>Removes all values.</summary>
    public void Clear()
    {
        var transaction = Doc.Begin(null, out var isOutermost);
        try
        {
            Doc.Store.Version++;
            var cursor = 0;
            while (IsAttached && Doc.Store.NextTail(Index, ref cursor) is var tail and not 0)
            {
                Doc.Store.Delete(tail);
            }
        }
        finally
        {
            Doc.End(transaction, isOutermost);
        }
    }

    /// <summary>The last item that was ever made under a key, live or deleted.</summary>
    /// <returns>False when the key never had a value.</returns>
    public bool TryGetLastItem(string key, out YMapItem item)
    {
        Doc.CheckReadable();
        var tail = FindTail(key);
        item = tail != 0 ? new YMapItem(Doc, tail) : default;
        return tail != 0;
    }

    /// <summary>
    /// Calls the visitor with the last item of each key that ever had a value, live or deleted; in a deleted map too, until it is
    /// collected. The visitor must not change the document.
    /// </summary>
    public void ForEachLastItem(Action<YMapItem> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Doc.CheckReadable();
        var cursor = 0;
        while (IsAttached && Doc.Store.NextTail(Index, ref cursor) is var tail and not 0)
        {
            visitor(new YMapItem(Doc, tail));
        }
    }

    /// <summary>Calls the observer once for each transaction that changed this map's keys.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable Observe(Action<YMapEvent> observer) => ObserveAs(observer);

    /// <summary>
    /// Enumerates keys and values, in the order in which the keys first came to this document (that of Yjs, except that Yjs
    /// puts what loads from a collected document in the order of its structs, and so do we).
    /// </summary>
    public Enumerator GetEnumerator()
    {
        Doc.CheckReadable();
        return new Enumerator(this);
    }

    IEnumerator<KeyValuePair<string, YValue>> IEnumerable<KeyValuePair<string, YValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override void AppendJson(StringBuilder output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('{');
        var isFirst = true;
        foreach (var (key, value) in this)
        {
            output.Append(isFirst ? "" : ",");
            isFirst = false;
            JsonText.AppendString(output, key);
            output.Append(':');
            value.AppendJson(output);
        }

        output.Append('}');
    }

    private int FindTail(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsAttached ? Doc.Store.FindTail(Index, Doc.Store.Keys.Find(key.AsSpan())) : 0;
    }

    private int FindLive(string key)
    {
        Doc.CheckReadable();
        var tail = FindTail(key);
        return tail != 0 && !Doc.Store.Entries[tail].IsDeleted ? tail : 0;
    }

    /// <summary>Writes an item; returns the index of the type where it is a map.</summary>
    private int Write(string key, in YValue value, bool isMap)
    {
        var transaction = Doc.Begin(null, out var isOutermost);
        try
        {
            if (IsDeleted)
            {
                throw new InvalidOperationException("The map was deleted from the document, so nothing can be written to it.");
            }

            var store = Doc.Store;
            var draft = default(Draft);
            if (isMap)
            {
                draft.Kind = EntryKind.Type;
                draft.TypeKind = YTypeKind.Map;
            }
            else
            {
                draft.Value = store.StoreValue(value, out draft.Kind);
            }

            store.Version++;
            store.SetKey(Index, store.Keys.Intern(key.AsSpan()), transaction.Writer, ref draft);
            return (int)draft.Value;
        }
        finally
        {
            Doc.End(transaction, isOutermost);
        }
    }

    /// <summary>Walks a map. Changing the document ends the walk with <see cref="InvalidOperationException"/>.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, YValue>>
    {
        private readonly YMap _map;
        private readonly int _version;
        private readonly bool _isAttached;
        private int _cursor;
        private int _item;

        internal Enumerator(YMap map)
        {
            _map = map;
            _version = map.Doc.Store.Version;
            _isAttached = map.IsAttached;
        }

        /// <inheritdoc/>
        public readonly KeyValuePair<string, YValue> Current
        {
            get
            {
                Check();
                return new(_map.Doc.Store.Keys.String(_map.Doc.Store.KeyOf(_item)), _map.Doc.ReadLast(_item));
            }
        }

        /// <summary>The key alone, without decoding the value.</summary>
        public readonly string CurrentKey
        {
            get
            {
                Check();
                return _map.Doc.Store.Keys.String(_map.Doc.Store.KeyOf(_item));
            }
        }

        /// <summary>The value alone.</summary>
        public readonly YValue CurrentValue
        {
            get
            {
                Check();
                return _map.Doc.ReadLast(_item);
            }
        }

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            Check();
            if (!_isAttached)
            {
                return false;
            }

            var store = _map.Doc.Store;
            do
            {
                _item = store.NextTail(_map.Index, ref _cursor);
            }
            while (_item != 0 && store.Entries[_item].IsDeleted);

            return _item != 0;
        }

        /// <inheritdoc/>
        public void Reset()
        {
            _cursor = 0;
            _item = 0;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        private readonly void Check()
        {
            _map.Doc.CheckReadable();
            if (_version != _map.Doc.Store.Version)
            {
                throw new InvalidOperationException("The document was changed while a map was enumerated. Copy what is needed first.");
            }
        }
    }
}
