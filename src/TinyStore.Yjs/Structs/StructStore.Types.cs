namespace TinyStore.Yjs.Structs;

// Types and their maps.
internal sealed partial class StructStore
{
    /// <summary>A map of up to this many keys is a chain of its last items; a larger one gets a hash table.</summary>
    private const int MaxChainedKeys = 16;

    private readonly Dictionary<int, int> _roots = [];
    private readonly List<MapIndex?> _mapIndexes = [];
    private readonly Stack<int> _freeMapIndexes = new();
    private uint _typeSerial;

    /// <summary>Where a key is in a map: what writing to it needs.</summary>
    internal struct MapSlot
    {
        /// <summary>The last item of the key, 0 when the key is new.</summary>
        public int Tail;

        /// <summary>Chained: the tail before it in the chain (when the key is new: the last), 0 for none. Hashed: its ordinal.</summary>
        public int Place;

        /// <summary>Chained: how many keys come before it.</summary>
        public int Before;
    }

    /// <summary>The root type of a name, made when it is first mentioned.</summary>
    public int Root(int name)
    {
        if (!_roots.TryGetValue(name, out var type))
        {
            type = AddType(new TypeRecord { Name = name, Kind = YTypeKind.Map, Flags = TypeRecord.Root });
            _roots.Add(name, type);
        }

        return type;
    }

    /// <summary>Says what a root is meant to be; the first word counts.</summary>
    public void Declare(int root, YTypeKind kind)
    {
        ref var record = ref Types[root];
        if ((record.Flags & TypeRecord.Declared) == 0)
        {
            record.Kind = kind;
            record.Flags |= TypeRecord.Declared;

            // Yjs makes a new object then, which has not seen what was formatted before.
            record.Flags &= unchecked((byte)~TypeRecord.HasFormats);
        }
    }

    /// <summary>Whether an item holds a map. (Yjs shows a hook as one.)</summary>
    public bool IsMap(int handle)
    {
        ref var entry = ref Entries[handle];
        return entry.Kind == EntryKind.Type && Types[(int)entry.Value].Kind is YTypeKind.Map or YTypeKind.XmlHook;
    }

    /// <summary>Whether it is a text (a root must be declared as one) that was formatted.</summary>
    public bool IsFormattedText(int type)
    {
        ref var record = ref Types[type];
        return (record.Flags & TypeRecord.HasFormats) != 0 && record.Kind is YTypeKind.Text or YTypeKind.XmlText;
    }

    public MapSlot FindKey(int type, int key)
    {
        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            var index = _mapIndexes[record.Map]!;
            var ordinal = index.Find(key, this);
            return new MapSlot { Tail = ordinal < 0 ? 0 : index[ordinal], Place = ordinal };
        }

        var before = 0;
        var place = 0;
        for (var tail = record.Map; tail != 0; tail = Entries[tail].Right)
        {
            if (KeyOf(tail) == key)
            {
                return new MapSlot { Tail = tail, Place = place, Before = before };
            }

            place = tail;
            before++;
        }

        return new MapSlot { Place = place, Before = before };
    }

    /// <summary>The last item of a key, live or not; 0 when there is none.</summary>
    public int FindTail(int type, int key) => key == 0 ? 0 : FindKey(type, key).Tail;

    /// <summary>Walks the tails of a map in the order in which its keys came: start with cursor 0.</summary>
    public int NextTail(int type, ref int cursor)
    {
        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            var index = _mapIndexes[record.Map]!;
            return cursor < index.Count ? index[cursor++] : 0;
        }

        cursor = cursor == 0 ? record.Map : cursor < 0 ? 0 : Entries[cursor].Right;
        if (cursor != 0)
        {
            return cursor;
        }

        cursor = -1;
        return 0;
    }

    /// <summary>Makes an item the last one of its key, behind the one that was.</summary>
    private void SetTail(int type, int key, in MapSlot slot, int handle)
    {
        if (slot.Tail == 0)
        {
            AddKey(type, key, slot, handle);
            return;
        }

        ref var old = ref Entries[slot.Tail];
        ref var tail = ref Entries[handle];
        if (Types[type].IsHashed)
        {
            _mapIndexes[Types[type].Map]![slot.Place] = handle;
            tail.Right = 0;
        }
        else
        {
            tail.Right = old.Right;
            if (slot.Place == 0)
            {
                Types[type].Map = handle;
            }
            else
            {
                Entries[slot.Place].Right = handle;
            }
        }

        old.IsTail = false;
        tail.IsTail = true;
        old.Right = handle;
    }

    private void AddKey(int type, int key, in MapSlot slot, int handle)
    {
        if (!Types[type].IsHashed)
        {
            if (slot.Before < MaxChainedKeys)
            {
                ref var tail = ref Entries[handle];
                tail.IsTail = true;
                tail.Right = 0;
                if (slot.Place == 0)
                {
                    Types[type].Map = handle;
                }
                else
                {
                    Entries[slot.Place].Right = handle;
                }

                return;
            }

            ToHashed(type);
        }

        ref var added = ref Entries[handle];
        added.IsTail = true;
        added.Right = 0;
        _mapIndexes[Types[type].Map]!.Add(key, handle, this);
    }

    private void ToHashed(int type)
    {
        var index = new MapIndex();
        for (var tail = Types[type].Map; tail != 0;)
        {
            index.Add(KeyOf(tail), tail, this);
            ref var entry = ref Entries[tail];
            tail = entry.Right;
            entry.Right = 0;
        }

        if (!_freeMapIndexes.TryPop(out var number))
        {
            number = _mapIndexes.Count;
            _mapIndexes.Add(null);
        }

        _mapIndexes[number] = index;
        ref var record = ref Types[type];
        record.Map = number;
        record.Flags |= TypeRecord.Hashed;
    }

    private int AddType(TypeRecord record)
    {
        if (Types.End >= Entry.MaxTypes)
        {
            throw new InvalidOperationException($"The document is full: it holds {Entry.MaxTypes} shared types.");
        }

        record.Serial = ++_typeSerial;
        return Types.Add(record);
    }

    private void FreeType(int type)
    {
        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            _mapIndexes[record.Map] = null;
            _freeMapIndexes.Push(record.Map);
        }

        if ((record.Flags & TypeRecord.Observed) != 0)
        {
            ObservedTypeFreed?.Invoke(type);
        }

        record.Serial = 0;
        Types.Free(type);
    }
}
