namespace TinyStore;

/// <summary>The schemas of a table's cells, by cell id.</summary>
public sealed class TableSchema() : OrderedDictionary<string, CellSchema>(StringComparer.Ordinal);

/// <summary>The schemas of tables, by table id. A store with one takes no other tables and no other cells.</summary>
public sealed class TablesSchema() : OrderedDictionary<string, TableSchema>(StringComparer.Ordinal)
{
    /// <summary>Reads TinyBase's JSON of a tables schema. As there, a cell schema that makes no sense is left out, and so is a
    /// default of the wrong type; what remains may be empty.</summary>
    /// <exception cref="FormatException">The text is not JSON.</exception>
    public static TablesSchema FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return SchemaJson.ReadTables(json);
    }
}

/// <summary>The schemas of values, by value id. A store with one takes no other values.</summary>
public sealed class ValuesSchema() : OrderedDictionary<string, CellSchema>(StringComparer.Ordinal)
{
    /// <summary>Reads TinyBase's JSON of a values schema. As there, a value schema that makes no sense is left out, and so is a
    /// default of the wrong type; what remains may be empty.</summary>
    /// <exception cref="FormatException">The text is not JSON.</exception>
    public static ValuesSchema FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return SchemaJson.ReadValues(json);
    }
}
