namespace TinyStore;

/// <summary>
/// What a transaction changed, in TinyBase's shape <c>[tables, values, 1]</c>: new contents by their ids, and null where
/// something was deleted. (A cell that now holds null is <see cref="CellValue.Null"/>.)
/// </summary>
/// <param name="Tables">Changed tables by their id; null: the table was deleted.</param>
/// <param name="Values">Changed values by their id; null: the value was deleted.</param>
public sealed record StoreChanges(TablesChanges Tables, ValuesChanges Values)
{
    /// <summary>No changes.</summary>
    public StoreChanges() : this([], [])
    {
    }

    /// <summary>Whether nothing changed.</summary>
    public bool IsEmpty => Tables.Count == 0 && Values.Count == 0;

    /// <summary>The changes as TinyBase's JSON <c>[tables, values, 1]</c>, deletions written as the string U+FFFC, objects
    /// and arrays in their encoded form.</summary>
    public string ToJson() => ContentJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> writes.</summary>
    /// <exception cref="FormatException">The text is not JSON of that shape.</exception>
    public static StoreChanges FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return ContentJson.ReadChanges(json);
    }
}

/// <summary>Changed tables by their id; null: the table was deleted.</summary>
public sealed class TablesChanges() : OrderedDictionary<string, TableChanges?>(StringComparer.Ordinal);

/// <summary>Changed rows by their id; null: the row was deleted.</summary>
public sealed class TableChanges() : OrderedDictionary<string, RowChanges?>(StringComparer.Ordinal);

/// <summary>New cells by their id; null: the cell was deleted.</summary>
public sealed class RowChanges() : OrderedDictionary<string, CellValue?>(StringComparer.Ordinal);

/// <summary>New values by their id; null: the value was deleted.</summary>
public sealed class ValuesChanges() : OrderedDictionary<string, CellValue?>(StringComparer.Ordinal);
