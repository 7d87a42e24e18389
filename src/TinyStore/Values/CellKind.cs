namespace TinyStore;

/// <summary>What a <see cref="CellValue"/> holds: the types of a TinyBase cell or value.</summary>
public enum CellKind : byte
{
    /// <summary>Nothing: only <c>default(CellValue)</c>. A store never holds it.</summary>
    Undefined,

    /// <summary>A present null, which is not the same as a missing cell.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An IEEE 754 double, as every number of JavaScript.</summary>
    Number,

    /// <summary>A string of UTF-16 code units.</summary>
    String,

    /// <summary>A JSON object, held as its text.</summary>
    Object,

    /// <summary>A JSON array, held as its text.</summary>
    Array,
}
