namespace TinyStore;

// Adding listeners. An id that is null stands for any. All are called at the end of the outermost transaction, only for net
// changes, in this order: invalid cells; has tables; table ids and has table; table cell ids and has table cell; row count; row
// ids, has row and sorted row ids; cell ids and has cell; then cell, row, table, tables; and the same for values.
public sealed partial class Store
{
    private readonly ListenerCount _listenerCount = new();
    private readonly ListenerCount _mutatorCount = new();
    private readonly ListenerSet _mutators;
    private readonly ListenerSet _observers;
    private readonly ListenerTree<StoreTransaction> _startListeners;
    private readonly ListenerTree<StoreTransaction> _willFinishListeners;
    private readonly ListenerTree<StoreTransaction> _didFinishListeners;
    private readonly ListenerTree<StoreTransaction> _afterListeners;

    /// <summary>An empty store without a schema.</summary>
    public Store()
    {
        _mutators = new ListenerSet(_mutatorCount);
        _observers = new ListenerSet(_listenerCount);
        _startListeners = new(_listenerCount);
        _willFinishListeners = new(_listenerCount);
        _didFinishListeners = new(_listenerCount);
        _afterListeners = new(_listenerCount);
    }

    /// <summary>Listens for the store getting its first table or losing its last one.</summary>
    public StoreListener AddHasTablesListener(Action<HasTablesEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasTables, [], listener, _ => [new HasTablesEvent(this, HasTables())]);

    /// <summary>Listens for any change of any cell, once for each transaction.</summary>
    public StoreListener AddTablesListener(Action<TablesEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Tables, [], listener, _ => [new TablesEvent(this)]);

    /// <summary>Listens for tables that come or go, once for each transaction.</summary>
    public StoreListener AddTableIdsListener(Action<TableIdsEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).TableIds, [], listener, _ => [new TableIdsEvent(this, default)]);

    /// <summary>Listens for a table that comes or goes.</summary>
    public StoreListener AddHasTableListener(string? tableId, Action<HasTableEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasTable, [tableId], listener, path => Expand(path, TableIdsOf).Select(p => new HasTableEvent(this, p[0], HasTable(p[0]))));

    /// <summary>Listens for any change of any cell of a table, once for each transaction and table.</summary>
    public StoreListener AddTableListener(string? tableId, Action<TableEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Table, [tableId], listener, path => Expand(path, TableIdsOf).Select(p => new TableEvent(this, p[0])));

    /// <summary>Listens for cell ids that no row of the table had before, or none has any more.</summary>
    public StoreListener AddTableCellIdsListener(string? tableId, Action<TableCellIdsEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).TableCellIds, [tableId], listener, path => Expand(path, TableIdsOf).Select(p => new TableCellIdsEvent(this, p[0], default)));

    /// <summary>Listens for a cell id that no row of the table had before, or none has any more.</summary>
    public StoreListener AddHasTableCellListener(string? tableId, string? cellId, Action<HasTableCellEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasTableCell, [tableId, cellId], listener,
            path => Expand(path, TableIdsOf, p => GetTableCellIds(p[0])).Select(p => new HasTableCellEvent(this, p[0], p[1], HasTableCell(p[0], p[1]))));

    /// <summary>Listens for the number of rows in a table.</summary>
    public StoreListener AddRowCountListener(string? tableId, Action<RowCountEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).RowCount, [tableId], listener, path => Expand(path, TableIdsOf).Select(p => new RowCountEvent(this, p[0], GetRowCount(p[0]))));

    /// <summary>Listens for rows that come or go, once for each transaction and table.</summary>
    public StoreListener AddRowIdsListener(string? tableId, Action<RowIdsEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).RowIds, [tableId], listener, path => Expand(path, TableIdsOf).Select(p => new RowIdsEvent(this, p[0], default)));

    /// <summary>Listens for a row that comes or goes.</summary>
    public StoreListener AddHasRowListener(string? tableId, string? rowId, Action<HasRowEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasRow, [tableId, rowId], listener,
            path => Expand(path, TableIdsOf, RowIdsOf).Select(p => new HasRowEvent(this, p[0], p[1], HasRow(p[0], p[1]))));

    /// <summary>Listens for any change of any cell of a row, once for each transaction and row.</summary>
    public StoreListener AddRowListener(string? tableId, string? rowId, Action<RowEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Row, [tableId, rowId], listener, path => Expand(path, TableIdsOf, RowIdsOf).Select(p => new RowEvent(this, p[0], p[1])));

    /// <summary>Listens for cells that come or go, once for each transaction and row.</summary>
    public StoreListener AddCellIdsListener(string? tableId, string? rowId, Action<CellIdsEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).CellIds, [tableId, rowId], listener,
            path => Expand(path, TableIdsOf, RowIdsOf).Select(p => new CellIdsEvent(this, p[0], p[1], default)));

    /// <summary>Listens for a cell that comes or goes.</summary>
    public StoreListener AddHasCellListener(string? tableId, string? rowId, string? cellId, Action<HasCellEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasCell, [tableId, rowId, cellId], listener,
            path => Expand(path, TableIdsOf, RowIdsOf, CellIdsOf).Select(p => new HasCellEvent(this, p[0], p[1], p[2], HasCell(p[0], p[1], p[2]))));

    /// <summary>Listens for changes of a cell.</summary>
    public StoreListener AddCellListener(string? tableId, string? rowId, string? cellId, Action<CellEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Cell, [tableId, rowId, cellId], listener,
            path => Expand(path, TableIdsOf, RowIdsOf, CellIdsOf).Select(p =>
            {
                var cell = GetCell(p[0], p[1], p[2]).GetValueOrDefault();
                return new CellEvent(this, p[0], p[1], p[2], cell, cell);
            }));

    /// <summary>Listens for what is given for cells and cannot be kept. A listener with ids hears only of what has them all.</summary>
    public StoreListener AddInvalidCellListener(string? tableId, string? rowId, string? cellId, Action<InvalidCellEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).InvalidCell, [tableId, rowId, cellId], listener,
            path => Array.TrueForAll(path, id => id is not null) ? [new InvalidCellEvent(this, path[0], path[1], path[2], [])] : []);

    /// <summary>Listens for the store getting its first value or losing its last one.</summary>
    public StoreListener AddHasValuesListener(Action<HasValuesEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasValues, [], listener, _ => [new HasValuesEvent(this, HasValues())]);

    /// <summary>Listens for any change of any value, once for each transaction.</summary>
    public StoreListener AddValuesListener(Action<ValuesEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Values, [], listener, _ => [new ValuesEvent(this)]);

    /// <summary>Listens for values that come or go, once for each transaction.</summary>
    public StoreListener AddValueIdsListener(Action<ValueIdsEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).ValueIds, [], listener, _ => [new ValueIdsEvent(this, default)]);

    /// <summary>Listens for a value that comes or goes.</summary>
    public StoreListener AddHasValueListener(string? valueId, Action<HasValueEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).HasValue, [valueId], listener, path => Expand(path, ValueIdsOf).Select(p => new HasValueEvent(this, p[0], HasValue(p[0]))));

    /// <summary>Listens for changes of a value.</summary>
    public StoreListener AddValueListener(string? valueId, Action<ValueEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).Value, [valueId], listener, path => Expand(path, ValueIdsOf).Select(p =>
        {
            var value = GetValue(p[0]).GetValueOrDefault();
            return new ValueEvent(this, p[0], value, value);
        }));

    /// <summary>Listens for what is given for values and cannot be kept. A listener with an id hears only of what has it.</summary>
    public StoreListener AddInvalidValueListener(string? valueId, Action<InvalidValueEvent> listener, ListenerKind kind = ListenerKind.Observer) =>
        Add(Of(kind).InvalidValue, [valueId], listener, path => path[0] is { } id ? [new InvalidValueEvent(this, id, [])] : []);

    /// <summary>Listens for the begin of each outermost transaction. The listener may write.</summary>
    public StoreListener AddStartTransactionListener(Action<StoreTransaction> listener) => Add(_startListeners, listener);

    /// <summary>Listens for the end of each outermost transaction that was not rolled back by an error: after the mutators,
    /// before the observers. The listener may write; mutators are not called for that, observers are.</summary>
    public StoreListener AddWillFinishTransactionListener(Action<StoreTransaction> listener) => Add(_willFinishListeners, listener);

    /// <summary>Listens for the end of each outermost transaction that was not rolled back by an error: after the observers.
    /// What the listener writes is ignored.</summary>
    public StoreListener AddDidFinishTransactionListener(Action<StoreTransaction> listener) => Add(_didFinishListeners, listener);

    /// <summary>
    /// Listens for transactions that changed something and are over entirely: the store can be written again. What a listener
    /// writes is a new transaction, and its own after-call comes when the calls that wait already are done.
    /// </summary>
    /// <remarks>This one is not TinyBase's. It is for whatever carries changes on (a persister), and it is called even where an
    /// observer threw.</remarks>
    public StoreListener AddAfterTransactionListener(Action<StoreTransaction> listener) => Add(_afterListeners, listener);

    /// <summary>Whether there are listeners that may write into a transaction of somebody else: at its begin, as mutators, or
    /// when it will finish.</summary>
    public bool HasWritingListeners => _mutatorCount.Value + _startListeners.Count + _willFinishListeners.Count > 0;

    /// <summary>How many listeners the store has, by kind.</summary>
    public StoreListenerStats GetListenerStats() => new()
    {
        HasTables = _mutators.HasTables.Count + _observers.HasTables.Count,
        Tables = _mutators.Tables.Count + _observers.Tables.Count,
        TableIds = _mutators.TableIds.Count + _observers.TableIds.Count,
        HasTable = _mutators.HasTable.Count + _observers.HasTable.Count,
        Table = _mutators.Table.Count + _observers.Table.Count,
        TableCellIds = _mutators.TableCellIds.Count + _observers.TableCellIds.Count,
        HasTableCell = _mutators.HasTableCell.Count + _observers.HasTableCell.Count,
        RowCount = _mutators.RowCount.Count + _observers.RowCount.Count,
        RowIds = _mutators.RowIds.Count + _observers.RowIds.Count,
        SortedRowIds = _mutators.SortedRowIds.Count + _observers.SortedRowIds.Count,
        HasRow = _mutators.HasRow.Count + _observers.HasRow.Count,
        Row = _mutators.Row.Count + _observers.Row.Count,
        CellIds = _mutators.CellIds.Count + _observers.CellIds.Count,
        HasCell = _mutators.HasCell.Count + _observers.HasCell.Count,
        Cell = _mutators.Cell.Count + _observers.Cell.Count,
        InvalidCell = _mutators.InvalidCell.Count + _observers.InvalidCell.Count,
        HasValues = _mutators.HasValues.Count + _observers.HasValues.Count,
        Values = _mutators.Values.Count + _observers.Values.Count,
        ValueIds = _mutators.ValueIds.Count + _observers.ValueIds.Count,
        HasValue = _mutators.HasValue.Count + _observers.HasValue.Count,
        Value = _mutators.Value.Count + _observers.Value.Count,
        InvalidValue = _mutators.InvalidValue.Count + _observers.InvalidValue.Count,
        Transaction = _startListeners.Count + _willFinishListeners.Count + _didFinishListeners.Count,
        AfterTransaction = _afterListeners.Count,
    };

    private ListenerSet Of(ListenerKind kind) => kind == ListenerKind.Mutator ? _mutators : _observers;

    private static StoreListener<T> Add<T>(ListenerTree<T> tree, string?[] path, Action<T> listener, Func<string?[], IEnumerable<T>> all)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return tree.Add(path, listener, all);
    }

    private StoreListener<StoreTransaction> Add(ListenerTree<StoreTransaction> tree, Action<StoreTransaction> listener) =>
        Add(tree, [], listener, _ => [IsInTransaction ? CurrentTransaction() : new StoreTransaction(this, new ChangeLog(), null)]);

    // Every list of ids that the path stands for, each null replaced by all the ids there are in its place.
    private static IEnumerable<string[]> Expand(string?[] path, params Func<string[], IReadOnlyList<string>>[] idsOf)
    {
        return From([]);

        IEnumerable<string[]> From(string[] ids)
        {
            if (ids.Length == path.Length)
            {
                yield return ids;
                yield break;
            }
            IReadOnlyList<string> next = path[ids.Length] is { } id ? [id] : ids.Length < idsOf.Length ? idsOf[ids.Length](ids) : [];
            foreach (var nextId in next)
            {
                foreach (var all in From([.. ids, nextId]))
                {
                    yield return all;
                }
            }
        }
    }

    private IReadOnlyList<string> TableIdsOf(string[] path) => GetTableIds();

    private IReadOnlyList<string> RowIdsOf(string[] path) => GetRowIds(path[0]);

    private IReadOnlyList<string> CellIdsOf(string[] path) => GetCellIds(path[0], path[1]);

    private IReadOnlyList<string> ValueIdsOf(string[] path) => GetValueIds();
}
