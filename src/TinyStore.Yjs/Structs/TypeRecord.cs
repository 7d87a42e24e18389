using System.Runtime.InteropServices;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// One shared type in 32 bytes. Every type is a list and a map at once: Yjs 14 puts map entries into what Yjs 13 calls a
/// fragment, so the number of the type only says how to show and to write it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TypeRecord
{
    public const byte Hashed = 1;
    public const byte HasFormats = 2;
    public const byte Declared = 4;
    public const byte Root = 8;
    public const byte Observed = 16;

    /// <summary>The handle of the item that holds it, 0 for a root.</summary>
    public int Item;

    /// <summary>The first item of the list.</summary>
    public int Start;

    /// <summary>How many elements of the list are visible.</summary>
    public uint Length;

    /// <summary>The last item of the map's first key; with <see cref="Hashed"/> the index of its <see cref="MapIndex"/>.</summary>
    public int Map;

    /// <summary>How many keys have a value.</summary>
    public int LiveKeys;

    /// <summary>The key id of the root's name, or of the element's.</summary>
    public int Name;

    /// <summary>Differs each time the slot is used, so that a handle of a dead type does not show another one.</summary>
    public uint Serial;
    public YTypeKind Kind;
    public byte Flags;

    public readonly bool IsRoot => (Flags & Root) != 0;

    public readonly bool IsHashed => (Flags & Hashed) != 0;
}
