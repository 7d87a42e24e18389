namespace TinyStore.Persisters.Sqlite;

/// <summary>How a database holds a store: <see cref="SqliteJsonLayout"/> or <see cref="SqliteTabularLayout"/>.</summary>
public abstract record SqliteLayout
{
    private protected SqliteLayout()
    {
    }
}

/// <summary>
/// The whole store as JSON in one row, whose id is <c>_</c>: TinyBase's JSON mode. Each save writes all of it.
/// </summary>
public sealed record SqliteJsonLayout : SqliteLayout
{
    /// <summary>The table.</summary>
    /// <value>The default is <c>tinybase</c>.</value>
    public string StoreTableName { get; init; } = "tinybase";

    /// <summary>The column of the row's id.</summary>
    /// <value>The default is <c>_id</c>.</value>
    public string StoreIdColumnName { get; init; } = "_id";

    /// <summary>The column of the JSON.</summary>
    /// <value>The default is <c>store</c>.</value>
    public string StoreColumnName { get; init; } = "store";
}

/// <summary>
/// Tables of the store in tables of the database, a column for each cell id: TinyBase's tabular mode. Only what is listed
/// takes part; a load leaves everything else in the store as it is. A save writes the rows that changed.
/// </summary>
public sealed record SqliteTabularLayout : SqliteLayout
{
    /// <summary>What is loaded: by the name of a table of the database, the table of the store.</summary>
    public IDictionary<string, SqliteTableLoad> Load { get; } = new Dictionary<string, SqliteTableLoad>(StringComparer.Ordinal);

    /// <summary>What is saved: by the id of a table of the store, the table of the database.</summary>
    public IDictionary<string, SqliteTableSave> Save { get; } = new Dictionary<string, SqliteTableSave>(StringComparer.Ordinal);

    /// <summary>Which values are loaded.</summary>
    /// <value>The default is <see cref="SqliteValueSet.None"/>.</value>
    public SqliteValueSet LoadValues { get; init; } = SqliteValueSet.None;

    /// <summary>Which values are saved.</summary>
    /// <value>The default is <see cref="SqliteValueSet.None"/>.</value>
    public SqliteValueSet SaveValues { get; init; } = SqliteValueSet.None;

    /// <summary>The table of the values, which has one row, whose <c>_id</c> is <c>_</c>.</summary>
    /// <value>The default is <c>tinybase_values</c>.</value>
    public string ValuesTableName { get; init; } = "tinybase_values";

    /// <summary>A layout that loads and saves tables under their own names, and all values.</summary>
    public static SqliteTabularLayout Of(params ReadOnlySpan<string> tableIds)
    {
        var layout = new SqliteTabularLayout { LoadValues = SqliteValueSet.All, SaveValues = SqliteValueSet.All };
        foreach (var tableId in tableIds)
        {
            layout.Load[tableId] = tableId;
            layout.Save[tableId] = tableId;
        }
        return layout;
    }
}

/// <summary>How a table of the database is loaded.</summary>
/// <param name="TableId">The table of the store.</param>
public sealed record SqliteTableLoad(string TableId)
{
    /// <summary>The column of the row ids.</summary>
    /// <value>The default is <c>_id</c>.</value>
    public string RowIdColumnName { get; init; } = "_id";

    /// <summary>A condition in SQL for the rows that take part; <c>$tableName</c> in it stands for the table.</summary>
    /// <value>The default is <see langword="null"/>: all rows.</value>
    public string? Condition { get; init; }

    /// <summary>With the defaults.</summary>
    public static implicit operator SqliteTableLoad(string tableId) => new(tableId);
}

/// <summary>How a table of the store is saved.</summary>
/// <param name="TableName">The table of the database. It is made when there is something to save.</param>
public sealed record SqliteTableSave(string TableName)
{
    /// <summary>The column of the row ids.</summary>
    /// <value>The default is <c>_id</c>.</value>
    public string RowIdColumnName { get; init; } = "_id";

    /// <summary>Whether a save of the whole store drops the columns of which no row has a cell.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool DeleteEmptyColumns { get; init; }

    /// <summary>Whether a save of the whole store drops the table when the store has none, and there is no condition.</summary>
    /// <value>The default is <see langword="false"/>: its rows are deleted.</value>
    public bool DeleteEmptyTable { get; init; }

    /// <summary>A condition in SQL for the rows that a save may delete; <c>$tableName</c> in it stands for the table.</summary>
    /// <value>The default is <see langword="null"/>: that of <see cref="SqliteTabularLayout.Load"/> for the same table of the database.</value>
    public string? Condition { get; init; }

    /// <summary>With the defaults.</summary>
    public static implicit operator SqliteTableSave(string tableName) => new(tableName);
}

/// <summary>Some of a store's values.</summary>
public sealed class SqliteValueSet
{
    private SqliteValueSet(IReadOnlySet<string>? ids) => Ids = ids;

    /// <summary>All values.</summary>
    public static SqliteValueSet All { get; } = new(null);

    /// <summary>No values.</summary>
    public static SqliteValueSet None { get; } = new(new HashSet<string>());

    /// <summary>These values.</summary>
    public static SqliteValueSet Of(params ReadOnlySpan<string> valueIds) => new(new HashSet<string>([.. valueIds], StringComparer.Ordinal));

    /// <summary>Their ids; null: all.</summary>
    internal IReadOnlySet<string>? Ids { get; }

    internal bool IsEmpty => Ids?.Count == 0;

    internal bool Has(string valueId) => Ids?.Contains(valueId) != false;
}
