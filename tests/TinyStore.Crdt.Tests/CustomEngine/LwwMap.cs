using System.Text;

namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary>A key of a <see cref="LwwMap"/>: a cell, or a value where table and row are null.</summary>
internal readonly record struct LwwKey(string? Table, string? Row, string Id);

/// <summary>What a transaction of a <see cref="LwwMap"/> changed: which keys, on whose behalf, and the bytes for other peers.</summary>
internal sealed record LwwChange(IReadOnlyCollection<LwwKey> Keys, object? Origin, bool IsLocal, byte[] Update);

// <engine>
/// <summary>
/// A last-writer-wins map. Each key keeps its latest write with a stamp: a Lamport time, above that of every write which the
/// writer had seen, and the writer's id, which decides between equal times. A delete is a write of nothing and stays.
/// Whoever merges the same writes, in any order and any number of times, has the same map.
/// </summary>
/// <remarks>For one thread at a time. A peer id must be new for each session.</remarks>
internal sealed class LwwMap(ulong peer)
{
    private readonly Dictionary<string, Dictionary<string, Dictionary<string, Entry>>> _tables = [];
    private readonly Dictionary<string, Entry> _values = [];
    private HashSet<LwwKey>? _open;
    private long _time;

    /// <summary>Raised after each transaction that changed something.</summary>
    public event Action<LwwChange>? Changed;

    /// <summary>Whether nothing was ever written.</summary>
    public bool IsEmpty => _time == 0;

    public IEnumerable<string> TableIds => _tables.Keys;

    public IEnumerable<string> RowIds(string table) => _tables.TryGetValue(table, out var rows) ? rows.Keys : [];

    /// <summary>The cells of a row that are not deleted; the values, without table and row.</summary>
    public IEnumerable<KeyValuePair<string, CellValue>> Read(string? table, string? row) =>
        from entry in Find(table, row) ?? [] where !entry.Value.Value.IsUndefined select KeyValuePair.Create(entry.Key, entry.Value.Value);

    public bool TryRead(LwwKey key, out CellValue value)
    {
        value = Find(key.Table, key.Row)?.GetValueOrDefault(key.Id).Value ?? default;
        return !value.IsUndefined;
    }

    /// <summary>Runs writes as one change; inside another transaction, as a part of that.</summary>
    public void Transact(Action writes, object? origin)
    {
        if (_open is not null)
        {
            writes();
            return;
        }
        _open = [];
        try
        {
            writes();
        }
        finally
        {
            Close(origin, isLocal: true);
        }
    }

    /// <summary>Writes, inside <see cref="Transact"/>; undefined deletes.</summary>
    public void Write(LwwKey key, CellValue value)
    {
        if (!value.IsUndefined || TryRead(key, out _))
        {
            Put(key, new Entry(value, ++_time, peer));
        }
    }

    /// <summary>Merges an update or a whole state.</summary>
    /// <exception cref="FormatException">The bytes are no update. Nothing was changed.</exception>
    public void Apply(byte[] update, object? origin)
    {
        var entries = LwwUpdate.Read(update);
        if (_open is not null)
        {
            throw new InvalidOperationException("An update cannot be applied inside a transaction.");
        }
        _open = [];
        foreach (var (key, entry) in entries)
        {
            _time = Math.Max(_time, entry.Time);
            if (Find(key.Table, key.Row) is not { } held || !held.TryGetValue(key.Id, out var now) || entry.IsAfter(now))
            {
                Put(key, entry);
            }
        }
        Close(origin, isLocal: false);
    }

    /// <summary>All writes that count, deletes among them.</summary>
    public byte[] Encode() => LwwUpdate.Write(
        from map in _tables.SelectMany(table => table.Value.Select(row => (Table: (string?)table.Key, Row: (string?)row.Key, Cells: row.Value))).Append((null, null, _values))
        from entry in map.Cells
        select (new LwwKey(map.Table, map.Row, entry.Key), entry.Value));

    private Dictionary<string, Entry>? Find(string? table, string? row) =>
        table is null || row is null ? _values : _tables.GetValueOrDefault(table)?.GetValueOrDefault(row);

    private void Put(LwwKey key, Entry entry)
    {
        if (Find(key.Table, key.Row) is not { } cells)
        {
            _tables.TryAdd(key.Table!, []);
            _tables[key.Table!][key.Row!] = cells = [];
        }
        cells[key.Id] = entry;
        _open!.Add(key);
    }

    private void Close(object? origin, bool isLocal)
    {
        var keys = _open!;
        _open = null;
        if (keys.Count > 0)
        {
            var update = LwwUpdate.Write(keys.Select(key => (key, Find(key.Table, key.Row)![key.Id])));
            Changed?.Invoke(new LwwChange(keys, origin, isLocal, update));
        }
    }

    /// <summary>The latest write of a key. Nothing is written with no value: it was deleted.</summary>
    internal readonly record struct Entry(CellValue Value, long Time, ulong Peer)
    {
        public bool IsAfter(Entry other) => Time != other.Time ? Time > other.Time : Peer > other.Peer;
    }
}
// </engine>

/// <summary>The bytes of writes: their number, then for each its key, stamp and value.</summary>
internal static class LwwUpdate
{
    public static byte[] Write(IEnumerable<(LwwKey Key, LwwMap.Entry Entry)> entries)
    {
        var all = entries.ToList();
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(all.Count);
        foreach (var (key, entry) in all)
        {
            writer.Write(key.Table is not null);
            if (key.Table is not null)
            {
                writer.Write(key.Table);
                writer.Write(key.Row!);
            }
            writer.Write(key.Id);
            writer.Write(entry.Time);
            writer.Write(entry.Peer);
            writer.Write(!entry.Value.IsUndefined);
            if (!entry.Value.IsUndefined)
            {
                writer.Write(entry.Value.ToJson());
            }
        }
        return bytes.ToArray();
    }

    public static List<(LwwKey Key, LwwMap.Entry Entry)> Read(byte[] update)
    {
        var entries = new List<(LwwKey, LwwMap.Entry)>();
        using var reader = new BinaryReader(new MemoryStream(update), Encoding.UTF8);
        try
        {
            for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
            {
                var (table, row) = reader.ReadBoolean() ? (reader.ReadString(), reader.ReadString()) : ((string?)null, (string?)null);
                var id = reader.ReadString();
                var (time, peer) = (reader.ReadInt64(), reader.ReadUInt64());
                var value = reader.ReadBoolean() ? CellValue.FromJson(reader.ReadString()) : default;
                entries.Add((new LwwKey(table, row, id), new LwwMap.Entry(value, time, peer)));
            }
        }
        catch (EndOfStreamException e)
        {
            throw new FormatException("The update ends too early.", e);
        }
        return entries;
    }
}
