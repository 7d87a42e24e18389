namespace TinyStore.TestKit.Crdt;

/// <summary>What a call of a store does.</summary>
public enum StoreMethod
{
    SetCell,
    SetRow,
    SetPartialRow,
    SetTable,
    SetValue,
    SetValues,
    DeleteCell,
    DeleteRow,
    DeleteTable,
    DeleteTables,
    DeleteValue,
}

/// <summary>A call of a store, ours or TinyBase's, with fresh values in it.</summary>
/// <param name="Method">Which.</param>
/// <param name="TableId">The table, where it takes one.</param>
/// <param name="RowId">The row, where it takes one.</param>
/// <param name="Id">The cell or value, where it takes one.</param>
/// <param name="Cell">The cell or value to write.</param>
/// <param name="Row">The row or values to write.</param>
/// <param name="Table">The table to write.</param>
public sealed record StoreCall(
    StoreMethod Method, string TableId = "", string RowId = "", string Id = "", CellValue Cell = default, IReadOnlyDictionary<string, CellValue>? Row = null, Table? Table = null)
{
    /// <summary>The calls of a step that writes: one, or several for a transaction or burst.</summary>
    public static IReadOnlyList<StoreCall> Of(in ProgramStep step, Func<CellValue> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var (table, row, cell, value) = (step.TableId, step.RowId, step.CellId, step.ValueId);
        return step.Kind switch
        {
            StepKind.SetCell or StepKind.RolledBack => [new(StoreMethod.SetCell, table, row, cell, next())],
            StepKind.SetRow => [new(StoreMethod.SetRow, table, row, Row: new Row { [cell] = next(), ["c"] = next() })],
            StepKind.SetPartialRow => [new(StoreMethod.SetPartialRow, table, row, Row: new Row { ["a"] = next(), ["b"] = next() })],
            StepKind.SetTable => [new(StoreMethod.SetTable, table, Table: new Table { [row] = new Row { ["a"] = next() }, ["r9"] = new Row { [cell] = next() } })],
            StepKind.AddUniqueRow => [new(StoreMethod.SetRow, table, Store.NewUniqueRowId(), Row: new Row { ["a"] = next(), ["b"] = next() })],
            StepKind.SetValue => [new(StoreMethod.SetValue, Id: value, Cell: next())],
            StepKind.SetValues => [new(StoreMethod.SetValues, Row: new Values { ["v2"] = next(), [value] = next() })],
            StepKind.Transaction =>
            [
                new(StoreMethod.SetCell, table, row, cell, next()), new(StoreMethod.SetCell, table, row, cell, next()), new(StoreMethod.DeleteRow, table, "r1"),
                new(StoreMethod.SetCell, "t1", "r1", "a", next()), new(StoreMethod.SetValue, Id: "v1", Cell: next()),
            ],
            StepKind.Burst =>
            [
                new(StoreMethod.SetCell, table, row, cell, next()), new(StoreMethod.SetCell, table, row, cell, next()),
                new(StoreMethod.SetCell, table, "r2", "b", next()), new(StoreMethod.SetValue, Id: value, Cell: next()),
            ],
            StepKind.DeleteCell => [new(StoreMethod.DeleteCell, table, row, cell)],
            StepKind.DeleteRow => [new(StoreMethod.DeleteRow, table, row)],
            StepKind.DeleteTable => [new(StoreMethod.DeleteTable, table)],
            StepKind.DeleteTables => [new(StoreMethod.DeleteTables)],
            StepKind.DeleteValue => [new(StoreMethod.DeleteValue, Id: value)],
            _ => [],
        };
    }

    /// <summary>Makes the call.</summary>
    public void Run(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        switch (Method)
        {
            case StoreMethod.SetCell:
                store.SetCell(TableId, RowId, Id, Cell);
                break;
            case StoreMethod.SetRow:
                store.SetRow(TableId, RowId, (Row)Row!);
                break;
            case StoreMethod.SetPartialRow:
                store.SetPartialRow(TableId, RowId, (Row)Row!);
                break;
            case StoreMethod.SetTable:
                store.SetTable(TableId, Table!);
                break;
            case StoreMethod.SetValue:
                store.SetValue(Id, Cell);
                break;
            case StoreMethod.SetValues:
                store.SetValues((Values)Row!);
                break;
            case StoreMethod.DeleteCell:
                store.DeleteCell(TableId, RowId, Id);
                break;
            case StoreMethod.DeleteRow:
                store.DeleteRow(TableId, RowId);
                break;
            case StoreMethod.DeleteTable:
                store.DeleteTable(TableId);
                break;
            case StoreMethod.DeleteTables:
                store.DeleteTables();
                break;
            default:
                store.DeleteValue(Id);
                break;
        }
    }
}
