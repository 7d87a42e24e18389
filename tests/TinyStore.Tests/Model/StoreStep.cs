using CsCheck;

namespace TinyStore.Tests.Model;

/// <summary>One write, done to a store and in the plainest way to a content.</summary>
internal abstract record StoreStep
{
    private static readonly Gen<string> AnyTable = Gen.Int[0, 2].Select(i => "t" + i);
    private static readonly Gen<string> AnyRow = Gen.Int[0, 11].Select(i => "r" + i);
    private static readonly Gen<string> AnyValue = Gen.Int[0, 9].Select(i => "v" + i);

    private static readonly Gen<CellValue> AnyCell = Gen.Frequency(
        (6, Gen.Int[0, 2].Select(i => (CellValue)i)),
        (3, OneOf("a", "b", true, false, CellValue.Null, 0.5)),
        (1, OneOf(CellValue.FromJson("{\"a\":1}"), CellValue.FromJson("[]"))),
        (1, OneOf(double.NaN, default(CellValue), "\uFFFC", "\uFFFDx")));

    // A few cell ids mostly; now and then so many that rows get wide and layouts many.
    public static Gen<StoreStep> Any(int cellIds)
    {
        var cellId = Gen.Int[0, cellIds - 1].Select(i => "c" + i);
        var row = Gen.Select(cellId, AnyCell).Array[0, Math.Min(cellIds, 60)].Select(ToRow);
        var table = Gen.Select(AnyRow, row).Array[0, 5].Select(rows => Fill(new Table(), rows));
        var tables = Gen.Select(AnyTable, table).Array[0, 3].Select(t => Fill(new Tables(), t));
        var values = Gen.Select(AnyValue, AnyCell).Array[0, 5].Select(v => Fill(new TinyStore.Values(), v));
        return Gen.Frequency(
            (12, Gen.Select(AnyTable, AnyRow, cellId, AnyCell).Select(p => (StoreStep)new SetCell(p.Item1, p.Item2, p.Item3, p.Item4))),
            (4, Gen.Select(AnyTable, AnyRow, cellId).Select(p => (StoreStep)new DeleteCell(p.Item1, p.Item2, p.Item3))),
            (5, Gen.Select(AnyTable, AnyRow, row).Select(p => (StoreStep)new SetRow(p.Item1, p.Item2, p.Item3))),
            (3, Gen.Select(AnyTable, AnyRow, row).Select(p => (StoreStep)new SetPartialRow(p.Item1, p.Item2, p.Item3))),
            (4, Gen.Select(AnyTable, AnyRow).Select(p => (StoreStep)new DeleteRow(p.Item1, p.Item2))),
            (2, Gen.Select(AnyTable, table).Select(p => (StoreStep)new SetTable(p.Item1, p.Item2))),
            (1, AnyTable.Select(t => (StoreStep)new DeleteTable(t))),
            (1, tables.Select(t => (StoreStep)new SetTables(t))),
            (4, Gen.Select(AnyValue, AnyCell).Select(p => (StoreStep)new SetValue(p.Item1, p.Item2))),
            (2, AnyValue.Select(v => (StoreStep)new DeleteValue(v))),
            (1, values.Select(v => (StoreStep)new SetValues(v))));
    }

    public abstract void Run(Store store);

    public abstract void Run(StoreContent content);

    private static Gen<CellValue> OneOf(params CellValue[] cells) => Gen.Int[0, cells.Length - 1].Select(i => cells[i]);

    private static Row ToRow((string, CellValue)[] cells) => Fill(new Row(), cells);

    private static T Fill<T, TItem>(T to, (string, TItem)[] items)
        where T : OrderedDictionary<string, TItem>
    {
        foreach (var (id, item) in items)
        {
            to[id] = item;
        }
        return to;
    }

    private static void Set(StoreContent content, string tableId, string rowId, string cellId, CellValue cell)
    {
        if (cell.IsStorable)
        {
            content.Tables.TryAdd(tableId, []);
            content.Tables[tableId].TryAdd(rowId, []);
            content.Tables[tableId][rowId][cellId] = cell;
        }
    }

    private static void Delete(StoreContent content, string tableId, string rowId, Predicate<string> which)
    {
        if (content.Tables.TryGetValue(tableId, out var table) && table.TryGetValue(rowId, out var row))
        {
            foreach (var id in row.Keys.Where(k => which(k)).ToList())
            {
                row.Remove(id);
            }
            if (row.Count == 0)
            {
                table.Remove(rowId);
            }
            if (table.Count == 0)
            {
                content.Tables.Remove(tableId);
            }
        }
    }

    private static Row Valid(Row row) => Fill(new Row(), [.. row.Where(c => c.Value.IsStorable).Select(c => (c.Key, c.Value))]);

    private static Table Valid(Table table) =>
        Fill(new Table(), [.. table.Select(r => (r.Key, Value: Valid(r.Value))).Where(r => r.Value.Count > 0)]);

    private sealed record SetCell(string TableId, string RowId, string CellId, CellValue Cell) : StoreStep
    {
        public override void Run(Store store) => store.SetCell(TableId, RowId, CellId, Cell);

        public override void Run(StoreContent content) => Set(content, TableId, RowId, CellId, Cell);
    }

    private sealed record DeleteCell(string TableId, string RowId, string CellId) : StoreStep
    {
        public override void Run(Store store) => store.DeleteCell(TableId, RowId, CellId);

        public override void Run(StoreContent content) => Delete(content, TableId, RowId, c => c == CellId);
    }

    private sealed record SetRow(string TableId, string RowId, Row Row) : StoreStep
    {
        public override void Run(Store store) => store.SetRow(TableId, RowId, Row);

        public override void Run(StoreContent content)
        {
            var row = Valid(Row);
            foreach (var (cellId, cell) in row)
            {
                Set(content, TableId, RowId, cellId, cell);
            }
            if (row.Count > 0)
            {
                Delete(content, TableId, RowId, c => !row.ContainsKey(c));
            }
        }
    }

    private sealed record SetPartialRow(string TableId, string RowId, Row Row) : StoreStep
    {
        public override void Run(Store store) => store.SetPartialRow(TableId, RowId, Row);

        public override void Run(StoreContent content)
        {
            foreach (var (cellId, cell) in Row)
            {
                Set(content, TableId, RowId, cellId, cell);
            }
        }
    }

    private sealed record DeleteRow(string TableId, string RowId) : StoreStep
    {
        public override void Run(Store store) => store.DeleteRow(TableId, RowId);

        public override void Run(StoreContent content) => Delete(content, TableId, RowId, _ => true);
    }

    private sealed record SetTable(string TableId, Table Table) : StoreStep
    {
        public override void Run(Store store) => store.SetTable(TableId, Table);

        public override void Run(StoreContent content)
        {
            var table = Valid(Table);
            foreach (var (rowId, row) in table)
            {
                new SetRow(TableId, rowId, row).Run(content);
            }
            foreach (var rowId in content.Tables.GetValueOrDefault(TableId, []).Keys.ToList())
            {
                Delete(content, TableId, rowId, _ => table.Count > 0 && !table.ContainsKey(rowId));
            }
        }
    }

    private sealed record DeleteTable(string TableId) : StoreStep
    {
        public override void Run(Store store) => store.DeleteTable(TableId);

        public override void Run(StoreContent content) => content.Tables.Remove(TableId);
    }

    private sealed record SetTables(Tables Tables) : StoreStep
    {
        public override void Run(Store store) => store.SetTables(Tables);

        public override void Run(StoreContent content)
        {
            var tables = Tables.Select(t => (t.Key, Value: Valid(t.Value))).Where(t => t.Value.Count > 0).ToDictionary();
            foreach (var (tableId, table) in tables)
            {
                new SetTable(tableId, table).Run(content);
            }
            foreach (var tableId in content.Tables.Keys.Where(t => tables.Count > 0 && !tables.ContainsKey(t)).ToList())
            {
                content.Tables.Remove(tableId);
            }
        }
    }

    private sealed record SetValue(string ValueId, CellValue Value) : StoreStep
    {
        public override void Run(Store store) => store.SetValue(ValueId, Value);

        public override void Run(StoreContent content)
        {
            if (Value.IsStorable)
            {
                content.Values[ValueId] = Value;
            }
        }
    }

    private sealed record DeleteValue(string ValueId) : StoreStep
    {
        public override void Run(Store store) => store.DeleteValue(ValueId);

        public override void Run(StoreContent content) => content.Values.Remove(ValueId);
    }

    private sealed record SetValues(TinyStore.Values Values) : StoreStep
    {
        public override void Run(Store store) => store.SetValues(Values);

        public override void Run(StoreContent content)
        {
            var valid = Values.Where(v => v.Value.IsStorable).ToDictionary();
            foreach (var (valueId, value) in Values.Where(v => valid.ContainsKey(v.Key)))
            {
                content.Values[valueId] = value;
            }
            foreach (var valueId in content.Values.Keys.Where(v => valid.Count > 0 && !valid.ContainsKey(v)).ToList())
            {
                content.Values.Remove(valueId);
            }
        }
    }
}
