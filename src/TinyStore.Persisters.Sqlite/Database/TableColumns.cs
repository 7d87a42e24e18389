namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>The columns of a table of the database, and which of them hold booleans. Names are as SQLite takes them: in any case.</summary>
internal sealed class TableColumns
{
    /// <summary>
    /// The declared type of a column whose 0 and 1 are false and true. Its name says so, and because of the BLOB in it SQLite
    /// converts nothing that is put there, as in the columns without a type that TinyBase makes.
    /// </summary>
    public const string BooleanType = "BOOLEAN_BLOB";

    private readonly Dictionary<string, (string Name, bool IsBoolean)> _columns = new(StringComparer.OrdinalIgnoreCase);

    private TableColumns()
    {
    }

    /// <summary>Whether the table is there.</summary>
    public bool Exists => _columns.Count > 0;

    public IEnumerable<string> Names => _columns.Values.Select(column => column.Name);

    public static TableColumns Of(SqliteDatabase database, string tableName)
    {
        var columns = new TableColumns();
        var statement = database.Prepare("SELECT name, type FROM pragma_table_info(?1)").Bind(tableName);
        while (statement.Step())
        {
            columns.Add(statement.Text(0), statement.Text(1).Contains("BOOL", StringComparison.OrdinalIgnoreCase));
        }
        return columns;
    }

    public void Add(string name, bool isBoolean) => _columns[name] = (name, isBoolean);

    public void Remove(string name) => _columns.Remove(name);

    /// <summary>Whether there is a column of exactly that name.</summary>
    public bool Has(string name) => _columns.TryGetValue(name, out var column) && column.Name == name;

    /// <summary>Whether there is a column for what shall be written under that name.</summary>
    /// <exception cref="PersistedDataException">There is one of that name in another case.</exception>
    public bool CheckHas(string name)
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            return false;
        }
        return column.Name == name
            ? true
            : throw new PersistedDataException($"'{name}' cannot be saved: SQLite takes it for the column '{column.Name}', which has other content. Names must differ in more than case.");
    }

    public bool IsBoolean(string name) => _columns.TryGetValue(name, out var column) && column.IsBoolean;

    public static string Quote(string name) => name.Contains('\0', StringComparison.Ordinal)
        ? throw new PersistedDataException($"'{name.Replace("\0", "\\0", StringComparison.Ordinal)}' cannot be the name of a table or column: it contains a NUL.")
        : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>" WHERE …", with the condition of the configuration and another one; empty where there is neither.</summary>
    public static string Where(string tableName, string? condition, string? more = null)
    {
        var parts = new List<string>();
        if (IsCondition(condition))
        {
            parts.Add($"({condition!.Replace("$tableName", Quote(tableName), StringComparison.Ordinal)})");
        }
        if (more is not null)
        {
            parts.Add($"({more})");
        }
        return parts.Count == 0 ? "" : " WHERE " + string.Join(" AND ", parts);
    }

    /// <summary>TinyBase's "true" is none.</summary>
    public static bool IsCondition(string? condition) => condition is not null && condition != "true";
}
