namespace TinyStore.Yjs;

/// <summary>What a <see cref="YValue"/> is.</summary>
public enum YValueKind : byte
{
    /// <summary>JavaScript's undefined; also <c>default(YValue)</c>.</summary>
    Undefined,

    /// <summary>JavaScript's null.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A JavaScript number: a 64-bit float, whole or not.</summary>
    Number,

    /// <summary>A JavaScript bigint that fits 64 bits.</summary>
    BigInt,

    /// <summary>Text.</summary>
    String,

    /// <summary>Bytes (a JavaScript Uint8Array).</summary>
    Binary,

    /// <summary>A plain object: a value of its own, that merges as a whole.</summary>
    Object,

    /// <summary>A plain array: a value of its own, that merges as a whole.</summary>
    Array,

    /// <summary>A shared type, nested in the document.</summary>
    Type,

    /// <summary>A subdocument.</summary>
    Doc,
}
