using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>
/// TinyBase's listener kinds on our store. A listener writes the arguments that TinyBase would hand it, as an array, without
/// the store and without functions.
/// </summary>
internal static class StoreListeners
{
    /// <summary>Gets what writes the arguments, and those that TinyBase leaves out where a listener is called by hand.</summary>
    public delegate void Report(Action<Utf8JsonWriter> arguments, Action<Utf8JsonWriter>? unlessCalled = null);

    private delegate StoreListener Adder(Store store, StoreArguments a, ListenerKind kind, Report report);

    private static readonly Dictionary<string, Adder> Kinds = new(StringComparer.Ordinal)
    {
        ["HasTables"] = (s, a, k, r) => s.AddHasTablesListener(e => r(w => w.WriteBooleanValue(e.Exists)), k),
        ["Tables"] = (s, a, k, r) => s.AddTablesListener(e => r(w => { }), k),
        ["TableIds"] = (s, a, k, r) => s.AddTableIdsListener(e => r(w => { }, w => WriteChanges(w, e.GetIdChanges())), k),
        ["HasTable"] = (s, a, k, r) => s.AddHasTableListener(a.OptionalId(0), e => r(w => Write(w, e.Exists, e.TableId)), k),
        ["Table"] = (s, a, k, r) => s.AddTableListener(a.OptionalId(0), e => r(w => WriteIds(w, e.TableId)), k),
        ["TableCellIds"] = (s, a, k, r) => s.AddTableCellIdsListener(a.OptionalId(0), e => r(w => WriteIds(w, e.TableId), w => WriteChanges(w, e.GetIdChanges())), k),
        ["HasTableCell"] = (s, a, k, r) => s.AddHasTableCellListener(a.OptionalId(0), a.OptionalId(1), e => r(w => Write(w, e.Exists, e.TableId, e.CellId)), k),
        ["RowCount"] = (s, a, k, r) => s.AddRowCountListener(a.OptionalId(0), e => r(w => WriteIds(w, e.TableId), w => w.WriteNumberValue(e.Count)), k),
        ["RowIds"] = (s, a, k, r) => s.AddRowIdsListener(a.OptionalId(0), e => r(w => WriteIds(w, e.TableId), w => WriteChanges(w, e.GetIdChanges())), k),
        ["SortedRowIds"] = (s, a, k, r) => s.AddSortedRowIdsListener(a.Id(0), a.OptionalId(1), StoreMethods.SortOptions(a, 2), e => r(w => Write(w, e)), k),
        ["HasRow"] = (s, a, k, r) => s.AddHasRowListener(a.OptionalId(0), a.OptionalId(1), e => r(w => Write(w, e.Exists, e.TableId, e.RowId)), k),
        ["Row"] = (s, a, k, r) => s.AddRowListener(a.OptionalId(0), a.OptionalId(1), e => r(w => WriteIds(w, e.TableId, e.RowId)), k),
        ["CellIds"] = (s, a, k, r) => s.AddCellIdsListener(a.OptionalId(0), a.OptionalId(1), e => r(w => WriteIds(w, e.TableId, e.RowId), w => WriteChanges(w, e.GetIdChanges())), k),
        ["HasCell"] = (s, a, k, r) => s.AddHasCellListener(a.OptionalId(0), a.OptionalId(1), a.OptionalId(2), e => r(w => Write(w, e.Exists, e.TableId, e.RowId, e.CellId)), k),
        ["Cell"] = (s, a, k, r) => s.AddCellListener(a.OptionalId(0), a.OptionalId(1), a.OptionalId(2), e => r(w =>
        {
            WriteIds(w, e.TableId, e.RowId, e.CellId);
            CellJson.Write(w, e.New);
            CellJson.Write(w, e.Old);
        }), k),
        ["InvalidCell"] = (s, a, k, r) => s.AddInvalidCellListener(a.OptionalId(0), a.OptionalId(1), a.OptionalId(2), e => r(w => WriteIds(w, e.TableId, e.RowId, e.CellId), w => Write(w, e.Values)), k),
        ["HasValues"] = (s, a, k, r) => s.AddHasValuesListener(e => r(w => w.WriteBooleanValue(e.Exists)), k),
        ["Values"] = (s, a, k, r) => s.AddValuesListener(e => r(w => { }), k),
        ["ValueIds"] = (s, a, k, r) => s.AddValueIdsListener(e => r(w => { }, w => WriteChanges(w, e.GetIdChanges())), k),
        ["HasValue"] = (s, a, k, r) => s.AddHasValueListener(a.OptionalId(0), e => r(w => Write(w, e.Exists, e.ValueId)), k),
        ["Value"] = (s, a, k, r) => s.AddValueListener(a.OptionalId(0), e => r(w =>
        {
            WriteIds(w, e.ValueId);
            CellJson.Write(w, e.New);
            CellJson.Write(w, e.Old);
        }), k),
        ["InvalidValue"] = (s, a, k, r) => s.AddInvalidValueListener(a.OptionalId(0), e => r(w => WriteIds(w, e.ValueId), w => Write(w, e.Values)), k),
        ["StartTransaction"] = (s, a, k, r) => s.AddStartTransactionListener(e => r(w => { })),
        ["WillFinishTransaction"] = (s, a, k, r) => s.AddWillFinishTransactionListener(e => r(w => { })),
        ["DidFinishTransaction"] = (s, a, k, r) => s.AddDidFinishTransactionListener(e => r(w => { })),
    };

    public static StoreListener Add(Store store, string kind, StoreArguments arguments, bool mutator, Report report) =>
        Kinds.TryGetValue(kind, out var add)
            ? add(store, arguments, mutator ? ListenerKind.Mutator : ListenerKind.Observer, report)
            : throw new OracleRequestException($"There is no listener kind \"{kind}\".");

    public static void WriteIdChanges(Utf8JsonWriter writer, IReadOnlyDictionary<string, IdChange> changes)
    {
        writer.WriteStartObject();
        foreach (var (id, change) in changes)
        {
            writer.WriteNumber(id, (int)change);
        }

        writer.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter writer, params ReadOnlySpan<string?> ids)
    {
        foreach (var id in ids)
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

    private static void WriteChanges(Utf8JsonWriter writer, IReadOnlyDictionary<string, IdChange> changes)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("idChanges");
        WriteIdChanges(writer, changes);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, bool exists, params ReadOnlySpan<string?> ids)
    {
        WriteIds(writer, ids);
        writer.WriteBooleanValue(exists);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<CellValue> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            CellJson.Write(writer, value);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, SortedRowIdsEvent e)
    {
        WriteIds(writer, e.TableId, e.CellId);
        writer.WriteBooleanValue(e.Options.Descending);
        writer.WriteNumberValue(e.Options.Offset);
        CellJson.Write(writer, e.Options.Limit is { } limit ? limit : default(CellValue?));
        CellJson.Write(writer, e.RowIds);
    }
}
