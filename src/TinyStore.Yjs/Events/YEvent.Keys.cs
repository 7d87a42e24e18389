using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Yjs;

// What happened to the keys of the target: entries of a map, attributes of an element or a text.
public abstract partial class YEvent
{
    private KeyChanges? _keys;
    private IReadOnlyCollection<string>? _keysChanged;

    /// <summary>The keys whose value is another one than before the transaction, in the order in which they were first touched.</summary>
    public IReadOnlyDictionary<string, YKeyChange> Keys => _keys ??= MakeKeys();

    /// <summary>
    /// Every key that was touched: also one that got and lost a value in the transaction, or to which a value came that loses
    /// against the one it has.
    /// </summary>
    public IReadOnlyCollection<string> KeysChanged => _keysChanged ??= ReadKeysChanged();

    /// <summary>Whether a key was touched. No allocation.</summary>
    public bool IsKeyChanged(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Store.Keys.Find(key.AsSpan()) is var id and not 0 && Transaction.State.Changed.HasKey(Ordinal, id);
    }

    /// <summary>The changed keys of the target as strings.</summary>
    private string[] ReadKeysChanged()
    {
        var changed = Transaction.State.Changed;
        var keys = new string[changed[Ordinal].KeyCount];
        var cursor = -1;
        for (var i = 0; changed.NextKey(Ordinal, ref cursor, out var key); i++)
        {
            keys[i] = Store.Keys.String(key);
        }

        return keys;
    }

    private KeyChanges MakeKeys()
    {
        var changed = Transaction.State.Changed;
        var result = new KeyChanges(changed[Ordinal].KeyCount);
        var cursor = -1;
        while (changed.NextKey(Ordinal, ref cursor, out var key))
        {
            var tail = Store.FindTail(Target.Index, key);
            if (tail != 0 && TryGetChange(tail, out var change))
            {
                result.Add(Store.Keys.String(key), change);
            }
        }

        return result;
    }

    /// <summary>Compares the last item of a key with the last one that was there before the transaction.</summary>
    private bool TryGetChange(int tail, out YKeyChange change)
    {
        change = default;
        var isDeleted = Transaction.Deletes(tail);
        var old = tail;
        if (Transaction.Adds(tail))
        {
            do
            {
                old = Store.Entries[old].Left;
            }
            while (old != 0 && Transaction.Adds(old));

            if (old == 0 || !Transaction.Deletes(old))
            {
                change = new YKeyChange(YKeyAction.Add, YValue.Undefined);
                return !isDeleted;
            }
        }
        else if (!isDeleted)
        {
            return false;
        }

        change = new YKeyChange(isDeleted ? YKeyAction.Delete : YKeyAction.Update, Transaction.Doc.ReadLast(old));
        return true;
    }

    /// <summary>A dictionary that searches a list while it is short.</summary>
    private sealed class KeyChanges(int capacity) : IReadOnlyDictionary<string, YKeyChange>
    {
        private const int LinearLimit = 8;

        private readonly KeyValuePair<string, YKeyChange>[] _changes = new KeyValuePair<string, YKeyChange>[capacity];
        private Dictionary<string, int>? _index;

        public int Count { get; private set; }

        public IEnumerable<string> Keys => this.Select(change => change.Key);

        public IEnumerable<YKeyChange> Values => this.Select(change => change.Value);

        public YKeyChange this[string key] => TryGetValue(key, out var value)
            ? value
            : throw new KeyNotFoundException($"The transaction did not change the value of the key '{key}'.");

        public void Add(string key, YKeyChange change) => _changes[Count++] = new(key, change);

        public bool ContainsKey(string key) => TryGetValue(key, out _);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out YKeyChange value)
        {
            var index = IndexOf(key);
            value = index < 0 ? default : _changes[index].Value;
            return index >= 0;
        }

        public IEnumerator<KeyValuePair<string, YKeyChange>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
            {
                yield return _changes[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private int IndexOf(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (Count > LinearLimit)
            {
                if (_index is null)
                {
                    _index = new(Count, StringComparer.Ordinal);
                    for (var i = 0; i < Count; i++)
                    {
                        _index.Add(_changes[i].Key, i);
                    }
                }

                return _index.GetValueOrDefault(key, -1);
            }

            for (var i = 0; i < Count; i++)
            {
                if (_changes[i].Key == key)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
