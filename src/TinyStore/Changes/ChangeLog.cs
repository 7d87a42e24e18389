namespace TinyStore;

/// <summary>
/// Everything that one transaction touched: for each cell its content before and now, and which ids came and went. Costs what
/// the changes cost, and nothing is allocated for a small transaction, because the buffers are used again.
/// </summary>
/// <remarks>
/// The order is that of TinyBase's nested maps, because listeners are called in it: tables as first touched, in each the rows
/// as first touched, in each the cells as first touched. Nodes hang together by index:
/// <code>
/// TableLog ─ FirstRow ─▶ RowNode ─ Next ─▶ RowNode …
///                           └─ FirstCell ─▶ CellNode ─ Next ─▶ CellNode …
/// </code>
/// Id changes form lists of their own through the same nodes, because an id that goes and comes back leaves its place:
/// what ends where it began drops out, and enters at the end when it changes again.
/// <para>A table that is new and only grew has no nodes until somebody needs them (<see cref="WriteOut()"/>): it is its own log.</para>
/// </remarks>
internal sealed partial class ChangeLog
{
    private readonly List<TableLog> _spareTables = [];
    private int _lastRow = -1;
    private int _implied;
    private Dictionary<string, TableLog>? _removedTables;

    public List<TableLog> Tables { get; private set; } = [];

    public List<TableLog> RowIdTables { get; private set; } = [];

    public List<TableLog> CellIdTables { get; private set; } = [];

    public List<TableLog> TableCellIdTables { get; private set; } = [];

    public Chunked<RowNode> Rows { get; private set; } = new();

    public Chunked<CellNode> Cells { get; private set; } = new();

    public OrderedMap<int> TableIds { get; private set; } = new();

    public OrderedMap<ValueNode> Values { get; private set; } = new();

    public OrderedMap<int> ValueIds { get; private set; } = new();

    /// <summary>Table, row, cell.</summary>
    public InvalidNode InvalidCells { get; } = new(null);

    public InvalidNode InvalidValues { get; } = new(null);

    /// <summary>Counts how often the changes were forgotten, so that what still points here notices.</summary>
    public int Version { get; private set; }

    public bool AnyCells => Cells.Count + _implied > 0;

    /// <summary>Whether some table is its own log.</summary>
    public bool AnyImplied => _implied > 0;

    public bool AnyValues => Values.Count > 0;

    public TableLog Table(TableData table) => table.Log ?? NewTable(table);

    /// <summary>The node of a row, made if the row was not touched yet.</summary>
    public int Row(TableData table, string rowId, int hash)
    {
        var log = Table(table);
        if (_lastRow >= 0)
        {
            ref var last = ref Rows[_lastRow];
            if (ReferenceEquals(last.Table, log) && last.Hash == hash && last.Id == rowId)
            {
                return _lastRow;
            }
        }
        var row = FindRow(log, rowId, hash);
        return _lastRow = row >= 0 ? row : NewRow(log, rowId, hash);
    }

    /// <summary>Notes the new content of a cell; <paramref name="old"/> counts only at the first touch.</summary>
    public int CellChanged(int row, TableData table, int cell, CellValue old, CellValue now)
    {
        var node = FindCell(row, cell);
        if (node < 0)
        {
            return NewCell(row, table, cell, old, now);
        }
        Cells[node].New = now;
        return node;
    }

    /// <summary>The row got a cell it did not have (1) or lost one (-1).</summary>
    public void CellIdChanged(int node, int change)
    {
        ref var cell = ref Cells[node];
        ref var row = ref Rows[cell.Row];
        if (!row.InCellIds)
        {
            EnterCellIds(ref row, cell.Row);
        }
        if (cell.IdChange == 0)
        {
            cell.IdBefore = row.LastCellId;
            cell.IdAfter = -1;
            (row.LastCellId >= 0 ? ref Cells[row.LastCellId].IdAfter : ref row.FirstCellId) = node;
            row.LastCellId = node;
            cell.IdChange = change;
        }
        else if (cell.IdChange != change)
        {
            (cell.IdBefore >= 0 ? ref Cells[cell.IdBefore].IdAfter : ref row.FirstCellId) = cell.IdAfter;
            (cell.IdAfter >= 0 ? ref Cells[cell.IdAfter].IdBefore : ref row.LastCellId) = cell.IdBefore;
            cell.IdChange = 0;
        }
    }

    public void RowIdChanged(int node, int change)
    {
        ref var row = ref Rows[node];
        var table = row.Table;
        if (!table.InRowIds)
        {
            table.InRowIds = true;
            RowIdTables.Add(table);
        }
        table.RowCountDelta += change;
        if (row.IdChange == 0)
        {
            row.IdBefore = table.LastRowId;
            row.IdAfter = -1;
            (table.LastRowId >= 0 ? ref Rows[table.LastRowId].IdAfter : ref table.FirstRowId) = node;
            table.LastRowId = node;
            row.IdChange = change;
        }
        else if (row.IdChange != change)
        {
            (row.IdBefore >= 0 ? ref Rows[row.IdBefore].IdAfter : ref table.FirstRowId) = row.IdAfter;
            (row.IdAfter >= 0 ? ref Rows[row.IdAfter].IdBefore : ref table.LastRowId) = row.IdBefore;
            row.IdChange = 0;
        }
    }

    public void TableCellIdChanged(TableData table, int cell, int change)
    {
        var log = Table(table);
        if (log.CellIds is null)
        {
            log.CellIds = new OrderedMap<int>();
            TableCellIdTables.Add(log);
        }
        IdChanged(log.CellIds, table.Cells.Name(cell), change);
    }

    public void TableAdded(TableData table)
    {
        if (table.Log is null)
        {
            Imply(NewTable(table));
        }
        _removedTables?.Remove(table.Id);
        IdChanged(TableIds, table.Id, 1);
    }

    public void TableRemoved(TableData table)
    {
        (_removedTables ??= [])[table.Id] = Table(table);
        IdChanged(TableIds, table.Id, -1);
    }

    /// <summary>The data of a table that this transaction removed, to go on with when it comes back.</summary>
    public TableData? RemovedTable(string tableId) => _removedTables?.GetValueOrDefault(tableId)?.Data;

    public void ValueChanged(string id, CellValue old, CellValue now)
    {
        var hash = OrderedMap<int>.Hash(id);
        var at = Values.Find(id, hash);
        if (at >= 0)
        {
            Values.ValueAt(at).New = now;
        }
        else
        {
            Values.Add(id, hash, new ValueNode { Old = old, New = now });
        }
    }

    public void ValueIdChanged(string id, int change) => IdChanged(ValueIds, id, change);

    /// <summary>The node of a cell, or -1 if this transaction did not touch it.</summary>
    public int FindCell(TableData table, string rowId, string cellId)
    {
        if (table.Log is not { } log || FindRow(log, rowId, OrderedMap<int>.Hash(rowId)) is not (>= 0 and var row))
        {
            return -1;
        }
        var cell = table.Cells.Find(cellId);
        return cell >= 0 ? FindCell(row, cell) : -1;
    }

    /// <summary>A copy that stays as it is while mutator listeners go on changing.</summary>
    public ChangeLog Snapshot()
    {
        WriteOut();
        var copies = Tables.ToDictionary(t => t, t => t.Clone());
        return new ChangeLog
        {
            Tables = Copy(Tables),
            RowIdTables = Copy(RowIdTables),
            CellIdTables = Copy(CellIdTables),
            TableCellIdTables = Copy(TableCellIdTables),
            Rows = Rows.Clone(),
            Cells = Cells.Clone(),
            TableIds = TableIds.Clone(),
            Values = Values.Clone(),
            ValueIds = ValueIds.Clone(),
        };

        List<TableLog> Copy(List<TableLog> tables) => tables.ConvertAll(t => copies[t]);
    }

    /// <summary>Forgets the cells and values, but not what was invalid.</summary>
    public void ClearChanges()
    {
        Version++;
        if (Tables.Count > 0)
        {
            ClearTables();
        }
        if (Values.End > 0)
        {
            Values.Clear();
        }
        if (ValueIds.End > 0)
        {
            ValueIds.Clear();
        }
    }

    public void Clear()
    {
        ClearChanges();
        if (!InvalidCells.IsEmpty)
        {
            InvalidCells.Clear();
        }
        if (!InvalidValues.IsEmpty)
        {
            InvalidValues.Clear();
        }
    }

    /// <summary>Lets go of the store's tables, which may then begin another log while this one is still read.</summary>
    public void Detach()
    {
        foreach (var table in Tables)
        {
            if (ReferenceEquals(table.Data.Log, table))
            {
                table.Data.Cells.Release();
                table.Data.Log = null;
                table.Data.FinishedLog = table.IsImplied ? this : null;
            }
        }
    }

    private void ClearTables()
    {
        Detach();
        foreach (var table in Tables)
        {
            if (ReferenceEquals(table.Data.FinishedLog, this))
            {
                table.Data.FinishedLog = null;
            }
            if (_spareTables.Count < 64)
            {
                table.Data = null!;
                _spareTables.Add(table);
            }
        }
        Tables.Clear();
        RowIdTables.Clear();
        CellIdTables.Clear();
        TableCellIdTables.Clear();
        if (TableIds.End > 0)
        {
            TableIds.Clear();
        }
        _rowIndex.Clear();
        _cellIndex.Clear();
        Rows.Clear();
        Cells.Clear();
        _removedTables = null;
        _lastRow = -1;
        _implied = 0;
    }

    // A change that undoes an earlier one leaves nothing; an id that changes again comes last.
    private static void IdChanged(OrderedMap<int> changes, string id, int change)
    {
        var hash = OrderedMap<int>.Hash(id);
        var at = changes.Find(id, hash);
        if (at < 0)
        {
            changes.Add(id, hash, change);
        }
        else if (changes.ValueAt(at) != change)
        {
            changes.RemoveAt(at);
        }
    }
}
