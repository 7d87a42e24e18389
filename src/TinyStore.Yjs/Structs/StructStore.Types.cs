using System.Runtime.CompilerServices;
namespace TinyStore.Yjs.Structs;

// Types and their maps.
internal sealed partial class StructStore
{
    /// <summary>A map of up to this many keys is a ring of its last items; a larger one gets a hash table.</summary>
    private const int MaxRingLength = 16;

    private readonly Dictionary<int, int> _roots = [];
    private readonly List<MapIndex?> _mapIndexes = [];
    private readonly Stack<int> _freeMapIndexes = new();
    private uint _typeSerial;

    /// <summary>Where a key is in a map: what writing to it needs.</summary>
    internal struct MapSlot
    {
        /// <summary>The last item of the key, 0 when the key is new.</summary>
        public int Tail;

        /// <summary>In a ring the tail before it; in a hashed map its ordinal. Nothing when the key is new.</summary>
        public int Place;
    }

    public IReadOnlyCollection<int> Roots => _roots.Values;

    /// <summary>The root type of a name, made when it is first mentioned.</summary>
    public int Root(int name)
    {
        if (!_roots.TryGetValue(name, out var type))
        {
            type = AddType(new TypeRecord(YTypeKind.Map, TypeFlags.Root) { Name = name });
            _roots.Add(name, type);
        }

        return type;
    }

    /// <summary>Says what a root is meant to be; the first word counts.</summary>
    public void Declare(int root, YTypeKind kind)
    {
        ref var record = ref Types[root];
        if (!record.Has(TypeFlags.Declared))
        {
            record.Kind = kind;
            record.Set(TypeFlags.Declared);

            // Yjs makes a new object then, which has not seen what was formatted before.
            record.Clear(TypeFlags.HasFormats);
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
        return record.Has(TypeFlags.HasFormats) && record.Kind is YTypeKind.Text or YTypeKind.XmlText;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MapSlot FindKey(int type, int key)
    {
        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            var index = _mapIndexes[record.Map]!;
            var ordinal = index.Find(key);
            return ordinal < 0 ? default : new MapSlot { Tail = index[ordinal], Place = ordinal };
        }

        if ((record.KeyBits & TypeRecord.BitOf(key)) == 0)
        {
            return default;
        }

        var last = record.Map;
        var before = last;
        do
        {
            var tail = Entries[before].Right;
            if (KeyOf(tail) == key)
            {
                return new MapSlot { Tail = tail, Place = before };
            }

            before = tail;
        }
        while (before != last);
        return default;
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

        if (record.Map == 0 || cursor == record.Map)
        {
            return 0;
        }

        cursor = Entries[cursor == 0 ? record.Map : cursor].Right;
        return cursor;
    }

    /// <summary>Makes an item the last one of its key, behind the one that was.</summary>
    private void SetTail(int type, int key, in MapSlot slot, int handle)
    {
        if (slot.Tail == 0)
        {
            AddKey(type, key, handle);
        }
        else
        {
            MoveTail(type, slot, handle);
            Entries[slot.Tail].Right = handle;
        }
    }

    /// <summary>Puts an item in the place of the last one of its key.</summary>
    private void MoveTail(int type, in MapSlot slot, int handle)
    {
        ref var old = ref Entries[slot.Tail];
        ref var tail = ref Entries[handle];
        old.IsTail = false;
        tail.IsTail = true;
        ref var record = ref Types[type];
        if (record.IsHashed)
        {
            _mapIndexes[record.Map]![slot.Place] = handle;
            tail.Right = 0;
            return;
        }

        if (slot.Place == slot.Tail)
        {
            tail.Right = handle; // the only key
        }
        else
        {
            tail.Right = old.Right;
            Entries[slot.Place].Right = handle;
        }

        if (record.Map == slot.Tail)
        {
            record.Map = handle;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddKey(int type, int key, int handle)
    {
        ref var record = ref Types[type];
        ref var tail = ref Entries[handle];
        tail.IsTail = true;
        if (!record.IsHashed)
        {
            if (record.RingLength < MaxRingLength)
            {
                ref var last = ref Entries[record.Map == 0 ? handle : record.Map];
                tail.Right = record.Map == 0 ? handle : last.Right;
                last.Right = handle;
                record.Map = handle;
                record.KeyBits |= (ushort)TypeRecord.BitOf(key);
                record.RingLength++;
                return;
            }

            ToHashed(type);
        }

        tail.Right = 0;
        _mapIndexes[record.Map]!.Add(key, handle);
    }

    private void ToHashed(int type)
    {
        ref var record = ref Types[type];
        var index = new MapIndex();
        var last = record.Map;
        var tail = Entries[last].Right;
        for (var left = record.RingLength; left > 0; left--)
        {
            index.Add(KeyOf(tail), tail);
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
        record.Map = number;
        record.Set(TypeFlags.Hashed);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        if (record.Has(TypeFlags.Observed))
        {
            ObservedTypeFreed?.Invoke(type);
        }

        record.Serial = 0;
        Types.Free(type);
    }
}
