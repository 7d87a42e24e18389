using System.Diagnostics.CodeAnalysis;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

// Objects and arrays: making them of values, taking them apart, comparing them.
public readonly partial struct YValue
{
    /// <summary>An array of values.</summary>
    /// <exception cref="InvalidOperationException">A value is a shared type or a subdocument.</exception>
    /// <exception cref="ArgumentException">It would nest deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    public static YValue FromArray(params ReadOnlySpan<YValue> values)
    {
        using var writer = new Lib0Writer();
        writer.WriteByte(Lib0Tag.Array);
        writer.WriteVarUint((uint)values.Length);
        foreach (var value in values)
        {
            value.WriteAny(writer);
        }

        return FromWritten(YValueKind.Array, writer);
    }

    /// <summary>
    /// An object. Keys keep their order, except that JavaScript's rule holds: keys that are array indexes come first, in
    /// ascending order, and of equal keys the last value counts.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value is a shared type or a subdocument.</exception>
    /// <exception cref="ArgumentException">It would nest deeper than <see cref="DecoderLimits.MaxDepth"/>.</exception>
    public static YValue FromObject(IEnumerable<KeyValuePair<string, YValue>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        using var writer = new Lib0Writer();
        var builder = new AnyObjectBuilder(writer);
        foreach (var (key, value) in properties)
        {
            builder.Key(key);
            value.WriteAny(writer);
        }

        builder.End();
        return FromWritten(YValueKind.Object, writer);
    }

    /// <summary>The elements, if it is an array. Each call decodes them anew.</summary>
    public bool TryGetItems([NotNullWhen(true)] out IReadOnlyList<YValue>? items)
    {
        if (_kind != YValueKind.Array)
        {
            items = null;
            return false;
        }

        var reader = new Lib0Reader(Bytes, 1);
        var result = new YValue[reader.ReadCount()];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = ReadAny(ref reader);
        }

        items = result;
        return true;
    }

    /// <summary>The properties in their order, if it is an object. Each call decodes them anew.</summary>
    public bool TryGetProperties([NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, YValue>>? properties)
    {
        if (_kind != YValueKind.Object)
        {
            properties = null;
            return false;
        }

        var reader = new Lib0Reader(Bytes, 1);
        var result = new KeyValuePair<string, YValue>[reader.ReadCount(2)];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = new(reader.ReadVarString(), ReadAny(ref reader));
        }

        properties = result;
        return true;
    }

    private static YValue FromWritten(YValueKind kind, Lib0Writer writer)
    {
        try
        {
            var reader = new Lib0Reader(writer.Written);
            Lib0Any.Validate(ref reader);
        }
        catch (YUpdateFormatException e)
        {
            throw new ArgumentException(e.Message, e);
        }

        return new(kind, writer.ToArray());
    }

    private bool ContainerEquals(in YValue other)
    {
        if (TryGetItems(out var items))
        {
            other.TryGetItems(out var otherItems);
            return items.SequenceEqual(otherItems!);
        }

        var mine = ToDictionary();
        var others = other.ToDictionary();
        return mine.Count == others.Count && mine.All(pair => others.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value));
    }

    private int ContainerHash()
    {
        var hash = (int)_kind;
        if (TryGetItems(out var items))
        {
            foreach (var item in items)
            {
                hash = HashCode.Combine(hash, item);
            }

            return hash;
        }

        foreach (var (key, value) in ToDictionary())
        {
            hash += HashCode.Combine(key, value); // a sum: the order of keys does not count
        }

        return hash;
    }

    private Dictionary<string, YValue> ToDictionary()
    {
        TryGetProperties(out var properties);
        var result = new Dictionary<string, YValue>(properties!.Count, StringComparer.Ordinal);
        foreach (var (key, value) in properties)
        {
            result[key] = value;
        }

        return result;
    }
}
