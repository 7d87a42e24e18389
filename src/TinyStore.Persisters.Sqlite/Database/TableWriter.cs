using System.Text;

namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>
/// Writes rows of a store into a table of the database: one statement for each row that changed, with just its changed cells,
/// so there is no limit to how many there are. Made anew for each transaction.
/// </summary>
internal sealed class TableWriter
{
    private readonly SqliteDatabase _database;
    private readonly CellKinds _kinds;
    private readonly string _name;
    private readonly string _rowId;
    private readonly string? _condition;
    private readonly TableColumns _columns;
    private readonly List<(string Cell, SqlValue Value, string? Kind)> _cells = [];

    public TableWriter(SqliteDatabase database, CellKinds kinds, string tableName, string rowIdColumnName, string? condition = null)
    {
        _database = database;
        _kinds = kinds;
        _name = tableName;
        _rowId = rowIdColumnName;
        _condition = condition;
        _columns = TableColumns.Of(database, tableName);
    }

    private string Table => TableColumns.Quote(_name);

    private string Id => TableColumns.Quote(_rowId);

    /// <summary>Makes the table and the columns that rows need and that are not there.</summary>
    public void MakeColumns(IEnumerable<KeyValuePair<string, RowChanges?>> rows)
    {
        foreach (var (_, row) in rows)
        {
            foreach (var (cellId, cell) in row ?? [])
            {
                if (cell is { } value)
                {
                    MakeColumn(cellId, isBoolean: value.TryGetBoolean(out _));
                }
            }
        }
    }

    /// <summary>Writes the changed cells of a row; null deletes the row. The columns are there.</summary>
    public void Write(string rowId, RowChanges? row)
    {
        if (!CellKinds.IsUnicode(rowId))
        {
            throw new PersistedDataException($"The row '{rowId}' of '{_name}' cannot be saved: its id is no valid Unicode.");
        }
        if (!_columns.Exists)
        {
            return;
        }
        if (row is null)
        {
            _database.Execute($"DELETE FROM {Table}{TableColumns.Where(_name, _condition, $"{Id} = ?1")}", rowId);
            _kinds.ForgetRow(_name, rowId);
            return;
        }
        _cells.Clear();
        var isThere = false;
        foreach (var (cellId, cell) in row)
        {
            // A cell that never had a column has nothing to delete.
            if (_columns.Has(cellId) && !IsRowId(cellId))
            {
                var (value, kind) = CellKinds.Encode(cell ?? default, _columns.IsBoolean(cellId));
                _cells.Add((cellId, value, kind));
                isThere |= cell is not null;
            }
        }
        if (_cells.Count == 0)
        {
            return;
        }
        Run(UpdateSql(), rowId);
        if (_database.Changes() == 0 && isThere)
        {
            Run(InsertSql(), rowId);
        }
        foreach (var (cell, _, kind) in _cells)
        {
            _kinds.Set(_name, rowId, cell, kind);
        }
    }

    /// <summary>Deletes all rows that take part.</summary>
    public void Clear()
    {
        if (_columns.Exists)
        {
            _database.Execute($"DELETE FROM {Table}{TableColumns.Where(_name, _condition)}");
            _kinds.ForgetMissingRows(_name, _rowId);
        }
    }

    public void Drop()
    {
        if (_columns.Exists)
        {
            _database.Execute($"DROP TABLE {Table}");
            _kinds.ForgetTable(_name);
        }
    }

    public void DropColumnsExcept(Predicate<string> isKept)
    {
        foreach (var column in _columns.Names.ToArray())
        {
            if (!IsRowId(column) && !isKept(column))
            {
                _database.Execute($"ALTER TABLE {Table} DROP COLUMN {TableColumns.Quote(column)}");
                _columns.Remove(column);
                _kinds.ForgetColumn(_name, column);
            }
        }
    }

    private bool IsRowId(string cellId) => cellId.Equals(_rowId, StringComparison.OrdinalIgnoreCase);

    private void MakeColumn(string cellId, bool isBoolean)
    {
        if (IsRowId(cellId))
        {
            throw new PersistedDataException($"The cell '{cellId}' of '{_name}' cannot be saved: the column of the row ids has that name.");
        }
        if (_columns.CheckHas(cellId))
        {
            return;
        }
        var column = TableColumns.Quote(cellId) + (isBoolean ? " " + TableColumns.BooleanType : "");
        if (_columns.Exists)
        {
            _database.Execute($"ALTER TABLE {Table} ADD {column}");
        }
        else
        {
            _database.Execute($"CREATE TABLE {Table}({Id} PRIMARY KEY, {column})");
            _columns.Add(_rowId, false);
        }
        _columns.Add(cellId, isBoolean);
    }

    private string UpdateSql()
    {
        var sql = new StringBuilder("UPDATE ").Append(Table).Append(" SET ");
        for (var i = 0; i < _cells.Count; i++)
        {
            sql.Append(i == 0 ? "" : ", ").Append(TableColumns.Quote(_cells[i].Cell)).Append(" = ?").Append(i + 2);
        }
        return sql.Append(" WHERE ").Append(Id).Append(" = ?1").ToString();
    }

    private string InsertSql()
    {
        var sql = new StringBuilder("INSERT INTO ").Append(Table).Append('(').Append(Id);
        foreach (var (cell, _, _) in _cells)
        {
            sql.Append(", ").Append(TableColumns.Quote(cell));
        }
        sql.Append(") VALUES(?1");
        for (var i = 0; i < _cells.Count; i++)
        {
            sql.Append(", ?").Append(i + 2);
        }
        return sql.Append(')').ToString();
    }

    private void Run(string sql, string rowId)
    {
        var statement = _database.Prepare(sql).Bind(rowId);
        for (var i = 0; i < _cells.Count; i++)
        {
            statement.Bind(i + 2, _cells[i].Value);
        }
        while (statement.Step())
        {
        }
    }
}
