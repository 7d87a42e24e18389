namespace TinyStore.Yjs.Updates;

/// <summary>How the values of Embed and Format contents are written.</summary>
internal enum YContentFormat : byte
{
    /// <summary>As a varString of JSON text: format V1.</summary>
    Json,

    /// <summary>As a lib0 value: format V2, and V1 bytes made from it inside this library.</summary>
    Any,
}

/// <summary>The numbers by which updates name shared types.</summary>
internal static class YTypeRef
{
    public const byte Array = 0;
    public const byte Map = 1;
    public const byte Text = 2;
    public const byte XmlElement = 3;
    public const byte XmlFragment = 4;
    public const byte XmlHook = 5;
    public const byte XmlText = 6;
    public const byte Max = XmlText;

    /// <summary>XmlElement and XmlHook are followed by a name.</summary>
    public static bool HasName(byte typeRef) => typeRef is XmlElement or XmlHook;
}
