using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

/// <summary>
/// A value in a Yjs document: what an entry of a map or an element of an array is. Immutable, 24 bytes, and neither numbers
/// nor booleans are boxed. Objects and arrays keep their encoded bytes, so that the order of keys and the way each number was
/// written survive.
/// </summary>
/// <remarks>Safe to share between threads, except for the shared types that a value of kind <see cref="YValueKind.Type"/> refers to.</remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public readonly partial struct YValue : IEquatable<YValue>
{
    // What _data is:   String: string   Binary: byte[]   Object, Array: byte[], the whole encoded value   Type: IYSharedType
    //                  Doc: byte[], guid and options as in an update   otherwise null
    // What _bits are:  Boolean: 0 or 1   Number: the bits of the double   BigInt: the long
    private readonly object? _data;
    private readonly long _bits;
    private readonly YValueKind _kind;

    private YValue(YValueKind kind, object? data, long bits = 0)
    {
        _kind = kind;
        _data = data;
        _bits = bits;
    }

    /// <summary>JavaScript's undefined.</summary>
    public static YValue Undefined => default;

    /// <summary>JavaScript's null.</summary>
    public static YValue Null => new(YValueKind.Null, null);

    /// <summary>What the value is.</summary>
    public YValueKind Kind => _kind;

    /// <summary>A boolean.</summary>
    public static implicit operator YValue(bool value) => new(YValueKind.Boolean, null, value ? 1 : 0);

    /// <summary>A number.</summary>
    public static implicit operator YValue(double value) => new(YValueKind.Number, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A number.</summary>
    public static implicit operator YValue(int value) => (double)value;

    /// <summary>Text; null becomes <see cref="Null"/>. An unpaired surrogate is stored as U+FFFD, as in JavaScript.</summary>
    public static implicit operator YValue(string? value) => value is null ? Null : new(YValueKind.String, value);

    /// <summary>A number.</summary>
    public static YValue FromDouble(double value) => value;

    /// <summary>A JavaScript number, which holds whole numbers exactly up to 2^53 and some beyond.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No 64-bit float equals the value; <see cref="FromBigInt"/> can hold it.</exception>
    public static YValue FromInt64(long value)
    {
        var number = (double)value;
        if (number >= 9223372036854775808.0 || (long)number != value)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A JavaScript number cannot hold this value exactly. Use FromBigInt.");
        }

        return number;
    }

    /// <summary>A JavaScript bigint. Peers get a bigint, not a number.</summary>
    public static YValue FromBigInt(long value) => new(YValueKind.BigInt, null, value);

    /// <summary>Text.</summary>
    public static YValue FromString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }

    /// <summary>Bytes, copied.</summary>
    public static YValue FromBinary(ReadOnlySpan<byte> value) => new(YValueKind.Binary, value.ToArray());

    /// <summary>The boolean, if it is one.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = _bits != 0;
        return _kind == YValueKind.Boolean;
    }

    /// <summary>The number, if it is one.</summary>
    public bool TryGetDouble(out double value)
    {
        value = _kind == YValueKind.Number ? BitConverter.Int64BitsToDouble(_bits) : 0;
        return _kind == YValueKind.Number;
    }

    /// <summary>The number, if it is one and whole and fits.</summary>
    public bool TryGetInt64(out long value)
    {
        if (TryGetDouble(out var number) && number is >= -9223372036854775808.0 and < 9223372036854775808.0 && Math.Truncate(number) == number)
        {
            value = (long)number;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>The bigint, if it is one.</summary>
    public bool TryGetBigInt(out long value)
    {
        value = _kind == YValueKind.BigInt ? _bits : 0;
        return _kind == YValueKind.BigInt;
    }

    /// <summary>The text, if it is text.</summary>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = _kind == YValueKind.String ? (string)_data! : null;
        return value is not null;
    }

    /// <summary>The bytes, if they are bytes. The value keeps sharing them: they do not change.</summary>
    public bool TryGetBinary(out ReadOnlyMemory<byte> value)
    {
        value = _kind == YValueKind.Binary ? (byte[])_data! : default;
        return _kind == YValueKind.Binary;
    }

    /// <summary>The guid of the subdocument, if it is one.</summary>
    public bool TryGetDocGuid([NotNullWhen(true)] out string? guid)
    {
        guid = _kind == YValueKind.Doc ? new Lib0Reader((byte[])_data!).ReadVarString() : null;
        return guid is not null;
    }

    /// <summary>The text itself where it is text, JSON otherwise.</summary>
    public override string ToString() => _kind == YValueKind.String ? (string)_data! : ToJson();

    /// <summary>Equal kind and equal content. Objects are equal whatever the order of their keys; NaN equals NaN, and 0 equals -0.</summary>
    public bool Equals(YValue other) => _kind == other._kind && _kind switch
    {
        YValueKind.Undefined or YValueKind.Null => true,
        YValueKind.Boolean or YValueKind.BigInt => _bits == other._bits,
        YValueKind.Number => BitConverter.Int64BitsToDouble(_bits).Equals(BitConverter.Int64BitsToDouble(other._bits)),
        YValueKind.String => string.Equals((string)_data!, (string)other._data!, StringComparison.Ordinal),
        YValueKind.Binary or YValueKind.Doc => Bytes.SequenceEqual(other.Bytes),
        YValueKind.Type => _data!.Equals(other._data),
        _ => Bytes.SequenceEqual(other.Bytes) || ContainerEquals(in other),
    };

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is YValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _kind switch
    {
        YValueKind.Undefined or YValueKind.Null => (int)_kind,
        YValueKind.Number => BitConverter.Int64BitsToDouble(_bits).GetHashCode(),
        YValueKind.String => string.GetHashCode((string)_data!, StringComparison.Ordinal),
        YValueKind.Type => _data!.GetHashCode(),
        YValueKind.Binary or YValueKind.Doc => HashOf(Bytes),
        YValueKind.Object or YValueKind.Array => ContainerHash(),
        _ => HashCode.Combine(_kind, _bits),
    };

    /// <summary>Whether the two are equal as <see cref="Equals(YValue)"/> says.</summary>
    public static bool operator ==(YValue left, YValue right) => left.Equals(right);

    /// <summary>Whether the two differ as <see cref="Equals(YValue)"/> says.</summary>
    public static bool operator !=(YValue left, YValue right) => !left.Equals(right);

    /// <summary>The bytes of a Binary, Object, Array or Doc.</summary>
    private ReadOnlySpan<byte> Bytes => (byte[])_data!;

    /// <summary>For debuggers: short whatever the value holds.</summary>
    internal string DebuggerText => _kind switch
    {
        YValueKind.String => (string)_data! is { Length: > 60 } text ? $"\"{text.AsSpan(0, 60)}\"… ({text.Length} characters)" : $"\"{_data}\"",
        YValueKind.Binary => $"{Bytes.Length} bytes",
        YValueKind.Object => $"object of {new Lib0Reader(Bytes, 1).ReadCount(2)} keys",
        YValueKind.Array => $"array of {new Lib0Reader(Bytes, 1).ReadCount()}",
        YValueKind.Type => ((YType)_data!).DebuggerText,
        YValueKind.Doc => $"subdocument {new Lib0Reader(Bytes).ReadVarString()}",
        YValueKind.Undefined => "undefined",
        _ => ToJson(),
    };

    private static int HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
