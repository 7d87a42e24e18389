namespace TinyStore;

/// <summary>How many listeners a store has, by kind; observers and mutators together.</summary>
public sealed record StoreListenerStats
{
    /// <summary>Listeners added by <see cref="Store.AddHasTablesListener"/>.</summary>
    public int HasTables { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddTablesListener"/>.</summary>
    public int Tables { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddTableIdsListener"/>.</summary>
    public int TableIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasTableListener"/>.</summary>
    public int HasTable { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddTableListener"/>.</summary>
    public int Table { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddTableCellIdsListener"/>.</summary>
    public int TableCellIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasTableCellListener"/>.</summary>
    public int HasTableCell { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddRowCountListener"/>.</summary>
    public int RowCount { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddRowIdsListener"/>.</summary>
    public int RowIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddSortedRowIdsListener"/>.</summary>
    public int SortedRowIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasRowListener"/>.</summary>
    public int HasRow { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddRowListener"/>.</summary>
    public int Row { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddCellIdsListener"/>.</summary>
    public int CellIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasCellListener"/>.</summary>
    public int HasCell { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddCellListener"/>.</summary>
    public int Cell { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddInvalidCellListener"/>.</summary>
    public int InvalidCell { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasValuesListener"/>.</summary>
    public int HasValues { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddValuesListener"/>.</summary>
    public int Values { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddValueIdsListener"/>.</summary>
    public int ValueIds { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddHasValueListener"/>.</summary>
    public int HasValue { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddValueListener"/>.</summary>
    public int Value { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddInvalidValueListener"/>.</summary>
    public int InvalidValue { get; init; }

    /// <summary>Listeners of the start, the coming end and the end of transactions.</summary>
    public int Transaction { get; init; }

    /// <summary>Listeners added by <see cref="Store.AddAfterTransactionListener"/>.</summary>
    public int AfterTransaction { get; init; }
}
