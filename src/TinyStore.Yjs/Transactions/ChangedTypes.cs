namespace TinyStore.Yjs.Transactions;

/// <summary>One type that a transaction changed.</summary>
internal struct ChangedType
{
    public int Type;

    /// <summary>Elements of the list changed.</summary>
    public bool List;

    /// <summary>The type was deleted later in the transaction, so it has no event.</summary>
    public bool Removed;

    /// <summary>Its own observers have had their turn, so deep observers get its event.</summary>
    public bool Called;
    public int FirstKey;
    public int LastKey;
    public int KeyCount;

    /// <summary>Its event, once somebody needed it.</summary>
    public YEvent? Event;
}

/// <summary>The types that a transaction changed, and the keys of each, both in the order of the first change.</summary>
internal sealed class ChangedTypes
{
    /// <summary>Up to here a list is searched, above it a hash table.</summary>
    private const int LinearLimit = 8;
    private const int KeptCapacity = 256;

    private ChangedType[] _types = new ChangedType[2];
    private (int Key, int Next)[] _keys = new (int, int)[4];
    private int _keyCount;
    private Dictionary<int, int>? _typeIndex;
    private HashSet<(int Ordinal, int Key)>? _keyIndex;

    public int Count { get; private set; }

    public ref ChangedType this[int ordinal] => ref _types[ordinal];

    /// <summary>Notes a change of a key (an id), or of the list for key 0.</summary>
    public void Add(int type, int key)
    {
        var ordinal = FindType(type);
        if (ordinal < 0)
        {
            ordinal = AddType(type);
        }

        ref var changed = ref _types[ordinal];
        if (key == 0)
        {
            changed.List = true;
        }
        else if (!HasKey(ordinal, key))
        {
            AddKey(ref changed, key);
        }
    }

    public void Remove(int type)
    {
        if (Count > 0 && FindType(type) is var ordinal and >= 0)
        {
            _types[ordinal].Removed = true;
        }
    }

    /// <summary>Whether a key is among a type's changed ones.</summary>
    public bool HasKey(int ordinal, int key)
    {
        ref var changed = ref _types[ordinal];
        if (changed.KeyCount > LinearLimit)
        {
            return _keyIndex!.Contains((ordinal, key));
        }

        var index = changed.FirstKey;
        for (var left = changed.KeyCount; left > 0; left--)
        {
            if (_keys[index].Key == key)
            {
                return true;
            }

            index = _keys[index].Next;
        }

        return false;
    }

    /// <summary>Walks the changed keys of a type: start with cursor -1.</summary>
    public bool NextKey(int ordinal, ref int cursor, out int key)
    {
        ref var changed = ref _types[ordinal];
        if (changed.KeyCount == 0 || cursor == changed.LastKey)
        {
            key = 0;
            return false;
        }

        cursor = cursor < 0 ? changed.FirstKey : _keys[cursor].Next;
        key = _keys[cursor].Key;
        return true;
    }

    public void Clear()
    {
        if (Count > KeptCapacity || _keyCount > KeptCapacity)
        {
            _types = new ChangedType[2];
            _keys = new (int, int)[4];
        }
        else
        {
            Array.Clear(_types, 0, Count);
        }

        Count = 0;
        _keyCount = 0;
        _typeIndex = null;
        _keyIndex = null;
    }

    private int FindType(int type)
    {
        if (_typeIndex is not null)
        {
            return _typeIndex.TryGetValue(type, out var found) ? found : -1;
        }

        for (var ordinal = Count - 1; ordinal >= 0; ordinal--)
        {
            if (_types[ordinal].Type == type)
            {
                return ordinal;
            }
        }

        return -1;
    }

    private int AddType(int type)
    {
        if (Count == _types.Length)
        {
            Array.Resize(ref _types, Count * 2);
        }

        _types[Count] = new ChangedType { Type = type };
        if (_typeIndex is not null)
        {
            _typeIndex.Add(type, Count);
        }
        else if (Count == LinearLimit)
        {
            _typeIndex = [];
            for (var ordinal = 0; ordinal <= Count; ordinal++)
            {
                _typeIndex.Add(_types[ordinal].Type, ordinal);
            }
        }

        return Count++;
    }

    private void AddKey(ref ChangedType changed, int key)
    {
        if (_keyCount == _keys.Length)
        {
            Array.Resize(ref _keys, _keyCount * 2);
        }

        var index = _keyCount++;
        _keys[index] = (key, 0);
        if (changed.KeyCount++ == 0)
        {
            changed.FirstKey = index;
        }
        else
        {
            _keys[changed.LastKey].Next = index;
        }

        changed.LastKey = index;
        var ordinal = FindType(changed.Type);
        if (changed.KeyCount > LinearLimit + 1)
        {
            _keyIndex!.Add((ordinal, key));
        }
        else if (changed.KeyCount == LinearLimit + 1)
        {
            _keyIndex ??= [];
            for (var i = changed.FirstKey; ; i = _keys[i].Next)
            {
                _keyIndex.Add((ordinal, _keys[i].Key));
                if (i == index)
                {
                    break;
                }
            }
        }
    }
}
