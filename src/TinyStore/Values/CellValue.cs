using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TinyStore;

/// <summary>
/// The content of a cell or a value: null, a boolean, a number (double), a string, or an object or array held as JSON
/// text. Sixteen bytes; numbers and booleans are not boxed.
/// </summary>
/// <remarks>
/// Two values are equal where TinyBase sees no change between them: numbers by value (so 0 equals -0), strings by code
/// units, objects and arrays by their text (so the order of keys counts). <c>default</c> is
/// <see cref="CellKind.Undefined"/>, which stands for "missing" and is invalid in a store, as are NaN, the infinities,
/// the string U+FFFC and strings that begin with U+FFFD, which TinyBase keeps for itself.
/// </remarks>
public readonly struct CellValue : IEquatable<CellValue>
{
    /// <summary>TinyBase's mark of an encoded object or array: this character and then its JSON text.</summary>
    internal const char EncodedPrefix = '\uFFFD';

    /// <summary>The string by which TinyBase writes "undefined" in JSON.</summary>
    internal const string UndefinedText = "\uFFFC";

    private const double TextIsString = 0;
    private const double TextIsObject = 1;
    private const double TextIsArray = 2;

    private static readonly object NullTag = new();
    private static readonly object BooleanTag = new();
    private static readonly object NumberTag = new();

    // A tag says the kind and _number carries the value; or a string, and then _number says what the string is.
    // Objects and arrays keep the encoded text with its prefix, because that is what documents and JSON carry.
    private readonly object? _content;
    private readonly double _number;

    private CellValue(object content, double number)
    {
        _content = content;
        _number = number;
    }

    /// <summary>A number. NaN and the infinities can be made but no store accepts them.</summary>
    public CellValue(double value) : this(NumberTag, value)
    {
    }

    /// <summary>A boolean.</summary>
    public CellValue(bool value) : this(BooleanTag, value ? 1 : 0)
    {
    }

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentNullException">The reference is null. A null that is a content is <see cref="Null"/>.</exception>
    public CellValue(string value) : this(value ?? throw new ArgumentNullException(nameof(value)), TextIsString)
    {
    }

    /// <summary>The present null.</summary>
    public static CellValue Null => new(NullTag, 0);

    /// <summary>What this value holds.</summary>
    public CellKind Kind
    {
        get
        {
            if (ReferenceEquals(_content, NumberTag))
            {
                return CellKind.Number;
            }
            if (_content is null)
            {
                return CellKind.Undefined;
            }
            if (ReferenceEquals(_content, BooleanTag))
            {
                return CellKind.Boolean;
            }
            if (ReferenceEquals(_content, NullTag))
            {
                return CellKind.Null;
            }
            return _number switch
            {
                TextIsString => CellKind.String,
                TextIsObject => CellKind.Object,
                _ => CellKind.Array,
            };
        }
    }

    /// <summary>True for <c>default(CellValue)</c>: there is no value.</summary>
    public bool IsUndefined => _content is null;

    /// <summary>True for the present null.</summary>
    public bool IsNull => ReferenceEquals(_content, NullTag);

    /// <summary>True for an object or an array.</summary>
    public bool IsJson => _content is string && _number != TextIsString;

    /// <summary>A value from JSON: an object or array is kept as JavaScript's <c>JSON.stringify</c> would write it
    /// (except that the order of keys is always kept); a string, number, boolean or null becomes that value.</summary>
    /// <exception cref="FormatException">The text is not valid JSON, or nests deeper than 1,000 levels.</exception>
    public static CellValue FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return JsonReading.ReadCell(json);
    }

    /// <summary>
    /// The value behind a string that TinyBase stored: U+FFFD and JSON text is an object or array (whose text is kept as it
    /// is), any other string is itself.
    /// </summary>
    /// <returns>False where the string is reserved: U+FFFC, or U+FFFD followed by anything but a JSON object or array.</returns>
    public static bool TryFromEncoded(string text, out CellValue value)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 0 && text[0] == EncodedPrefix)
        {
            return JsonReading.TryGetJsonKind(text.AsSpan(1), out var kind)
                ? Assign(FromValidEncoded(text, kind), out value)
                : Assign(default, out value, false);
        }
        return text == UndefinedText ? Assign(default, out value, false) : Assign(new CellValue(text), out value);

        static bool Assign(CellValue from, out CellValue to, bool result = true)
        {
            to = from;
            return result;
        }
    }

    internal static CellValue FromValidEncoded(string encoded, CellKind kind) =>
        new(encoded, kind == CellKind.Object ? TextIsObject : TextIsArray);

    /// <summary>Gets the string, where this is one.</summary>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = _number == TextIsString ? _content as string : null;
        return value is not null;
    }

    /// <summary>Gets the number, where this is one.</summary>
    public bool TryGetDouble(out double value)
    {
        var isNumber = ReferenceEquals(_content, NumberTag);
        value = isNumber ? _number : 0;
        return isNumber;
    }

    /// <summary>Gets the boolean, where this is one.</summary>
    public bool TryGetBoolean(out bool value)
    {
        var isBoolean = ReferenceEquals(_content, BooleanTag);
        value = isBoolean && _number != 0;
        return isBoolean;
    }

    /// <summary>Gets the JSON text, where this is an object or an array.</summary>
    public bool TryGetJson([NotNullWhen(true)] out string? json)
    {
        json = IsJson ? Unsafe.As<string>(_content!)[1..] : null;
        return json is not null;
    }

    /// <summary>Gets TinyBase's stored form of an object or array, U+FFFD and the JSON text, without allocating; false
    /// for every other kind.</summary>
    public bool TryGetEncoded([NotNullWhen(true)] out string? encoded)
    {
        encoded = IsJson ? Unsafe.As<string>(_content!) : null;
        return encoded is not null;
    }

    /// <summary>The string.</summary>
    /// <exception cref="InvalidOperationException">This is not a string.</exception>
    public string AsString() => TryGetString(out var value) ? value : throw Errors.WrongKind(CellKind.String, Kind);

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">This is not a number.</exception>
    public double AsDouble() => TryGetDouble(out var value) ? value : throw Errors.WrongKind(CellKind.Number, Kind);

    /// <summary>The boolean.</summary>
    /// <exception cref="InvalidOperationException">This is not a boolean.</exception>
    public bool AsBoolean() => TryGetBoolean(out var value) ? value : throw Errors.WrongKind(CellKind.Boolean, Kind);

    /// <summary>The JSON text of the object or array.</summary>
    /// <exception cref="InvalidOperationException">This is neither an object nor an array.</exception>
    public string AsJson() => TryGetJson(out var json) ? json : throw Errors.WrongKind(CellKind.Object, Kind);

    /// <summary>This value as JSON text, numbers and strings written as JavaScript writes them; a number that JSON
    /// cannot write and an undefined value give <c>null</c>.</summary>
    public string ToJson()
    {
        if (TryGetJson(out var json))
        {
            return json;
        }
        using var writer = new JsonText();
        writer.WriteScalar(this);
        return writer.ToString();
    }

    /// <summary>The value as JavaScript would print it: a string as it is, everything else as JSON; <c>undefined</c> where
    /// there is no value.</summary>
    public override string ToString() => Kind switch
    {
        CellKind.Undefined => "undefined",
        CellKind.String => AsString(),
        CellKind.Number => JsonNumber.ToString(_number),
        _ => ToJson(),
    };

    /// <summary>Equality as described on the type.</summary>
    public bool Equals(CellValue other)
    {
        if (ReferenceEquals(_content, other._content))
        {
            return _number == other._number || (double.IsNaN(_number) && double.IsNaN(other._number));
        }
        return _content is string text && other._content is string otherText
            && _number == other._number && text == otherText;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CellValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _content is string text
        ? HashCode.Combine(text, _number)
        : HashCode.Combine(Kind, _number == 0 ? 0 : _number);

    /// <summary>Whether the two are equal, as described on the type.</summary>
    public static bool operator ==(CellValue left, CellValue right) => left.Equals(right);

    /// <summary>Whether the two differ, as described on the type.</summary>
    public static bool operator !=(CellValue left, CellValue right) => !left.Equals(right);

    // Not nullable on purpose: else "missing ? null : cell" would quietly be CellValue.Null and not a CellValue? without value.
    /// <summary>A string.</summary>
    /// <exception cref="ArgumentNullException">The reference is null. A null that is a content is <see cref="Null"/>.</exception>
    public static implicit operator CellValue(string value) => new(value);

    /// <summary>A number.</summary>
    public static implicit operator CellValue(double value) => new(value);

    /// <summary>A number.</summary>
    public static implicit operator CellValue(int value) => new((double)value);

    /// <summary>A number. As in JavaScript, what lies beyond 2^53 is rounded to a double.</summary>
    public static implicit operator CellValue(long value) => new((double)value);

    /// <summary>A boolean.</summary>
    public static implicit operator CellValue(bool value) => new(value);

    /// <summary>Whether a store without a schema accepts this value: no undefined, no NaN or infinity, no reserved string.</summary>
    internal bool IsStorable
    {
        get
        {
            if (ReferenceEquals(_content, NumberTag))
            {
                return double.IsFinite(_number);
            }
            return _content is not null && (_content is not string text || _number != TextIsString || !IsReserved(text));
        }
    }

    internal static bool IsReserved(string text) =>
        text.Length > 0 && (text[0] == EncodedPrefix || (text.Length == 1 && text[0] == UndefinedText[0]));

    /// <summary>The same value with the missing one as null.</summary>
    internal CellValue? OrNull() => _content is null ? default(CellValue?) : this;
}
