using System.Runtime.CompilerServices;

namespace TinyStore.Yjs.Structs;

/// <summary>What an <see cref="Entry"/> holds. Up to <see cref="String"/> the length is in the upper half of the value.</summary>
internal enum EntryKind : byte
{
    GC,
    Deleted,
    Json,
    Any,
    String,
    Binary,
    Embed,
    Format,
    Doc,
    Type,
    Undefined,
    Null,
    False,
    True,
    Integer,
    Float32,
    Float64,
    BigInt,
}

/// <summary>Whether an item has an origin, and where it is written down.</summary>
internal enum OriginKind : byte
{
    None,

    /// <summary>The last id of its left neighbour.</summary>
    Left,

    /// <summary>In the item's <see cref="OriginRow"/>.</summary>
    Row,
}

/// <summary>
/// One struct of the document in 32 bytes: an item, or a stretch of collected clocks. Handles (indexes in the slab) survive
/// splits and merges; the order of handles means nothing.
/// </summary>
/// <remarks>
/// <code>
/// Left    4  left neighbour, 0 none
/// Right   4  right neighbour, 0 none; for the last item of a key in a chained map: the last item of the next key
/// Place   4  type it is in (28 bits) | OriginKind (2) | has a right origin (1) | is a map item (1)
/// Key     4  key of a map item; with a row (HasRow): index of the OriginRow, which has the key then
/// Value   8  length in the upper half for GC … String; address of the content in the lower half for Json … Doc (in the upper
///            half of Embed and Format: 1 when the content is a lib0 value, 0 when it is JSON text);
///            index of the type for Type; the value itself for Integer … BigInt
/// Clock   4
/// Meta    4  client (24 bits) | EntryKind (5) | last of its key (1) | keep (1) | deleted (1)
/// </code>
/// </remarks>
internal struct Entry
{
    public const int MaxClients = 1 << 24;
    public const int MaxTypes = 1 << 28;

    /// <summary>-0 as an integer: the sign is apart from the magnitude on the wire.</summary>
    public const long NegativeZero = long.MinValue;

    private const uint TypeMask = MaxTypes - 1;
    private const int OriginShift = 28;
    private const uint RightOriginBit = 1u << 30;
    private const uint MapBit = 1u << 31;
    private const uint ClientMask = MaxClients - 1;
    private const int KindShift = 24;
    private const uint KindMask = 31u << KindShift;
    private const uint TailBit = 1u << 29;
    private const uint KeepBit = 1u << 30;
    private const uint DeletedBit = 1u << 31;

    public int Left;
    public int Right;
    private uint _place;
    public int Key;
    public long Value;
    public uint Clock;
    private uint _meta;

    public Entry(int client, uint clock, EntryKind kind, long value)
    {
        Clock = clock;
        Value = value;
        _meta = (uint)client | ((uint)kind << KindShift);
    }

    /// <summary>Becomes the first item of a key, which has neither neighbours nor origins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetCell(int client, uint clock, EntryKind kind, long value, int parent, int key)
    {
        Left = 0;
        Right = 0;
        _place = (uint)parent | MapBit;
        Key = key;
        Value = value;
        Clock = clock;
        _meta = (uint)client | ((uint)kind << KindShift);
    }

    /// <summary>Becomes an item in its place. A row, where it has one, is put into <see cref="Key"/> afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetItem(in Draft draft, int left, OriginKind origin)
    {
        Left = left;
        Right = 0;
        _place = (uint)draft.Parent | ((uint)origin << OriginShift) | (draft.HasRightOrigin ? RightOriginBit : 0) | (draft.Key != 0 ? MapBit : 0);
        Key = draft.Key;
        Value = draft.Value;
        Clock = draft.Clock;
        _meta = (uint)draft.Client | ((uint)draft.Kind << KindShift);
    }

    public readonly int Client => (int)(_meta & ClientMask);

    public EntryKind Kind
    {
        readonly get => (EntryKind)((_meta & KindMask) >> KindShift);
        set => _meta = (_meta & ~KindMask) | ((uint)value << KindShift);
    }

    /// <summary>The index of the type that it is in.</summary>
    public int Parent
    {
        readonly get => (int)(_place & TypeMask);
        set => _place = (_place & ~TypeMask) | (uint)value;
    }

    public OriginKind Origin
    {
        readonly get => (OriginKind)((_place >> OriginShift) & 3);
        set => _place = (_place & ~(3u << OriginShift)) | ((uint)value << OriginShift);
    }

    public bool HasRightOrigin
    {
        readonly get => (_place & RightOriginBit) != 0;
        set => _place = value ? _place | RightOriginBit : _place & ~RightOriginBit;
    }

    public bool IsMapItem
    {
        readonly get => (_place & MapBit) != 0;
        set => _place = value ? _place | MapBit : _place & ~MapBit;
    }

    /// <summary>The last item of its key: the one that counts.</summary>
    public bool IsTail
    {
        readonly get => (_meta & TailBit) != 0;
        set => _meta = value ? _meta | TailBit : _meta & ~TailBit;
    }

    /// <summary>Never collected.</summary>
    public bool Keep
    {
        readonly get => (_meta & KeepBit) != 0;
        set => _meta = value ? _meta | KeepBit : _meta & ~KeepBit;
    }

    public bool IsDeleted
    {
        readonly get => (_meta & DeletedBit) != 0;
        set => _meta = value ? _meta | DeletedBit : _meta & ~DeletedBit;
    }

    public readonly bool HasRow => Origin == OriginKind.Row || HasRightOrigin;

    public readonly bool IsGC => Kind == EntryKind.GC;

    /// <summary>Whether it counts as elements of a list.</summary>
    public readonly bool IsCountable => Kind is not (EntryKind.GC or EntryKind.Deleted or EntryKind.Format);

    public readonly bool HasContent => Kind is >= EntryKind.Json and <= EntryKind.Doc;

    public readonly bool CanBeLong => Kind <= EntryKind.String;

    /// <summary>How many clocks it takes.</summary>
    public readonly uint Length
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind <= EntryKind.String ? (uint)(Value >> 32) : 1;
    }

    public readonly uint EndClock => Clock + Length;

    public readonly uint LastClock => Clock + Length - 1;

    /// <summary>The address of the content (Json … Doc) or the index of the type (Type).</summary>
    public readonly uint Address => (uint)Value;

    /// <summary>Whether the value of an Embed or a Format is held as lib0 value (it came in format V2), not as JSON text.</summary>
    public readonly bool HoldsAny => Value >> 32 != 0;

    public static long LongValue(uint address, uint length) => address | ((long)length << 32);

    public void SetContent(EntryKind kind, long value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>Turns it into a collected struct: only its clocks and its client stay.</summary>
    public void SetGC()
    {
        Value = LongValue(0, Length);
        Left = 0;
        Right = 0;
        Key = 0;
        _place = 0;
        _meta = (_meta & ClientMask) | DeletedBit;
    }
}

/// <summary>Origins that the neighbours do not tell, of one item. 20 bytes.</summary>
internal struct OriginRow
{
    /// <summary>The key of a map item, whose entry points here instead.</summary>
    public int Key;
    public int OriginClient;
    public uint OriginClock;
    public int RightClient;
    public uint RightClock;
}
