using System.Runtime.CompilerServices;
namespace TinyStore.Yjs.Structs;

/// <summary>An item about to be integrated: its content is stored, its neighbours are found.</summary>
internal struct Draft
{
    public int Client;
    public uint Clock;
    public EntryKind Kind;
    public long Value;

    /// <summary>The item that ends with the origin, and the one that begins with the right origin; 0 for none.</summary>
    public int Left;
    public int Right;
    public bool HasOrigin;
    public bool HasRightOrigin;
    public int OriginClient;
    public uint OriginClock;
    public int RightClient;
    public uint RightClock;
    public int Parent;

    /// <summary>The key of a map item, 0 for a list item.</summary>
    public int Key;

    /// <summary>For <see cref="EntryKind.Type"/>: which, and the key id of its name.</summary>
    public YTypeKind TypeKind;
    public int TypeName;
}

// Where a new item goes: YATA.
internal sealed partial class StructStore
{
    private readonly ScannedItems _scanned = new();
    private (int Tail, int First, int Epoch) _chain;

    /// <summary>Puts an item into its list or key chain.</summary>
    public int Integrate(ref Draft draft)
    {
        var needsSlot = draft.Key != 0 && (draft.Left == 0 || Entries[draft.Left].IsTail);
        return Integrate(ref draft, needsSlot ? FindKey(draft.Parent, draft.Key) : default);
    }

    /// <summary>
    /// Adds a value under a key that its map does not have yet, which is what loading a table consists of: nothing is there
    /// that it could collide with. Returns false, and does nothing, when the key is there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryAddValue(int type, int key, int client, uint clock, ReadOnlySpan<byte> value)
    {
        if (FindKey(type, key).Tail != 0)
        {
            return false;
        }

        var kind = EntryKind.Any;
        var stored = StoreValues(ref kind, value, 1);
        var handle = Append(client, 1);
        Entries[handle].SetCell(client, clock, kind, stored, type, key);
        AddKey(type, key, handle);
        Types[type].LiveKeys++;
        NoteChange(type, key);
        if (IsTypeDeleted(type))
        {
            Delete(handle);
        }

        return true;
    }

    /// <summary>Gives a key a new last item, made by a client at its next clock. Returns its handle.</summary>
    public int SetKey(int type, int key, ulong clientId, ref Draft draft)
    {
        var slot = FindKey(type, key);
        draft.Client = Clients.GetOrAdd(clientId);
        draft.Clock = Clients[draft.Client].Next;
        draft.Parent = type;
        draft.Key = key;
        draft.Left = slot.Tail;
        if (slot.Tail != 0)
        {
            ref var tail = ref Entries[slot.Tail];
            draft.HasOrigin = true;
            draft.OriginClient = tail.Client;
            draft.OriginClock = tail.LastClock;
        }

        return Integrate(ref draft, slot);
    }

    private int Integrate(ref Draft draft, in MapSlot slot)
    {
        if (draft.Kind == EntryKind.Type)
        {
            draft.Value = AddType(new TypeRecord(draft.TypeKind) { Name = draft.TypeName });
        }

        // The first write of a key, which is what loading a table consists of, has no neighbours.
        var isNewKey = draft.Key != 0 && slot.Tail == 0 && draft.Left == 0 && draft.Right == 0;
        var isTail = true;
        int handle;
        if (isNewKey)
        {
            handle = Append(draft.Client, LengthOf(draft));
            Entries[handle].SetItem(draft, 0, OriginKind.None);
            AddKey(draft.Parent, draft.Key, handle);
            Types[draft.Parent].LiveKeys += draft.Kind != EntryKind.Deleted ? 1 : 0;
        }
        else
        {
            var left = FindLeft(draft, slot);
            handle = Append(draft.Client, LengthOf(draft));
            SetItem(handle, draft, left);
            isTail = Link(draft, left, handle, slot);
        }

        NoteIntegrated(draft, handle);
        NoteChange(draft.Parent, draft.Key);
        if ((draft.Key != 0 && !isTail) || IsTypeDeleted(draft.Parent))
        {
            Delete(handle);
        }

        return handle;
    }

    /// <summary>Adds a struct of which only the clocks are known.</summary>
    public void IntegrateGC(int client, uint clock, uint length)
    {
        var handle = Append(client, length);
        Entries[handle] = new Entry(client, clock, EntryKind.GC, Entry.LongValue(0, length)) { IsDeleted = true };
    }

    private static uint LengthOf(in Draft draft) => draft.Kind <= EntryKind.String ? (uint)(draft.Value >> 32) : 1;

    private void SetItem(int handle, in Draft draft, int left)
    {
        var origin = !draft.HasOrigin ? OriginKind.None
            : left != 0 && Entries[left].Client == draft.OriginClient && Entries[left].LastClock == draft.OriginClock ? OriginKind.Left
            : OriginKind.Row;
        ref var entry = ref Entries[handle];
        entry.SetItem(draft, left, origin);
        if (entry.HasRow)
        {
            entry.Key = Rows.Add(new OriginRow
            {
                Key = draft.Key,
                OriginClient = draft.OriginClient,
                OriginClock = draft.OriginClock,
                RightClient = draft.RightClient,
                RightClock = draft.RightClock,
            });
        }
    }

    /// <summary>Connects an item with its neighbours. Returns whether it is the last of its key now.</summary>
    private bool Link(in Draft draft, int left, int handle, in MapSlot slot)
    {
        int right;
        if (left != 0)
        {
            right = RightOf(left);
        }
        else if (draft.Key != 0)
        {
            right = FirstOf(slot.Tail);
        }
        else
        {
            right = Types[draft.Parent].Start;
            Types[draft.Parent].Start = handle;
        }

        if (right != 0)
        {
            KeepOrigin(right);
            Entries[handle].Right = right;
            Entries[right].Left = handle;
            if (left != 0)
            {
                Entries[left].Right = handle;
            }

            return false;
        }

        if (draft.Key == 0)
        {
            if (left != 0)
            {
                Entries[left].Right = handle;
            }

            return false;
        }

        var tail = slot.Tail == left ? slot : FindKey(draft.Parent, draft.Key);
        ref var type = ref Types[draft.Parent];
        if (left != 0 && !Entries[left].IsDeleted)
        {
            type.LiveKeys--;
        }

        if (draft.Kind != EntryKind.Deleted)
        {
            type.LiveKeys++;
        }

        SetTail(draft.Parent, draft.Key, tail, handle);
        if (left != 0)
        {
            Delete(left);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NoteIntegrated(in Draft draft, int handle)
    {
        switch (draft.Kind)
        {
            case EntryKind.Deleted:
                ref var entry = ref Entries[handle];
                entry.IsDeleted = true;
                Current.Deleted.Add(draft.Client, draft.Clock, entry.Length);
                return;
            case EntryKind.Format:
                Types[draft.Parent].Set(TypeFlags.HasFormats);
                HasFormats = true;
                return;
            case EntryKind.Type:
                Types[(int)draft.Value].Item = handle;
                break;
        }

        if (draft.Key == 0)
        {
            Types[draft.Parent].Length += Entries[handle].Length;
        }
    }

    /// <summary>Writes an item's origin down before its left neighbour, which tells it, is replaced.</summary>
    private void KeepOrigin(int handle)
    {
        if (Entries[handle].Origin != OriginKind.Left)
        {
            return;
        }

        TryGetOrigin(handle, out var client, out var clock);
        ref var entry = ref Entries[handle];
        if (!entry.HasRightOrigin)
        {
            var row = Rows.Add(new OriginRow { Key = entry.Key });
            entry.Key = row;
        }

        ref var origins = ref Rows[entry.Key];
        origins.OriginClient = client;
        origins.OriginClock = clock;
        entry.Origin = OriginKind.Row;
    }

    /// <summary>
    /// The first item of the key that ends with a tail. Asked again for the same tail it goes on from the answer before:
    /// thousands of clients may have set one key, and each of them would walk past all the others.
    /// </summary>
    private int FirstOf(int tail)
    {
        if (tail == 0)
        {
            return 0;
        }

        var first = _chain.Tail == tail && _chain.Epoch == Epoch ? _chain.First : tail;
        while (Entries[first].Left is var left and not 0)
        {
            first = left;
        }

        _chain = (tail, first, Epoch);
        return first;
    }

    /// <summary>
    /// The item behind which a new one goes, among those that others put between its origin and its right origin.
    /// </summary>
    /// <remarks>
    /// <code>
    ///   origin  o1 o2 o3 …  right origin
    ///          ^ left moves over an o when the new item belongs behind it
    ///
    ///   same origin as mine: the lower client id comes first, so left moves over it; when even the right origins are the
    ///                        same, an o of a higher id ends the scan, else what follows decides
    ///   its origin is among the o's: it belongs to that o. Left moves over it if left already moved over that o
    ///   its origin is further left: it is not between us any more, and the scan ends
    /// </code>
    /// </remarks>
    private int FindLeft(in Draft draft, in MapSlot slot)
    {
        var left = draft.Left;
        if (left == 0 ? draft.Right != 0 && Entries[draft.Right].Left == 0 : RightOf(left) == draft.Right)
        {
            return left; // nobody is between
        }

        var other = left != 0 ? RightOf(left) : draft.Key != 0 ? FirstOf(slot.Tail) : Types[draft.Parent].Start;
        var myId = Clients[draft.Client].Id;
        var passed = 0; // left has moved over the first so many of what was scanned
        _scanned.Clear();
        for (; other != 0 && other != draft.Right; other = RightOf(other))
        {
            _scanned.Add(other);
            var hasOrigin = TryGetOrigin(other, out var originClient, out var originClock);
            if (hasOrigin == draft.HasOrigin && (!hasOrigin || (originClient == draft.OriginClient && originClock == draft.OriginClock)))
            {
                if (ClientId(other) < myId)
                {
                    left = other;
                    passed = _scanned.Count;
                }
                else if (HasRightOriginOf(draft, other))
                {
                    break;
                }
            }
            else if (hasOrigin && _scanned.IndexOf(Clients.HandleAt(originClient, originClock)) is var index and >= 0)
            {
                if (index < passed)
                {
                    left = other;
                    passed = _scanned.Count;
                }
            }
            else
            {
                break;
            }
        }

        return left;
    }

    private bool HasRightOriginOf(in Draft draft, int other)
    {
        var has = TryGetRightOrigin(other, out var client, out var clock);
        return has == draft.HasRightOrigin && (!has || (client == draft.RightClient && clock == draft.RightClock));
    }

    /// <summary>Items in the order in which a scan met them.</summary>
    private sealed class ScannedItems
    {
        private const int LinearLimit = 16;

        private readonly List<int> _items = [];
        private Dictionary<int, int>? _index;

        public int Count => _items.Count;

        public void Add(int handle)
        {
            _items.Add(handle);
            if (_index is not null)
            {
                _index.Add(handle, _items.Count - 1);
            }
            else if (_items.Count > LinearLimit)
            {
                _index = new(LinearLimit * 4);
                for (var i = 0; i < _items.Count; i++)
                {
                    _index.Add(_items[i], i);
                }
            }
        }

        public int IndexOf(int handle) => _index is null ? _items.IndexOf(handle) : _index.GetValueOrDefault(handle, -1);

        public void Clear()
        {
            _items.Clear();
            _index = null;
        }
    }
}
