using System.Diagnostics;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// One struct of an update as <see cref="YStructReader"/> found it. Plain numbers; names, keys and content are offsets into
/// the bytes that were read. A field whose flag is not set holds whatever the struct before left there.
/// </summary>
/// <remarks>
/// <code>
///  Start  Start+1                                     Body      Content         End
///  | info | origin? | right origin? | parent? | key? | prefix  | content bytes |
/// </code>
/// </remarks>
[DebuggerDisplay("{Kind} {Client}:{Clock}+{Length}")]
internal struct YStruct
{
    public const byte HasOriginFlag = 0x80;
    public const byte HasRightOriginFlag = 0x40;
    public const byte HasKeyFlag = 0x20;
    public const byte KindMask = 0x1F;

    public ulong Client;
    public uint Clock;

    /// <summary>How many clocks it takes, never 0: UTF-16 units of a string, values of Any and Json, 1 for what cannot be split.</summary>
    public uint Length;

    public YItemId Origin;
    public YItemId RightOrigin;

    /// <summary>Set when <see cref="ParentKind"/> is <see cref="YParentKind.Item"/>.</summary>
    public YItemId ParentId;

    /// <summary>Where the struct's info byte is.</summary>
    public int Start;

    /// <summary>The UTF-8 bytes of the root's name when <see cref="ParentKind"/> is <see cref="YParentKind.Root"/>.</summary>
    public int ParentNameStart;
    public int ParentNameLength;

    /// <summary>The UTF-8 bytes of the map key when <see cref="HasKey"/>.</summary>
    public int KeyStart;
    public int KeyLength;

    /// <summary>Where the encoded content begins, its length prefix or count included.</summary>
    public int Body;

    /// <summary>
    /// Where the content's own bytes begin. String: UTF-8. Binary: the bytes. Any: the values. Json: the elements, each a
    /// varString. Embed: the value's bytes (JSON text in V1). Type: the name, empty where the type has none. Format: key and
    /// value, both still prefixed. Doc: guid (varString) and options (any). GC, Deleted, Skip: nothing.
    /// </summary>
    public int Content;

    /// <summary>Where the struct ends.</summary>
    public int End;

    /// <summary>The info byte as it was written.</summary>
    public byte Info;
    public YContentKind Kind;
    public YParentKind ParentKind;

    /// <summary>
    /// A key is written here. (An item with an origin may carry the key flag in <see cref="Info"/> without writing the key:
    /// it has the key of its origin.)
    /// </summary>
    public bool HasKey;

    /// <summary>Which type, when <see cref="Kind"/> is <see cref="YContentKind.Type"/>.</summary>
    public byte TypeRef;

    public readonly bool HasOrigin => (Info & HasOriginFlag) != 0;

    public readonly bool HasRightOrigin => (Info & HasRightOriginFlag) != 0;

    public readonly uint EndClock => Clock + Length;

    public readonly YItemId Id => new(Client, Clock);

    public readonly YItemId LastId => new(Client, Clock + Length - 1);

    /// <summary>Everything except GC and Skip: it has a place and content.</summary>
    public readonly bool IsItem => Kind is not (YContentKind.GC or YContentKind.Skip);

    public readonly ReadOnlySpan<byte> ParentName(ReadOnlySpan<byte> update) => update.Slice(ParentNameStart, ParentNameLength);

    public readonly ReadOnlySpan<byte> Key(ReadOnlySpan<byte> update) => update.Slice(KeyStart, KeyLength);

    public readonly ReadOnlySpan<byte> ContentBytes(ReadOnlySpan<byte> update) => update[Content..End];
}
