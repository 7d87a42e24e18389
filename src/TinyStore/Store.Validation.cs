namespace TinyStore;

// What of the data given can be kept. Anything else is noted for the invalid-cell and invalid-value listeners. The given
// objects are never changed; they are returned as they are where all of them is valid, and copied where not.
public sealed partial class Store
{
    private enum RowPart
    {
        Whole,
        Partial,
    }

    private Tables? Validate(Tables? tables)
    {
        if (tables is null or { Count: 0 })
        {
            CellInvalid(null, null, null);
            return null;
        }
        var result = tables;
        for (var i = 0; i < tables.Count; i++)
        {
            var (tableId, table) = tables.GetAt(i);
            var valid = Validate(tableId, table);
            if ((valid is null || !ReferenceEquals(valid, table)) && ReferenceEquals(result, tables))
            {
                result = [];
                CopyFirst(tables, result, i);
            }
            if (valid is not null && !ReferenceEquals(result, tables))
            {
                result.Add(tableId, valid);
            }
        }
        return result.Count > 0 ? result : null;
    }

    private Table? Validate(string tableId, Table? table)
    {
        if (table is null or { Count: 0 } || (_tablesSchema is not null && !_tablesSchema.ContainsKey(tableId)))
        {
            CellInvalid(tableId, null, null);
            return null;
        }
        var result = table;
        for (var i = 0; i < table.Count; i++)
        {
            var (rowId, row) = table.GetAt(i);
            var valid = Validate(tableId, rowId, row, RowPart.Whole);
            if ((valid is null || !ReferenceEquals(valid, row)) && ReferenceEquals(result, table))
            {
                result = new Table(table.Count);
                CopyFirst(table, result, i);
            }
            if (valid is not null && !ReferenceEquals(result, table))
            {
                result.Add(rowId, valid);
            }
        }
        return result.Count > 0 ? result : null;
    }

    private Row? Validate(string tableId, string? rowId, Row? row, RowPart part)
    {
        if (row is null)
        {
            CellInvalid(tableId, rowId, null);
            return null;
        }
        var rules = _tablesSchema?.GetValueOrDefault(tableId);
        var all = row;
        if (rules is not null && part == RowPart.Whole)
        {
            foreach (var (cellId, value) in rules.Defaults)
            {
                if (!row.ContainsKey(cellId))
                {
                    all = ReferenceEquals(all, row) ? CopyOf(row) : all;
                    all.Add(cellId, value);
                }
            }
            foreach (var cellId in rules.WithoutDefault)
            {
                if (!row.ContainsKey(cellId))
                {
                    CellInvalid(tableId, rowId, cellId);
                }
            }
        }
        if (all.Count == 0)
        {
            CellInvalid(tableId, rowId, null);
            return null;
        }
        var result = all;
        for (var i = 0; i < all.Count; i++)
        {
            var (cellId, given) = all.GetAt(i);
            var cell = given;
            var isValid = Validate(tableId, rowId, cellId, ref cell);
            if ((!isValid || cell != given) && ReferenceEquals(result, all))
            {
                result = new Row(all.Count);
                CopyFirst(all, result, i);
            }
            if (isValid && !ReferenceEquals(result, all))
            {
                result.Add(cellId, cell);
            }
        }
        return result.Count > 0 && (part == RowPart.Partial || rules is null || rules.Required.TrueForAll(result.ContainsKey))
            ? result
            : null;
    }

    private bool Validate(string tableId, string? rowId, string cellId, ref CellValue cell)
    {
        if (_tablesSchema is null)
        {
            return cell.IsStorable || CellInvalid(tableId, rowId, cellId, cell);
        }
        var schema = _tablesSchema.GetValueOrDefault(tableId)?.Find(cellId);
        if (schema is not null && schema.Allows(cell))
        {
            return true;
        }
        CellInvalid(tableId, rowId, cellId, cell);
        return TakeDefault(schema, ref cell);
    }

    private Values? Validate(Values? values, RowPart part)
    {
        if (values is null)
        {
            ValueInvalid(null);
            return null;
        }
        var all = values;
        if (_valuesSchema is not null && part == RowPart.Whole)
        {
            foreach (var (valueId, value) in _valuesSchema.Defaults)
            {
                if (!values.ContainsKey(valueId))
                {
                    all = ReferenceEquals(all, values) ? CopyOf(values) : all;
                    all.Add(valueId, value);
                }
            }
            foreach (var valueId in _valuesSchema.WithoutDefault)
            {
                if (!values.ContainsKey(valueId))
                {
                    ValueInvalid(valueId);
                }
            }
        }
        if (all.Count == 0)
        {
            ValueInvalid(null);
            return null;
        }
        var result = new Values();
        foreach (var (valueId, given) in all)
        {
            var value = given;
            if (Validate(valueId, ref value))
            {
                result.Add(valueId, value);
            }
        }
        return result.Count > 0 && (part == RowPart.Partial || _valuesSchema is null || _valuesSchema.Required.TrueForAll(result.ContainsKey))
            ? result
            : null;
    }

    private bool Validate(string valueId, ref CellValue value)
    {
        if (_valuesSchema is null)
        {
            return value.IsStorable || ValueInvalid(valueId, value);
        }
        var schema = _valuesSchema.Find(valueId);
        if (schema is not null && schema.Allows(value))
        {
            return true;
        }
        ValueInvalid(valueId, value);
        return TakeDefault(schema, ref value);
    }

    private static bool TakeDefault(CellSchema? schema, ref CellValue value)
    {
        if (schema?.Default is not { } instead)
        {
            return false;
        }
        value = instead;
        return true;
    }

    // Always false, for the caller to return.
    private bool CellInvalid(string? tableId, string? rowId, string? cellId, CellValue cell = default)
    {
        _log.InvalidCells.Child(tableId).Child(rowId).Child(cellId).Values.Add(cell);
        return false;
    }

    private bool ValueInvalid(string? valueId, CellValue value = default)
    {
        _log.InvalidValues.Child(valueId).Values.Add(value);
        return false;
    }

    private static void CopyFirst<T>(OrderedDictionary<string, T> from, OrderedDictionary<string, T> to, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (id, item) = from.GetAt(i);
            to.Add(id, item);
        }
    }

    private static Row CopyOf(Row row)
    {
        var copy = new Row(row.Count + 4);
        CopyFirst(row, copy, row.Count);
        return copy;
    }

    private static Values CopyOf(Values values)
    {
        var copy = new Values();
        CopyFirst(values, copy, values.Count);
        return copy;
    }
}
