namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>Reads rows of the database as rows of a store. Made anew for each transaction.</summary>
internal sealed class TableReader(SqliteDatabase database, CellKinds kinds, Action<long, long?>? report, CancellationToken cancellationToken)
{
    private const int ReportEvery = 1000;
    private const int MaxErrors = 100;
    private long _rows;

    /// <summary>What was there that no store holds: where, and what. The first hundred.</summary>
    public List<(string Path, string What)> Wrong { get; } = [];

    /// <summary>Whether any row was seen, be it empty.</summary>
    public bool SawRows { get; private set; }

    /// <summary>Reads a table: empty where it is not there or lacks the column of the row ids.</summary>
    /// <param name="tableName">The table.</param>
    /// <param name="rowIdColumnName">The column of the row ids.</param>
    /// <param name="condition">Which rows.</param>
    /// <param name="isWanted">Which cells; null: all.</param>
    /// <param name="keepEmpty">Whether rows without a cell are given too.</param>
    public Table Read(string tableName, string rowIdColumnName, string? condition, Func<string, bool>? isWanted = null, bool keepEmpty = false)
    {
        var table = new Table();
        var columns = TableColumns.Of(database, tableName);
        if (!columns.Names.Contains(rowIdColumnName, StringComparer.OrdinalIgnoreCase))
        {
            return table;
        }
        var kindOf = kinds.Of(tableName);
        var statement = database.Prepare($"SELECT * FROM {TableColumns.Quote(tableName)}{TableColumns.Where(tableName, condition)}");
        (string Name, bool IsBoolean)[]? cells = null;
        var rowIdColumn = -1;
        while (statement.Step())
        {
            cells ??= [.. Enumerable.Range(0, statement.ColumnCount).Select(i => statement.ColumnName(i)).Select(name => (name, columns.IsBoolean(name)))];
            if (rowIdColumn < 0)
            {
                rowIdColumn = Array.FindIndex(cells, cell => cell.Name.Equals(rowIdColumnName, StringComparison.OrdinalIgnoreCase));
            }
            Count();
            var id = statement.Value(rowIdColumn);
            if (id.Kind is SqlKind.Null or SqlKind.Blob)
            {
                continue;
            }
            var rowId = statement.Text(rowIdColumn);
            var row = new Row(cells.Length);
            for (var i = 0; i < cells.Length; i++)
            {
                if (i != rowIdColumn && isWanted?.Invoke(cells[i].Name) != false)
                {
                    ReadCell(statement.Value(i), tableName, rowId, cells[i], kindOf, row);
                }
            }
            if (keepEmpty || row.Count > 0)
            {
                table[rowId] = row;
            }
        }
        return table;
    }

    private void ReadCell(SqlValue value, string tableName, string rowId, (string Name, bool IsBoolean) cell, Dictionary<(string, string), string> kindOf, Row row)
    {
        var kind = kindOf.Count == 0 ? null : kindOf.GetValueOrDefault((rowId, cell.Name));
        if (CellKinds.TryDecode(value, cell.IsBoolean, kind, out var decoded, out var wrong))
        {
            row[cell.Name] = decoded;
        }
        else if (wrong is not null && Wrong.Count < MaxErrors)
        {
            Wrong.Add(($"{tableName}/{rowId}/{cell.Name}", wrong));
        }
    }

    private void Count()
    {
        SawRows = true;
        if (++_rows % ReportEvery == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            report?.Invoke(_rows, null);
        }
    }
}
