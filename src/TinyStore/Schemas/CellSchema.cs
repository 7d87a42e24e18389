namespace TinyStore;

/// <summary>
/// What a cell or a value may be: one of some types, or one of some given contents; and what happens where it is missing.
/// </summary>
/// <example><code>
/// new CellSchema(CellKind.String) { Default = "dog" }
/// new CellSchema(CellKind.Number, CellKind.String)
/// CellSchema.OneOf("small", "large")
/// </code></example>
public sealed class CellSchema
{
    /// <summary>A cell of one of the types.</summary>
    /// <param name="types">One or more of String, Number, Boolean, Object, Array.</param>
    /// <exception cref="ArgumentException">There is no type, or one that a schema cannot name (null has
    /// <see cref="AllowNull"/>).</exception>
    public CellSchema(params ReadOnlySpan<CellKind> types)
    {
        if (types.IsEmpty || types.ContainsAnyExcept([CellKind.String, CellKind.Number, CellKind.Boolean, CellKind.Object, CellKind.Array]))
        {
            throw new ArgumentException("A cell schema needs one or more of the types String, Number, Boolean, Object and Array. For null set AllowNull.", nameof(types));
        }
        Types = types.ToArray();
        Enum = [];
    }

    private CellSchema(IReadOnlyList<CellKind> types, IReadOnlyList<CellValue> values)
    {
        Types = types;
        Enum = values;
    }

    /// <summary>The types allowed; empty where <see cref="Enum"/> says what is allowed.</summary>
    public IReadOnlyList<CellKind> Types { get; }

    /// <summary>The contents allowed; empty where <see cref="Types"/> says what is allowed.</summary>
    public IReadOnlyList<CellValue> Enum { get; }

    /// <summary>What the cell gets where it is missing or invalid.</summary>
    /// <value>The default value is null: it gets nothing.</value>
    public CellValue? Default { get; init; }

    /// <summary>Whether the cell may be null.</summary>
    /// <value>The default value is false.</value>
    public bool AllowNull { get; init; }

    /// <summary>Whether a row that is set as a whole (or all values) is refused where this is missing and has no default.</summary>
    /// <value>The default value is false.</value>
    public bool Required { get; init; }

    /// <summary>The members as the JSON had them, so that they are written in that order; null for a schema made in code.</summary>
    internal IReadOnlyList<string>? JsonMembers { get; init; }

    /// <summary>Whether the JSON had an array of types, of one type even.</summary>
    internal bool TypeIsArray { get; init; }

    /// <summary>A cell that is one of the contents given.</summary>
    /// <param name="values">One or more strings, numbers and booleans.</param>
    /// <exception cref="ArgumentException">There is none, or one that a store could not hold, or null, an object or an array.</exception>
    public static CellSchema OneOf(params ReadOnlySpan<CellValue> values)
    {
        if (!IsEnum(values))
        {
            throw new ArgumentException("The contents allowed must be one or more strings, finite numbers and booleans, and not begin with U+FFFD or be U+FFFC.", nameof(values));
        }
        return new CellSchema([], values.ToArray());
    }

    /// <summary>The same contents allowed, with the other members given.</summary>
    internal CellSchema With(CellValue? value, bool allowNull, bool required, IReadOnlyList<string> jsonMembers, bool typeIsArray) =>
        new(Types, Enum)
        {
            Default = value,
            AllowNull = allowNull,
            Required = required,
            JsonMembers = jsonMembers,
            TypeIsArray = typeIsArray,
        };

    internal static bool IsEnum(ReadOnlySpan<CellValue> values)
    {
        foreach (var value in values)
        {
            if (!value.IsStorable || value.IsNull || value.IsJson)
            {
                return false;
            }
        }
        return !values.IsEmpty;
    }

    /// <summary>Whether the content fits.</summary>
    internal bool Allows(CellValue value)
    {
        if (value.IsNull)
        {
            return AllowNull;
        }
        return value.IsStorable && (Types.Count > 0 ? Types.Contains(value.Kind) : Enum.Contains(value));
    }

    internal bool HasValidDefault => Default is not { } value || Allows(value);
}
