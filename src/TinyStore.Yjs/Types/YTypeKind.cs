namespace TinyStore.Yjs;

/// <summary>The kinds of shared types, with the numbers that updates use for them.</summary>
public enum YTypeKind : byte
{
    /// <summary>A list of values: <see cref="YArray"/>.</summary>
    Array = 0,

    /// <summary>Keys with values: <see cref="YMap"/>.</summary>
    Map = 1,

    /// <summary>Text with formats: <see cref="YText"/>.</summary>
    Text = 2,

    /// <summary>An element with a name, attributes and children: <see cref="YXmlElement"/>.</summary>
    XmlElement = 3,

    /// <summary>A list of XML nodes: <see cref="YXmlFragment"/>. (Yjs 14 writes this number for every nested type.)</summary>
    XmlFragment = 4,

    /// <summary>A map with a hook's name, shown as a <see cref="YMap"/>.</summary>
    XmlHook = 5,

    /// <summary>A text node: <see cref="YXmlText"/>.</summary>
    XmlText = 6,
}
