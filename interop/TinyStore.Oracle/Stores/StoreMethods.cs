using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>TinyBase's store methods by their names, on our store.</summary>
internal static class StoreMethods
{
    // What changes the store returns it, which the protocol writes as null or leaves out.
    private static readonly Dictionary<string, Action<Store, StoreArguments>> Changes = new(StringComparer.Ordinal)
    {
        ["setContent"] = SetContent,
        ["setTables"] = (store, a) => store.SetTables(a.Tables(0)),
        ["setTable"] = (store, a) => store.SetTable(a.Id(0), a.Table(1)),
        ["setRow"] = (store, a) => store.SetRow(a.Id(0), a.Id(1), a.Row(2)),
        ["setPartialRow"] = (store, a) => store.SetPartialRow(a.Id(0), a.Id(1), a.Row(2)),
        ["setCell"] = (store, a) => store.SetCell(a.Id(0), a.Id(1), a.Id(2), a.Cell(3)),
        ["setValues"] = (store, a) => store.SetValues(a.Values(0)),
        ["setPartialValues"] = (store, a) => store.SetPartialValues(a.Values(0)),
        ["setValue"] = (store, a) => store.SetValue(a.Id(0), a.Cell(1)),
        ["applyChanges"] = (store, a) => store.ApplyChanges(a.Changes(0)),
        ["setJson"] = (store, a) => store.SetJson(a.Text(0)),
        ["setTablesJson"] = (store, a) => store.SetTablesJson(a.Text(0)),
        ["setValuesJson"] = (store, a) => store.SetValuesJson(a.Text(0)),
        ["setTablesSchema"] = (store, a) => store.SetTablesSchema(TablesSchema.FromJson(a[0].GetRawText())),
        ["setValuesSchema"] = (store, a) => store.SetValuesSchema(ValuesSchema.FromJson(a[0].GetRawText())),
        ["setSchema"] = (store, a) => store.SetSchema(TablesSchema.FromJson(a[0].GetRawText()), ValuesSchema.FromJson(a.IsGiven(1) ? a[1].GetRawText() : "{}")),
        ["delTables"] = (store, _) => store.DeleteTables(),
        ["delTable"] = (store, a) => store.DeleteTable(a.Id(0)),
        ["delRow"] = (store, a) => store.DeleteRow(a.Id(0), a.Id(1)),
        ["delCell"] = (store, a) => store.DeleteCell(a.Id(0), a.Id(1), a.Id(2), a.Boolean(3)),
        ["delValues"] = (store, _) => store.DeleteValues(),
        ["delValue"] = (store, a) => store.DeleteValue(a.Id(0)),
        ["delTablesSchema"] = (store, _) => store.DeleteTablesSchema(),
        ["delValuesSchema"] = (store, _) => store.DeleteValuesSchema(),
        ["delSchema"] = (store, _) => store.DeleteSchema(),
    };

    private static readonly Dictionary<string, Action<Store, StoreArguments, Utf8JsonWriter>> Queries = new(StringComparer.Ordinal)
    {
        ["addRow"] = (store, a, to) => WriteOptional(to, store.AddRow(a.Id(0), a.Row(1), a.Boolean(2, otherwise: true))),
        ["getContent"] = (store, _, to) => CellJson.Write(to, store.GetContent()),
        ["getTables"] = (store, _, to) => CellJson.Write(to, store.GetTables()),
        ["getTableIds"] = (store, _, to) => CellJson.Write(to, store.GetTableIds()),
        ["getTable"] = (store, a, to) => CellJson.Write(to, store.GetTable(a.Id(0))),
        ["getTableCellIds"] = (store, a, to) => CellJson.Write(to, store.GetTableCellIds(a.Id(0))),
        ["getRowCount"] = (store, a, to) => to.WriteNumberValue(store.GetRowCount(a.Id(0))),
        ["getRowIds"] = (store, a, to) => CellJson.Write(to, store.GetRowIds(a.Id(0))),
        ["getSortedRowIds"] = (store, a, to) => CellJson.Write(to, store.GetSortedRowIds(a.Id(0), a.OptionalId(1), SortOptions(a, 2))),
        ["getRow"] = (store, a, to) => CellJson.Write(to, store.GetRow(a.Id(0), a.Id(1))),
        ["getCellIds"] = (store, a, to) => CellJson.Write(to, store.GetCellIds(a.Id(0), a.Id(1))),
        ["getCell"] = (store, a, to) => CellJson.Write(to, store.GetCell(a.Id(0), a.Id(1), a.Id(2))),
        ["getValues"] = (store, _, to) => CellJson.Write(to, store.GetValues()),
        ["getValueIds"] = (store, _, to) => CellJson.Write(to, store.GetValueIds()),
        ["getValue"] = (store, a, to) => CellJson.Write(to, store.GetValue(a.Id(0))),
        ["hasTables"] = (store, _, to) => to.WriteBooleanValue(store.HasTables()),
        ["hasTable"] = (store, a, to) => to.WriteBooleanValue(store.HasTable(a.Id(0))),
        ["hasTableCell"] = (store, a, to) => to.WriteBooleanValue(store.HasTableCell(a.Id(0), a.Id(1))),
        ["hasRow"] = (store, a, to) => to.WriteBooleanValue(store.HasRow(a.Id(0), a.Id(1))),
        ["hasCell"] = (store, a, to) => to.WriteBooleanValue(store.HasCell(a.Id(0), a.Id(1), a.Id(2))),
        ["hasValues"] = (store, _, to) => to.WriteBooleanValue(store.HasValues()),
        ["hasValue"] = (store, a, to) => to.WriteBooleanValue(store.HasValue(a.Id(0))),
        ["hasTablesSchema"] = (store, _, to) => to.WriteBooleanValue(store.HasTablesSchema()),
        ["hasValuesSchema"] = (store, _, to) => to.WriteBooleanValue(store.HasValuesSchema()),
        ["getListenerStats"] = (store, _, to) => WriteStats(to, store.GetListenerStats()),
        ["isMergeable"] = (_, _, to) => to.WriteBooleanValue(false),
        ["getJson"] = (store, _, to) => to.WriteStringValue(store.GetJson()),
        ["getTablesJson"] = (store, _, to) => to.WriteStringValue(store.GetTablesJson()),
        ["getValuesJson"] = (store, _, to) => to.WriteStringValue(store.GetValuesJson()),
        ["getTablesSchemaJson"] = (store, _, to) => to.WriteStringValue(store.GetTablesSchemaJson()),
        ["getValuesSchemaJson"] = (store, _, to) => to.WriteStringValue(store.GetValuesSchemaJson()),
        ["getSchemaJson"] = (store, _, to) => to.WriteStringValue(store.GetSchemaJson()),
    };

    /// <summary>Calls a method; <paramref name="write"/> gets the value that it returns, if that is not the store.</summary>
    /// <returns>Whether it wrote a value.</returns>
    public static bool Call(Store store, string name, StoreArguments arguments, Utf8JsonWriter write)
    {
        if (Changes.TryGetValue(name, out var change))
        {
            change(store, arguments);
            return false;
        }

        if (Queries.TryGetValue(name, out var query))
        {
            query(store, arguments, write);
            return true;
        }

        throw new OracleRequestException($"A store has no method \"{name}\".");
    }

    public static SortOptions SortOptions(StoreArguments arguments, int first) => new()
    {
        Descending = arguments.Boolean(first),
        Offset = arguments.Integer(first + 1) ?? 0,
        Limit = arguments.Integer(first + 2),
    };

    private static void WriteStats(Utf8JsonWriter to, StoreListenerStats stats)
    {
        to.WriteStartObject();
        to.WriteNumber("hasTables", stats.HasTables);
        to.WriteNumber("tables", stats.Tables);
        to.WriteNumber("tableIds", stats.TableIds);
        to.WriteNumber("hasTable", stats.HasTable);
        to.WriteNumber("table", stats.Table);
        to.WriteNumber("tableCellIds", stats.TableCellIds);
        to.WriteNumber("hasTableCell", stats.HasTableCell);
        to.WriteNumber("rowCount", stats.RowCount);
        to.WriteNumber("rowIds", stats.RowIds);
        to.WriteNumber("sortedRowIds", stats.SortedRowIds);
        to.WriteNumber("hasRow", stats.HasRow);
        to.WriteNumber("row", stats.Row);
        to.WriteNumber("cellIds", stats.CellIds);
        to.WriteNumber("hasCell", stats.HasCell);
        to.WriteNumber("cell", stats.Cell);
        to.WriteNumber("invalidCell", stats.InvalidCell);
        to.WriteNumber("hasValues", stats.HasValues);
        to.WriteNumber("values", stats.Values);
        to.WriteNumber("valueIds", stats.ValueIds);
        to.WriteNumber("hasValue", stats.HasValue);
        to.WriteNumber("value", stats.Value);
        to.WriteNumber("invalidValue", stats.InvalidValue);
        to.WriteNumber("transaction", stats.Transaction);
        to.WriteEndObject();
    }

    /// <summary>Content without values leaves the values as they are.</summary>
    private static void SetContent(Store store, StoreArguments arguments)
    {
        var (tables, values) = arguments.Content(0);
        store.SetContent(new StoreContent(tables, values ?? store.GetValues()));
    }

    private static void WriteOptional(Utf8JsonWriter writer, string? id)
    {
        if (id is null)
        {
            CellJson.WriteSpecial(writer, "undefined");
        }
        else
        {
            writer.WriteStringValue(id);
        }
    }
}
