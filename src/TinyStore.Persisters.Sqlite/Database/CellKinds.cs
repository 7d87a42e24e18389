namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>
/// What SQLite cannot say of a cell: that a null is a present one, that a 0 or 1 is a boolean or, in a column of booleans, a
/// number, and that a text is JSON because the string is no valid Unicode. These few are listed in a table beside the others,
/// which TinyBase does not look at.
/// </summary>
internal sealed class CellKinds(SqliteDatabase database)
{
    public const string TableName = "tinystore_kinds";

    private const string Null = "null";
    private const string Boolean = "boolean";
    private const string Number = "number";
    private const string Json = "json";
    private const double MaxInteger = 9007199254740992; // 2^53: beyond it a double is no exact integer

    private static readonly Dictionary<(string RowId, string Column), string> None = [];

    private readonly Dictionary<string, bool> _has = new(StringComparer.Ordinal);

    /// <summary>Reads those of a table.</summary>
    public Dictionary<(string RowId, string Column), string> Of(string tableName)
    {
        if (!Has(tableName))
        {
            return None;
        }
        var kinds = new Dictionary<(string, string), string>();
        var statement = database.Prepare($"SELECT row_id, column_name, kind FROM {TableName} WHERE table_name = ?1").Bind(tableName);
        while (statement.Step())
        {
            kinds[(statement.Text(0), statement.Text(1))] = statement.Text(2);
        }
        return kinds;
    }

    /// <returns>False where the cell is not there, or, with a message, where there is something that no store holds.</returns>
    public static bool TryDecode(SqlValue value, bool isBooleanColumn, string? kind, out CellValue cell, out string? wrong)
    {
        cell = default;
        wrong = null;
        switch (value.Kind)
        {
            case SqlKind.Null:
                cell = kind == Null ? CellValue.Null : default;
                break;
            case SqlKind.Integer:
                cell = value.Integer is 0 or 1 && (kind == Boolean || (isBooleanColumn && kind != Number))
                    ? new CellValue(value.Integer == 1)
                    : new CellValue((double)value.Integer);
                break;
            case SqlKind.Real when double.IsFinite(value.Real):
                cell = new CellValue(value.Real);
                break;
            case SqlKind.Text when kind == Json && TryFromJson(value.Text!, out cell):
                break;
            case SqlKind.Text when CellValue.TryFromEncoded(value.Text!, out cell):
                break;
            default:
                wrong = value.Kind switch
                {
                    SqlKind.Blob => "a blob",
                    SqlKind.Real => "an infinite number",
                    _ => "a text that TinyBase keeps for itself",
                };
                break;
        }
        return !cell.IsUndefined;
    }

    /// <summary>The cell as SQLite gets it, and what has to be said beside, if anything.</summary>
    public static (SqlValue Value, string? Kind) Encode(CellValue cell, bool isBooleanColumn)
    {
        if (cell.TryGetDouble(out var number))
        {
            return Math.Truncate(number) == number && Math.Abs(number) <= MaxInteger
                ? (SqlValue.Of((long)number), isBooleanColumn && number is 0 or 1 ? Number : null)
                : (SqlValue.Of(number), null);
        }
        if (cell.TryGetBoolean(out var boolean))
        {
            return (SqlValue.Of(boolean ? 1 : 0), isBooleanColumn ? null : Boolean);
        }
        if (cell.TryGetEncoded(out var text) || cell.TryGetString(out text))
        {
            return IsUnicode(text) ? (SqlValue.Of(text), null) : (SqlValue.Of(cell.ToJson()), Json);
        }
        return (default, cell.IsNull ? Null : null);
    }

    /// <summary>Notes the kind of a cell that is written, or that nothing has to be said of it.</summary>
    public void Set(string tableName, string rowId, string column, string? kind)
    {
        if (kind is not null)
        {
            if (!Has(tableName))
            {
                database.Execute(
                    $"CREATE TABLE IF NOT EXISTS {TableName}(table_name TEXT, row_id TEXT, column_name TEXT, kind TEXT NOT NULL, " +
                    "PRIMARY KEY(table_name, row_id, column_name)) WITHOUT ROWID");
                _has[tableName] = true;
            }
            database.Execute(
                $"INSERT INTO {TableName} VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET kind = excluded.kind WHERE kind <> excluded.kind",
                tableName,
                rowId,
                column,
                kind);
        }
        else if (Has(tableName))
        {
            database.Execute($"DELETE FROM {TableName} WHERE table_name = ?1 AND row_id = ?2 AND column_name = ?3", tableName, rowId, column);
        }
    }

    public void ForgetRow(string tableName, string rowId)
    {
        if (Has(tableName))
        {
            database.Execute($"DELETE FROM {TableName} WHERE table_name = ?1 AND row_id = ?2", tableName, rowId);
        }
    }

    public void ForgetColumn(string tableName, string column)
    {
        if (Has(tableName))
        {
            database.Execute($"DELETE FROM {TableName} WHERE table_name = ?1 AND column_name = ?2", tableName, column);
        }
    }

    /// <summary>Forgets what is listed of rows that are no longer there.</summary>
    public void ForgetMissingRows(string tableName, string rowIdColumnName)
    {
        if (Has(tableName))
        {
            database.Execute(
                $"DELETE FROM {TableName} WHERE table_name = ?1 AND row_id NOT IN " +
                $"(SELECT CAST({TableColumns.Quote(rowIdColumnName)} AS TEXT) FROM {TableColumns.Quote(tableName)})",
                tableName);
        }
    }

    public void ForgetTable(string tableName)
    {
        if (Has(tableName))
        {
            database.Execute($"DELETE FROM {TableName} WHERE table_name = ?1", tableName);
        }
    }

    /// <summary>Whether a string survives UTF-8: it has no half of a surrogate pair.</summary>
    public static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private bool Has(string tableName)
    {
        if (!_has.TryGetValue(tableName, out var has))
        {
            has = TableColumns.Of(database, TableName).Exists
                && database.Scalar($"SELECT EXISTS(SELECT 1 FROM {TableName} WHERE table_name = ?1)", tableName) == 1;
            _has[tableName] = has;
        }
        return has;
    }

    private static bool TryFromJson(string text, out CellValue cell)
    {
        try
        {
            cell = CellValue.FromJson(text);
            return true;
        }
        catch (FormatException)
        {
            // Somebody else wrote a text there since.
            cell = default;
            return false;
        }
    }
}
