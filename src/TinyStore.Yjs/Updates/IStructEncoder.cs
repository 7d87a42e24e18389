using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Where structs are written: a call for each part, in the order in which format V1 has them. Implemented by structs alone, so
/// that what writes to one is compiled once for each format, without calls through an interface.
/// </summary>
internal interface IStructEncoder
{
    /// <summary>Where lib0 values and the parts that look the same in both formats go.</summary>
    Lib0Writer Values { get; }

    /// <summary>How many clients follow.</summary>
    void WriteGroupCount(uint groups);

    void BeginGroup(uint structs, ulong client, uint clock);

    void WriteInfo(byte info);

    void WriteOrigin(ulong client, uint clock);

    void WriteRightOrigin(ulong client, uint clock);

    void WriteParentItem(ulong client, uint clock);

    void WriteParentRoot(ReadOnlySpan<byte> name);

    /// <summary>A map key, a text or a guid.</summary>
    void WriteString(ReadOnlySpan<byte> utf8);

    /// <summary>The length of GC, Deleted, Json and Any.</summary>
    void WriteLength(uint length);

    /// <summary>The texts of a Json, each with its length before it.</summary>
    void WriteTexts(ReadOnlySpan<byte> texts, uint count);

    void WriteTypeRef(byte type);

    /// <summary>The name of an XML element or the key of a format.</summary>
    void WriteName(ReadOnlySpan<byte> utf8);

    /// <summary>The value of an Embed or a Format.</summary>
    /// <param name="value">Its bytes, without a length.</param>
    /// <param name="isAny">Whether it is a lib0 value, else it is JSON text.</param>
    void WriteValue(ReadOnlySpan<byte> value, bool isAny);
}
