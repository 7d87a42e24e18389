namespace TinyStore.Yjs.Updates;

/// <summary>What a struct of an update carries: the low five bits of its info byte.</summary>
internal enum YContentKind : byte
{
    /// <summary>A stretch of clocks whose content and place were collected.</summary>
    GC = 0,

    /// <summary>An item that kept its place and lost its content.</summary>
    Deleted = 1,

    /// <summary>Values as JSON text (what early versions wrote).</summary>
    Json = 2,
    Binary = 3,
    String = 4,
    Embed = 5,
    Format = 6,
    Type = 7,
    Any = 8,
    Doc = 9,

    /// <summary>A hole: clocks that this update says nothing about.</summary>
    Skip = 10,
}

/// <summary>How a struct names its parent.</summary>
internal enum YParentKind : byte
{
    /// <summary>Not at all: it is the parent of the origin, else of the right origin.</summary>
    FromOrigin,

    /// <summary>By the name of a root type.</summary>
    Root,

    /// <summary>By the id of the item that holds the parent type.</summary>
    Item,
}
