using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace TinyStore;

/// <summary>
/// A reactive in-memory store after the model of TinyBase 10: tables of rows of cells, and values beside them. Every write is
/// a transaction, transactions nest, and listeners hear of what changed when the outermost one ends.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> One writer at a time, like Dictionary: whoever shares a store between threads takes turns.
/// Nothing here is bound to a thread.</para>
/// <para><b>Data and misuse.</b> Data that does not fit (a NaN, a cell that the schema does not know, an empty row) is left
/// out, the rest is taken, and the invalid-cell and invalid-value listeners are told. Wrong use (a null id, text that is not
/// JSON) throws and changes nothing.</para>
/// <para><b>Order.</b> Tables, rows, cells and values keep the order in which they came; what is deleted and comes back comes
/// last. There are no empty rows and no empty tables: with its last cell goes the row, with its last row the table.</para>
/// <para><b>Sources.</b> The rules are TinyBase's; docs/tinybase-differences.md lists where this store differs and why.</para>
/// </remarks>
[DebuggerDisplay("{_tables.Count} tables, {_values.Count} values")]
public sealed partial class Store
{
    private readonly OrderedMap<TableData> _tables = new();
    private readonly OrderedMap<CellValue> _values = new();

    /// <summary>Everything the store holds, copied.</summary>
    public StoreContent GetContent() => new(GetTables(), GetValues());

    /// <summary>All tables, copied.</summary>
    public Tables GetTables()
    {
        var tables = new Tables();
        for (var i = 0; i < _tables.End; i++)
        {
            if (_tables.KeyAt(i) is { } id)
            {
                tables.Add(id, Copy(_tables.ValueAt(i)));
            }
        }
        return tables;
    }

    /// <summary>The ids of the tables.</summary>
    public IReadOnlyList<string> GetTableIds() => _tables.Keys();

    /// <summary>A table, copied; empty if there is none of that id.</summary>
    public Table GetTable(string tableId) => FindTable(tableId) is { } table ? Copy(table) : [];

    /// <summary>The ids of the cells that the rows of a table have, each once, in the order in which they appeared.</summary>
    public IReadOnlyList<string> GetTableCellIds(string tableId)
    {
        var ids = new List<string>();
        if (FindTable(tableId) is { } table)
        {
            for (var cell = table.Cells.First; cell >= 0; cell = table.Cells.Next(cell))
            {
                ids.Add(table.Cells.Name(cell));
            }
        }
        return ids;
    }

    /// <summary>The number of rows in a table.</summary>
    public int GetRowCount(string tableId) => FindTable(tableId)?.Rows.Count ?? 0;

    /// <summary>The ids of the rows in a table.</summary>
    public IReadOnlyList<string> GetRowIds(string tableId) => FindTable(tableId)?.Rows.Keys() ?? [];

    /// <summary>A row, copied; empty if there is none of that id.</summary>
    public Row GetRow(string tableId, string rowId) =>
        TryFindRow(tableId, rowId, out var table, out var row) ? Copy(table, ref table.Rows.ValueAt(row)) : [];

    /// <summary>The ids of the cells of a row.</summary>
    public IReadOnlyList<string> GetCellIds(string tableId, string rowId)
    {
        var ids = new List<string>();
        foreach (var (id, _) in Cells(tableId, rowId))
        {
            ids.Add(id);
        }
        return ids;
    }

    /// <summary>A cell, or null if it is not there. A present null is <see cref="CellValue.Null"/>.</summary>
    public CellValue? GetCell(string tableId, string rowId, string cellId) =>
        TryGetCell(tableId, rowId, cellId, out var cell) ? cell : default(CellValue?);

    /// <summary>Gets a cell, if it is there.</summary>
    public bool TryGetCell(string tableId, string rowId, string cellId, out CellValue cell)
    {
        ArgumentNullException.ThrowIfNull(cellId);
        if (TryFindRow(tableId, rowId, out var table, out var index) && table.Cells.Find(cellId) is >= 0 and var number)
        {
            ref var row = ref table.Rows.ValueAt(index);
            var slot = row.Layout.SlotOf(number);
            if (slot >= 0)
            {
                cell = row.Contents[slot];
                return true;
            }
        }
        cell = default;
        return false;
    }

    /// <summary>All values, copied.</summary>
    public Values GetValues()
    {
        var values = new Values();
        for (var i = 0; i < _values.End; i++)
        {
            if (_values.KeyAt(i) is { } id)
            {
                values.Add(id, _values.ValueAt(i));
            }
        }
        return values;
    }

    /// <summary>The ids of the values.</summary>
    public IReadOnlyList<string> GetValueIds() => _values.Keys();

    /// <summary>A value, or null if it is not there. A present null is <see cref="CellValue.Null"/>.</summary>
    public CellValue? GetValue(string valueId) => TryGetValue(valueId, out var value) ? value : default(CellValue?);

    /// <summary>Gets a value, if it is there.</summary>
    public bool TryGetValue(string valueId, out CellValue value)
    {
        ArgumentNullException.ThrowIfNull(valueId);
        var index = _values.Find(valueId);
        value = index >= 0 ? _values.ValueAt(index) : default;
        return index >= 0;
    }

    /// <summary>Whether there is any table.</summary>
    public bool HasTables() => _tables.Count > 0;

    /// <summary>Whether the table is there.</summary>
    public bool HasTable(string tableId) => FindTable(tableId) is not null;

    /// <summary>Whether some row of the table has the cell.</summary>
    public bool HasTableCell(string tableId, string cellId)
    {
        ArgumentNullException.ThrowIfNull(cellId);
        return FindTable(tableId) is { } table && table.Cells.Find(cellId) is >= 0 and var cell && table.Cells.Rows(cell) > 0;
    }

    /// <summary>Whether the row is there.</summary>
    public bool HasRow(string tableId, string rowId) => TryFindRow(tableId, rowId, out _, out _);

    /// <summary>Whether the cell is there.</summary>
    public bool HasCell(string tableId, string rowId, string cellId) => TryGetCell(tableId, rowId, cellId, out _);

    /// <summary>Whether there is any value.</summary>
    public bool HasValues() => _values.Count > 0;

    /// <summary>Whether the value is there.</summary>
    public bool HasValue(string valueId) => TryGetValue(valueId, out _);

    private TableData? FindTable(string tableId)
    {
        ArgumentNullException.ThrowIfNull(tableId);
        var index = _tables.Find(tableId);
        return index >= 0 ? _tables.ValueAt(index) : null;
    }

    private bool TryFindRow(string tableId, string rowId, [NotNullWhen(true)] out TableData? table, out int row)
    {
        ArgumentNullException.ThrowIfNull(rowId);
        table = FindTable(tableId);
        row = table?.Rows.Find(rowId) ?? -1;
        return row >= 0;
    }

    private static Table Copy(TableData data)
    {
        var table = new Table(data.Rows.Count);
        for (var i = 0; i < data.Rows.End; i++)
        {
            if (data.Rows.KeyAt(i) is { } id)
            {
                table.Add(id, Copy(data, ref data.Rows.ValueAt(i)));
            }
        }
        return table;
    }

    private static Row Copy(TableData table, ref RowData data)
    {
        var row = new Row(data.Layout.Count);
        for (var slot = 0; slot < data.Layout.End; slot++)
        {
            if (data.Layout.CellAt(slot) is >= 0 and var cell)
            {
                row.Add(table.Cells.Name(cell), data.Contents[slot]);
            }
        }
        return row;
    }
}
