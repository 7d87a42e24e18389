namespace TinyStore;

/// <summary>The listeners of a store that are called in one phase: the mutators, or the observers.</summary>
internal sealed class ListenerSet(ListenerCount total)
{
    public ListenerTree<HasTablesEvent> HasTables { get; } = new(total);

    public ListenerTree<TablesEvent> Tables { get; } = new(total);

    public ListenerTree<TableIdsEvent> TableIds { get; } = new(total);

    public ListenerTree<HasTableEvent> HasTable { get; } = new(total);

    public ListenerTree<TableEvent> Table { get; } = new(total);

    public ListenerTree<TableCellIdsEvent> TableCellIds { get; } = new(total);

    public ListenerTree<HasTableCellEvent> HasTableCell { get; } = new(total);

    public ListenerTree<RowCountEvent> RowCount { get; } = new(total);

    public ListenerTree<RowIdsEvent> RowIds { get; } = new(total);

    public SortedListeners SortedRowIds { get; } = new(total);

    public ListenerTree<HasRowEvent> HasRow { get; } = new(total);

    public ListenerTree<RowEvent> Row { get; } = new(total);

    public ListenerTree<CellIdsEvent> CellIds { get; } = new(total);

    public ListenerTree<HasCellEvent> HasCell { get; } = new(total);

    public ListenerTree<CellEvent> Cell { get; } = new(total);

    public ListenerTree<InvalidCellEvent> InvalidCell { get; } = new(total);

    public ListenerTree<HasValuesEvent> HasValues { get; } = new(total);

    public ListenerTree<ValuesEvent> Values { get; } = new(total);

    public ListenerTree<ValueIdsEvent> ValueIds { get; } = new(total);

    public ListenerTree<HasValueEvent> HasValue { get; } = new(total);

    public ListenerTree<ValueEvent> Value { get; } = new(total);

    public ListenerTree<InvalidValueEvent> InvalidValue { get; } = new(total);

    /// <summary>Whether anybody listens to ids that come and go.</summary>
    public bool AnyIds => CellIds.Count + HasCell.Count + RowIds.Count + HasRow.Count + TableCellIds.Count + HasTableCell.Count
        + RowCount.Count + SortedRowIds.Count + TableIds.Count + HasTable.Count > 0;

    /// <summary>Whether anybody listens to the contents of cells.</summary>
    public bool AnyContents => Cell.Count + Row.Count + Table.Count + Tables.Count > 0;
}
