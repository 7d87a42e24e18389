using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>What a transaction changed, in TinyBase's shapes.</summary>
internal static class TransactionJson
{
    public static void WriteChanges(Utf8JsonWriter writer, StoreChanges changes)
    {
        writer.WriteStartArray();
        WriteMap(writer, changes.Tables, (w, table) => WriteMap(w, table, (v, row) => WriteMap(v, row, CellJson.Write)));
        WriteMap(writer, changes.Values, CellJson.Write);
        writer.WriteNumberValue(1);
        writer.WriteEndArray();
    }

    public static void WriteLog(Utf8JsonWriter writer, StoreTransactionLog log)
    {
        writer.WriteStartArray();
        writer.WriteBooleanValue(log.CellsTouched);
        writer.WriteBooleanValue(log.ValuesTouched);
        WriteGroups(writer, log.ChangedCells, cell => cell.TableId, (w, table) =>
            WriteGroups(w, table, cell => cell.RowId, (v, row) =>
                WriteGroups(v, row, cell => cell.CellId, (u, cells) => WritePair(u, cells[0].Old, cells[0].New))));
        WriteGroups(writer, log.InvalidCells, cell => cell.TableId, (w, table) =>
            WriteGroups(w, table, cell => cell.RowId, (v, row) =>
                WriteGroups(v, row, cell => cell.CellId, (u, cells) => WriteValues(u, cells[0].Values))));
        WriteGroups(writer, log.ChangedValues, value => value.ValueId, (w, values) => WritePair(w, values[0].Old, values[0].New));
        WriteGroups(writer, log.InvalidValues, value => value.ValueId, (w, values) => WriteValues(w, values[0].Values));
        StoreListeners.WriteIdChanges(writer, log.ChangedTableIds);
        WriteMap(writer, log.ChangedRowIds, StoreListeners.WriteIdChanges!);
        WriteMap(writer, log.ChangedCellIds, (w, table) => WriteMap(w, table, StoreListeners.WriteIdChanges!));
        StoreListeners.WriteIdChanges(writer, log.ChangedValueIds);
        writer.WriteEndArray();
    }

    private static void WriteMap<T>(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, T>>? map, Action<Utf8JsonWriter, T> write)
    {
        if (map is null)
        {
            CellJson.WriteSpecial(writer, "undefined");
            return;
        }

        writer.WriteStartObject();
        foreach (var (id, value) in map)
        {
            writer.WritePropertyName(id);
            write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteGroups<T>(Utf8JsonWriter writer, IEnumerable<T> items, Func<T, string?> id, Action<Utf8JsonWriter, List<T>> write) =>
        WriteMap(writer, items.GroupBy(item => id(item) ?? "undefined").Select(group => KeyValuePair.Create(group.Key, group.ToList())), write);

    // The log shows objects and arrays in TinyBase's encoded form.
    private static void WritePair(Utf8JsonWriter writer, CellValue? old, CellValue? now)
    {
        writer.WriteStartArray();
        WriteEncoded(writer, old);
        WriteEncoded(writer, now);
        writer.WriteEndArray();
    }

    private static void WriteEncoded(Utf8JsonWriter writer, CellValue? value)
    {
        if (value is { } cell && cell.IsJson && cell.TryGetEncoded(out var encoded))
        {
            writer.WriteStringValue(encoded);
        }
        else
        {
            CellJson.Write(writer, value);
        }
    }

    private static void WriteValues(Utf8JsonWriter writer, IReadOnlyList<CellValue> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            CellJson.Write(writer, value);
        }

        writer.WriteEndArray();
    }
}
