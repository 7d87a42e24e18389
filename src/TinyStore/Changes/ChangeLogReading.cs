namespace TinyStore;

/// <summary>What users see of a <see cref="ChangeLog"/>.</summary>
internal static class ChangeLogReading
{
    public static bool IsEmpty(ChangeLog log)
    {
        if (log.AnyImplied)
        {
            return false;
        }
        foreach (var _ in new CellChanges(log))
        {
            return false;
        }
        foreach (var _ in new ValueChanges(log))
        {
            return false;
        }
        return true;
    }

    public static StoreChanges GetChanges(ChangeLog log)
    {
        var changes = new StoreChanges();
        foreach (var table in log.Tables)
        {
            if (log.TableIds.Find(table.Id) is >= 0 and var at && log.TableIds.ValueAt(at) < 0)
            {
                changes.Tables.Add(table.Id, null);
                continue;
            }
            var rows = new TableChanges();
            for (var i = table.FirstRow; i >= 0; i = log.Rows[i].Next)
            {
                var row = log.Rows[i].IdChange < 0 ? null : GetChanges(log, i);
                if (row is null or { Count: > 0 })
                {
                    rows.Add(log.Rows[i].Id, row);
                }
            }
            if (rows.Count > 0)
            {
                changes.Tables.Add(table.Id, rows);
            }
        }
        foreach (var value in new ValueChanges(log))
        {
            changes.Values.Add(value.ValueId, value.New);
        }
        return changes;
    }

    public static StoreTransactionLog GetLog(ChangeLog log)
    {
        var cells = new List<CellChange>();
        foreach (var change in new CellChanges(log))
        {
            cells.Add(change);
        }
        var values = new List<ValueChange>();
        foreach (var change in new ValueChanges(log))
        {
            values.Add(change);
        }
        return new StoreTransactionLog
        {
            CellsTouched = log.AnyCells,
            ValuesTouched = log.AnyValues,
            ChangedCells = cells,
            InvalidCells = GetInvalidCells(log),
            ChangedValues = values,
            InvalidValues = log.InvalidValues.Children.ConvertAll(v => new InvalidValue(v.Id, [.. v.Values])),
            ChangedTableIds = IdChanges.Of(log, log.TableIds).ToDictionary(),
            ChangedRowIds = GetRowIds(log),
            ChangedCellIds = GetCellIds(log),
            ChangedValueIds = IdChanges.Of(log, log.ValueIds).ToDictionary(),
        };
    }

    private static RowChanges GetChanges(ChangeLog log, int row)
    {
        var cells = new RowChanges();
        for (var i = log.Rows[row].FirstCell; i >= 0; i = log.Cells[i].Next)
        {
            if (log.Cells[i].Old != log.Cells[i].New)
            {
                cells.Add(log.Cells[i].Id, log.Cells[i].New.OrNull());
            }
        }
        return cells;
    }

    private static List<InvalidCell> GetInvalidCells(ChangeLog log)
    {
        var cells = new List<InvalidCell>();
        foreach (var table in log.InvalidCells.Children)
        {
            foreach (var row in table.Children)
            {
                cells.AddRange(row.Children.ConvertAll(c => new InvalidCell(table.Id, row.Id, c.Id, [.. c.Values])));
            }
        }
        return cells;
    }

    private static OrderedDictionary<string, IReadOnlyDictionary<string, IdChange>> GetRowIds(ChangeLog log)
    {
        var tables = new OrderedDictionary<string, IReadOnlyDictionary<string, IdChange>>(StringComparer.Ordinal);
        foreach (var table in log.RowIdTables)
        {
            if (table.FirstRowId >= 0)
            {
                tables.Add(table.Id, IdChanges.OfRows(log, table).ToDictionary());
            }
        }
        return tables;
    }

    private static OrderedDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, IdChange>>> GetCellIds(ChangeLog log)
    {
        var tables = new OrderedDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, IdChange>>>(StringComparer.Ordinal);
        foreach (var table in log.CellIdTables)
        {
            var rows = new OrderedDictionary<string, IReadOnlyDictionary<string, IdChange>>(StringComparer.Ordinal);
            for (var i = table.FirstCellIdsRow; i >= 0; i = log.Rows[i].NextCellIdsRow)
            {
                if (log.Rows[i].FirstCellId >= 0)
                {
                    rows.Add(log.Rows[i].Id, IdChanges.OfCells(log, i).ToDictionary());
                }
            }
            if (rows.Count > 0)
            {
                tables.Add(table.Id, rows);
            }
        }
        return tables;
    }
}
