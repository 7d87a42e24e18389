using System.Globalization;

namespace TinyStore.Yjs.Lib0;

/// <summary>
/// Writes an "any" object whose size is not known beforehand, with its keys in the order that JavaScript would give them:
/// array indexes first and ascending, then the others as they came; of equal keys the first gives the place and the last the
/// value. Call <see cref="Key"/>, write the value, and so on; <see cref="End"/> finishes.
/// </summary>
internal struct AnyObjectBuilder
{
    private readonly Lib0Writer _writer;
    private readonly int _start;
    private List<Entry>? _entries;
    private Dictionary<string, int>? _places;
    private bool _outOfOrder;

    public AnyObjectBuilder(Lib0Writer writer)
    {
        _writer = writer;
        writer.WriteByte(Lib0Tag.Object);
        _start = writer.Length;
    }

    public void Key(string key)
    {
        Close();
        _entries ??= [];
        _places ??= new Dictionary<string, int>(StringComparer.Ordinal);
        var index = ArrayIndex(key);
        _outOfOrder |= index is not null || _places.ContainsKey(key);
        var place = _places.TryGetValue(key, out var first) ? first : _places[key] = _places.Count;
        _entries.Add(new Entry(index, place, _writer.Length, -1));
        _writer.WriteVarString(key);
    }

    public void End()
    {
        Close();
        if (_outOfOrder)
        {
            Reorder();
        }

        _writer.InsertVarUint(_start, (uint)(_places?.Count ?? 0));
    }

    /// <summary>The value of a key that JavaScript treats as an array index: "0" to "4294967294", written without a leading zero.</summary>
    private static uint? ArrayIndex(string key) =>
        key.Length is > 0 and <= 10 && char.IsAsciiDigit(key[0]) && (key[0] != '0' || key.Length == 1)
            && uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value != uint.MaxValue
            ? value
            : null;

    private readonly void Close()
    {
        if (_entries is { Count: > 0 })
        {
            _entries[^1] = _entries[^1] with { End = _writer.Length };
        }
    }

    private readonly void Reorder()
    {
        var bytes = _writer.Written[_start..].ToArray();
        var last = new Entry[_places!.Count];
        foreach (var entry in _entries!)
        {
            last[entry.Place] = entry;
        }

        _writer.Truncate(_start);
        foreach (var entry in last.OrderBy(e => e.Index is null).ThenBy(e => e.Index ?? (uint)e.Place))
        {
            _writer.WriteBytes(bytes.AsSpan((entry.Start - _start)..(entry.End - _start)));
        }
    }

    private readonly record struct Entry(uint? Index, int Place, int Start, int End);
}
