namespace TinyStore;

/// <summary>Cells by their id, in the order in which they were added. A plain copy of data: changing it changes no store.</summary>
public sealed class Row : OrderedDictionary<string, CellValue>
{
    /// <summary>An empty row.</summary>
    public Row() : base(StringComparer.Ordinal)
    {
    }

    /// <summary>An empty row with room for <paramref name="capacity"/> cells.</summary>
    public Row(int capacity) : base(capacity, StringComparer.Ordinal)
    {
    }
}

/// <summary>Rows by their id, in the order in which they were added. A plain copy of data: changing it changes no store.</summary>
public sealed class Table : OrderedDictionary<string, Row>
{
    /// <summary>An empty table.</summary>
    public Table() : base(StringComparer.Ordinal)
    {
    }

    /// <summary>An empty table with room for <paramref name="capacity"/> rows.</summary>
    public Table(int capacity) : base(capacity, StringComparer.Ordinal)
    {
    }
}

/// <summary>Tables by their id, in the order in which they were added. A plain copy of data: changing it changes no store.</summary>
public sealed class Tables : OrderedDictionary<string, Table>
{
    /// <summary>No tables.</summary>
    public Tables() : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>Values by their id, in the order in which they were added. A plain copy of data: changing it changes no store.</summary>
public sealed class Values : OrderedDictionary<string, CellValue>
{
    /// <summary>No values.</summary>
    public Values() : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>All that a store holds: TinyBase's <c>[tables, values]</c>.</summary>
/// <param name="Tables">The tables.</param>
/// <param name="Values">The values.</param>
public sealed record StoreContent(Tables Tables, Values Values)
{
    /// <summary>No tables and no values.</summary>
    public StoreContent() : this([], [])
    {
    }
}
