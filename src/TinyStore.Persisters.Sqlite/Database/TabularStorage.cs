namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>Tables of the store in tables of the database.</summary>
internal sealed class TabularStorage(SqliteTabularLayout layout) : SqliteStorage
{
    private const string ValuesIdColumn = "_id";
    private const string ValuesRowId = JsonStorage.RowId;

    private readonly PersistedScope _scope = new(
        layout.Load.Values.Select(load => load.TableId).ToHashSet(StringComparer.Ordinal),
        layout.LoadValues.Ids);

    // Once there was something, empty tables are content too: somebody deleted the last row.
    private bool _hadRows;

    public override PersistedData? Read(SqliteSession session)
    {
        var content = new StoreContent();
        foreach (var (tableName, load) in layout.Load)
        {
            if (tableName != layout.ValuesTableName && session.Reader.Read(tableName, load.RowIdColumnName, load.Condition) is { Count: > 0 } table)
            {
                content.Tables[load.TableId] = table;
            }
        }
        if (!layout.LoadValues.IsEmpty)
        {
            foreach (var (valueId, value) in ReadValues(session.Reader, layout.LoadValues))
            {
                content.Values[valueId] = value;
            }
        }
        _hadRows |= session.Reader.SawRows;
        return _hadRows ? PersistedData.From(content, _scope) : null;
    }

    public override void Write(SqliteSession session, PersistedWrite write)
    {
        var changes = write.Changes ?? Compare(session, write.Content!);
        var total = changes.Tables.Values.Sum(table => (long)(table?.Count ?? 1)) + 1;
        foreach (var (tableId, save) in Saved)
        {
            var writer = session.Writer(save.TableName, save.RowIdColumnName, ConditionOf(save));
            if (write.Content is { } content && !content.Tables.ContainsKey(tableId) && save.DeleteEmptyTable && !TableColumns.IsCondition(ConditionOf(save)))
            {
                writer.Drop();
                continue;
            }
            if (changes.Tables.TryGetValue(tableId, out var rows))
            {
                WriteTable(session, writer, rows, total);
            }
            if (save.DeleteEmptyColumns && write.Content?.Tables.GetValueOrDefault(tableId) is { } table)
            {
                var cellIds = table.Values.SelectMany(row => row.Keys).ToHashSet(StringComparer.Ordinal);
                writer.DropColumnsExcept(cellIds.Contains);
            }
        }
        if (!layout.SaveValues.IsEmpty)
        {
            WriteValues(session, changes.Values, write.Content?.Values);
        }
        session.CountWritten(total);
        _hadRows = true;
    }

    private IEnumerable<KeyValuePair<string, SqliteTableSave>> Saved => layout.Save.Where(pair => pair.Value.TableName != layout.ValuesTableName);

    private string? ConditionOf(SqliteTableSave save) =>
        save.Condition ?? (layout.Load.TryGetValue(save.TableName, out var load) ? load.Condition : null);

    private static void WriteTable(SqliteSession session, TableWriter writer, TableChanges? rows, long total)
    {
        if (rows is null)
        {
            writer.Clear();
            return;
        }
        writer.MakeColumns(rows);
        foreach (var (rowId, row) in rows)
        {
            writer.Write(rowId, row);
            session.CountWritten(total);
        }
    }

    // As in TinyBase, the whole content drops the columns and the table of values that are gone.
    private void WriteValues(SqliteSession session, ValuesChanges changes, Values? all)
    {
        var writer = session.Writer(layout.ValuesTableName, ValuesIdColumn);
        var wanted = layout.SaveValues;
        if (all is { Count: 0 } && wanted.Ids is null)
        {
            writer.Drop();
            return;
        }
        var row = new RowChanges();
        foreach (var (valueId, value) in changes)
        {
            if (wanted.Has(valueId))
            {
                row[valueId] = value;
            }
        }
        writer.MakeColumns([new(ValuesRowId, row)]);
        writer.Write(ValuesRowId, row);
        if (all is not null)
        {
            writer.DropColumnsExcept(valueId => !wanted.Has(valueId) || all.ContainsKey(valueId));
        }
    }

    private Row ReadValues(TableReader reader, SqliteValueSet set) =>
        reader.Read(layout.ValuesTableName, ValuesIdColumn, null, set.Has).GetValueOrDefault(ValuesRowId) ?? [];

    // The whole content is compared with what is there, so that it too writes only what differs.
    private StoreChanges Compare(SqliteSession session, StoreContent content)
    {
        var reader = session.NewQuietReader();
        var changes = new StoreChanges();
        foreach (var (tableId, save) in Saved)
        {
            if (!content.Tables.TryGetValue(tableId, out var table))
            {
                changes.Tables[tableId] = null;
                continue;
            }
            var there = reader.Read(save.TableName, save.RowIdColumnName, ConditionOf(save), keepEmpty: true);
            var rows = new TableChanges();
            foreach (var (rowId, row) in table)
            {
                if (Compare(there.GetValueOrDefault(rowId), row) is { Count: > 0 } cells)
                {
                    rows[rowId] = cells;
                }
            }
            foreach (var rowId in there.Keys)
            {
                if (!table.ContainsKey(rowId))
                {
                    rows[rowId] = null;
                }
            }
            if (rows.Count > 0)
            {
                changes.Tables[tableId] = rows;
            }
        }
        var values = new Row();
        foreach (var (valueId, value) in content.Values)
        {
            values[valueId] = value;
        }
        foreach (var (valueId, value) in Compare(layout.SaveValues.IsEmpty ? null : ReadValues(reader, layout.SaveValues), values))
        {
            changes.Values[valueId] = value;
        }
        return changes;
    }

    private static RowChanges Compare(Row? there, Row row)
    {
        var cells = new RowChanges();
        foreach (var (cellId, cell) in row)
        {
            if (there is null || !there.TryGetValue(cellId, out var held) || held != cell)
            {
                cells[cellId] = cell;
            }
        }
        foreach (var cellId in (there ?? []).Keys)
        {
            if (!row.ContainsKey(cellId))
            {
                cells[cellId] = null;
            }
        }
        return cells;
    }
}
