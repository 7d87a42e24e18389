namespace TinyStore;

// Making nodes and finding them again: up to a few by walking, more by hash.
internal sealed partial class ChangeLog
{
    private const int WalkAtMost = 8;

    private NodeIndex _rowIndex;
    private NodeIndex _cellIndex;

    private TableLog NewTable(TableData table)
    {
        TableLog log;
        if (_spareTables.Count > 0)
        {
            log = _spareTables[^1];
            _spareTables.RemoveAt(_spareTables.Count - 1);
            log.FirstRow = log.LastRow = log.FirstRowId = log.LastRowId = log.FirstCellIdsRow = log.LastCellIdsRow = -1;
            log.RowCountDelta = 0;
            log.InRowIds = log.InCellIds = log.IsImplied = false;
            log.CellIds = null;
        }
        else
        {
            log = new TableLog();
        }
        // The table is about to change, and must not stand for an earlier transaction any more.
        table.FinishedLog?.WriteOut();
        table.FinishedLog = null;
        log.Data = table;
        table.Log = log;
        Tables.Add(log);
        return log;
    }

    private int NewRow(TableLog table, string rowId, int hash)
    {
        var row = Rows.Add(new RowNode
        {
            Table = table,
            Id = rowId,
            Hash = hash,
            Link = -1,
            Next = -1,
            FirstCell = -1,
            LastCell = -1,
            NextCellIdsRow = -1,
            FirstCellId = -1,
            LastCellId = -1,
        });
        (table.LastRow >= 0 ? ref Rows[table.LastRow].Next : ref table.FirstRow) = row;
        table.LastRow = row;
        if (Rows.Count > WalkAtMost)
        {
            IndexRows(row);
        }
        return row;
    }

    private int NewCell(int row, TableData table, int cell, CellValue old, CellValue now)
    {
        ref var parent = ref Rows[row];
        var node = Cells.Add(new CellNode
        {
            Id = table.Cells.Name(cell),
            Old = old,
            New = now,
            Cell = cell,
            Row = row,
            Link = -1,
            Next = -1,
        });
        (parent.LastCell >= 0 ? ref Cells[parent.LastCell].Next : ref parent.FirstCell) = node;
        parent.LastCell = node;
        if (++parent.CellCount > WalkAtMost)
        {
            IndexCells(ref parent, node);
        }
        return node;
    }

    private int FindRow(TableLog table, string rowId, int hash)
    {
        if (Rows.Count > WalkAtMost)
        {
            for (var i = _rowIndex.First(RowHash(table, hash)); i >= 0; i = Rows[i].Link)
            {
                ref var row = ref Rows[i];
                if (row.Hash == hash && ReferenceEquals(row.Table, table) && row.Id == rowId)
                {
                    return i;
                }
            }
            return -1;
        }
        for (var i = table.FirstRow; i >= 0; i = Rows[i].Next)
        {
            if (Rows[i].Hash == hash && Rows[i].Id == rowId)
            {
                return i;
            }
        }
        return -1;
    }

    private int FindCell(int row, int cell)
    {
        ref var parent = ref Rows[row];
        if (parent.CellCount > WalkAtMost)
        {
            for (var i = _cellIndex.First(CellHash(row, cell)); i >= 0; i = Cells[i].Link)
            {
                if (Cells[i].Cell == cell && Cells[i].Row == row)
                {
                    return i;
                }
            }
            return -1;
        }
        for (var i = parent.FirstCell; i >= 0; i = Cells[i].Next)
        {
            if (Cells[i].Cell == cell)
            {
                return i;
            }
        }
        return -1;
    }

    private void EnterCellIds(ref RowNode row, int node)
    {
        row.InCellIds = true;
        var table = row.Table;
        (table.LastCellIdsRow >= 0 ? ref Rows[table.LastCellIdsRow].NextCellIdsRow : ref table.FirstCellIdsRow) = node;
        table.LastCellIdsRow = node;
        if (!table.InCellIds)
        {
            table.InCellIds = true;
            CellIdTables.Add(table);
        }
    }

    private void IndexRows(int row)
    {
        if (_rowIndex.Add())
        {
            // Grown, or begun: everything so far goes in.
            for (var i = 0; i < Rows.Count; i++)
            {
                Rows[i].Link = _rowIndex.Link(RowHash(Rows[i].Table, Rows[i].Hash), i);
            }
            return;
        }
        Rows[row].Link = _rowIndex.Link(RowHash(Rows[row].Table, Rows[row].Hash), row);
    }

    private void IndexCells(ref RowNode row, int node)
    {
        var added = row.CellCount == WalkAtMost + 1 ? row.CellCount : 1;
        if (_cellIndex.Add(added))
        {
            for (var i = 0; i < Cells.Count; i++)
            {
                if (Rows[Cells[i].Row].CellCount > WalkAtMost)
                {
                    Cells[i].Link = _cellIndex.Link(CellHash(Cells[i].Row, Cells[i].Cell), i);
                }
            }
            return;
        }
        for (var i = added == 1 ? node : row.FirstCell; i >= 0; i = Cells[i].Next)
        {
            Cells[i].Link = _cellIndex.Link(CellHash(Cells[i].Row, Cells[i].Cell), i);
        }
    }

    private static int RowHash(TableLog table, int hash) => hash ^ System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(table);

    private static int CellHash(int row, int cell) => (int)((uint)row * 0x9E3779B1u >> 7) ^ (cell * 31);
}
