using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Yjs;

// Reads that say which type they want. A value of another kind is neither decoded nor boxed.
public sealed partial class YMap
{
    /// <summary>Reads a boolean.</summary>
    /// <returns>False when the key has no value, or one that is not a boolean.</returns>
    public bool TryGetBoolean(string key, out bool value)
    {
        var found = TryGet(key, YValueKind.Boolean, out var read);
        read.TryGetBoolean(out value);
        return found;
    }

    /// <summary>Reads a number.</summary>
    /// <returns>False when the key has no value, or one that is not a number (a bigint is not).</returns>
    public bool TryGetDouble(string key, out double value)
    {
        var found = TryGet(key, YValueKind.Number, out var read);
        read.TryGetDouble(out value);
        return found;
    }

    /// <summary>Reads a whole number of at most 32 bits.</summary>
    /// <returns>False when the key has no value, or one that is not such a number.</returns>
    public bool TryGetInt32(string key, out int value)
    {
        var fits = TryGetInt64(key, out var wide) && wide == (int)wide;
        value = fits ? (int)wide : 0;
        return fits;
    }

    /// <summary>Reads a whole number of at most 64 bits.</summary>
    /// <returns>False when the key has no value, or one that is not such a number (a bigint is not: <see cref="TryGetBigInt"/>).</returns>
    public bool TryGetInt64(string key, out long value)
    {
        TryGet(key, YValueKind.Number, out var read);
        return read.TryGetInt64(out value);
    }

    /// <summary>Reads a bigint.</summary>
    /// <returns>False when the key has no value, or one that is not a bigint.</returns>
    public bool TryGetBigInt(string key, out long value)
    {
        var found = TryGet(key, YValueKind.BigInt, out var read);
        read.TryGetBigInt(out value);
        return found;
    }

    /// <summary>Reads text. Each call decodes it anew.</summary>
    /// <returns>False when the key has no value, or one that is not text.</returns>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        TryGet(key, YValueKind.String, out var read);
        return read.TryGetString(out value);
    }

    /// <summary>Reads bytes. Each call copies them.</summary>
    /// <returns>False when the key has no value, or one that is not bytes.</returns>
    public bool TryGetBinary(string key, out ReadOnlyMemory<byte> value)
    {
        TryGet(key, YValueKind.Binary, out var read);
        return read.TryGetBinary(out value);
    }

    /// <summary>Reads a nested map.</summary>
    /// <returns>False when the key has no value, or one that is not a map.</returns>
    public bool TryGetMap(string key, [NotNullWhen(true)] out YMap? map)
    {
        var item = FindLive(key);
        map = item != 0 && Doc.Store.IsMap(item) ? new YMap(Doc, (int)Doc.Store.Entries[item].Value) : null;
        return map is not null;
    }

    /// <summary>What the value of a key is, without decoding it.</summary>
    /// <returns>False when the key has no value.</returns>
    public bool TryGetKind(string key, out YValueKind kind)
    {
        var item = FindLive(key);
        kind = item != 0 ? Doc.KindOfLast(item) : YValueKind.Undefined;
        return item != 0;
    }

    private bool TryGet(string key, YValueKind kind, out YValue value)
    {
        var item = FindLive(key);
        var found = item != 0 && Doc.KindOfLast(item) == kind;
        value = found ? Doc.ReadLast(item) : default;
        return found;
    }
}
