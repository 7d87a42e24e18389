namespace TinyStore.Yjs.Structs;

/// <summary>What can be said of a type besides its kind.</summary>
[Flags]
internal enum TypeFlags : byte
{
    None = 0,

    /// <summary>Its map has a <see cref="MapIndex"/>.</summary>
    Hashed = 1 << 3,

    /// <summary>A format came into its list.</summary>
    HasFormats = 1 << 4,

    /// <summary>A root that somebody asked for as a certain kind.</summary>
    Declared = 1 << 5,
    Root = 1 << 6,
    Observed = 1 << 7,
}

/// <summary>
/// One shared type in 32 bytes. Every type is a list and a map at once: Yjs 14 puts map entries into what Yjs 13 calls a
/// fragment, so the number of the type only says how to show and to write it.
/// </summary>
/// <remarks>
/// <code>
/// A small map is a ring of the last items of its keys:
///
///   Map ──▶ tail of the last key ──Right──▶ tail of the first key ──Right──▶ … ──▶ back to the last
/// </code>
/// </remarks>
internal struct TypeRecord
{
    private const byte KindMask = 7;

    /// <summary>The handle of the item that holds it, 0 for a root.</summary>
    public int Item;

    /// <summary>The first item of the list.</summary>
    public int Start;

    /// <summary>How many elements of the list are visible.</summary>
    public uint Length;

    /// <summary>The last item of the key that came last; with <see cref="TypeFlags.Hashed"/> the index of its <see cref="MapIndex"/>.</summary>
    public int Map;

    /// <summary>How many keys have a value.</summary>
    public int LiveKeys;

    /// <summary>The key id of the root's name, or of the element's.</summary>
    public int Name;

    /// <summary>Differs each time the slot is used, so that a handle of a dead type does not show another one.</summary>
    public uint Serial;

    /// <summary>A bit for the low four bits of each key in the ring: a key whose bit is not set is not there.</summary>
    public ushort KeyBits;

    /// <summary>How many keys the ring has.</summary>
    public byte RingLength;
    private byte _kindAndFlags;

    public TypeRecord(YTypeKind kind, TypeFlags flags = TypeFlags.None) => _kindAndFlags = (byte)((byte)kind | (byte)flags);

    public YTypeKind Kind
    {
        readonly get => (YTypeKind)(_kindAndFlags & KindMask);
        set => _kindAndFlags = (byte)((_kindAndFlags & ~KindMask) | (byte)value);
    }

    public readonly bool IsHashed => Has(TypeFlags.Hashed);

    public readonly bool Has(TypeFlags flag) => (_kindAndFlags & (byte)flag) != 0;

    public void Set(TypeFlags flag) => _kindAndFlags |= (byte)flag;

    public void Clear(TypeFlags flag) => _kindAndFlags = (byte)(_kindAndFlags & ~(byte)flag);

    public static int BitOf(int key) => 1 << (key & 15);
}
