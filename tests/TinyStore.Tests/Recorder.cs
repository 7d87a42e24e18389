using System.Globalization;

namespace TinyStore.Tests;

/// <summary>Adds a listener of every kind to a store and writes down what each hears, one line a call.</summary>
internal sealed class Recorder
{
    private readonly Store _store;

    public Recorder(Store store) => _store = store;

    public List<string> Lines { get; } = [];

    /// <summary>The lines so far, which are forgotten then.</summary>
    public string[] Take()
    {
        var lines = Lines.ToArray();
        Lines.Clear();
        return lines;
    }

    public Recorder ListenToAll(ListenerKind kind = ListenerKind.Observer, string prefix = "")
    {
        _store.AddHasTablesListener(e => Add(prefix, "hasTables", e.Exists), kind);
        _store.AddTablesListener(e => Add(prefix, "tables"), kind);
        _store.AddTableIdsListener(e => Add(prefix, "tableIds", Text(e.GetIdChanges())), kind);
        _store.AddHasTableListener(null, e => Add(prefix, "hasTable", e.TableId, e.Exists), kind);
        _store.AddTableListener(null, e => Add(prefix, "table", e.TableId), kind);
        _store.AddTableCellIdsListener(null, e => Add(prefix, "tableCellIds", e.TableId, Text(e.GetIdChanges())), kind);
        _store.AddHasTableCellListener(null, null, e => Add(prefix, "hasTableCell", e.TableId, e.CellId, e.Exists), kind);
        _store.AddRowCountListener(null, e => Add(prefix, "rowCount", e.TableId, e.Count), kind);
        _store.AddRowIdsListener(null, e => Add(prefix, "rowIds", e.TableId, Text(e.GetIdChanges())), kind);
        _store.AddHasRowListener(null, null, e => Add(prefix, "hasRow", e.TableId, e.RowId, e.Exists), kind);
        _store.AddRowListener(null, null, e => Add(prefix, "row", e.TableId, e.RowId), kind);
        _store.AddCellIdsListener(null, null, e => Add(prefix, "cellIds", e.TableId, e.RowId, Text(e.GetIdChanges())), kind);
        _store.AddHasCellListener(null, null, null, e => Add(prefix, "hasCell", e.TableId, e.RowId, e.CellId, e.Exists), kind);
        _store.AddCellListener(null, null, null, e => Add(prefix, "cell", e.TableId, e.RowId, e.CellId, Text(e.Old), Text(e.New)), kind);
        _store.AddInvalidCellListener(null, null, null, e => Add(prefix, "invalidCell", e.TableId ?? "-", e.RowId ?? "-", e.CellId ?? "-", Text(e.Values)), kind);
        _store.AddHasValuesListener(e => Add(prefix, "hasValues", e.Exists), kind);
        _store.AddValuesListener(e => Add(prefix, "values"), kind);
        _store.AddValueIdsListener(e => Add(prefix, "valueIds", Text(e.GetIdChanges())), kind);
        _store.AddHasValueListener(null, e => Add(prefix, "hasValue", e.ValueId, e.Exists), kind);
        _store.AddValueListener(null, e => Add(prefix, "value", e.ValueId, Text(e.Old), Text(e.New)), kind);
        _store.AddInvalidValueListener(null, e => Add(prefix, "invalidValue", e.ValueId ?? "-", Text(e.Values)), kind);
        return this;
    }

    public Recorder ListenToInvalid()
    {
        _store.AddInvalidCellListener(null, null, null, e => Add("", "invalidCell", e.TableId ?? "-", e.RowId ?? "-", e.CellId ?? "-", Text(e.Values)));
        _store.AddInvalidValueListener(null, e => Add("", "invalidValue", e.ValueId ?? "-", Text(e.Values)));
        return this;
    }

    public Recorder ListenToTransactions()
    {
        _store.AddStartTransactionListener(t => Add("", "start", t.Origin ?? "-"));
        _store.AddWillFinishTransactionListener(t => Add("", "willFinish", t.GetChanges().ToJson()));
        _store.AddDidFinishTransactionListener(t => Add("", "didFinish", t.GetChanges().ToJson()));
        _store.AddAfterTransactionListener(t => Add("", "after", t.GetChanges().ToJson()));
        return this;
    }

    public static string Text(IReadOnlyDictionary<string, IdChange> changes) =>
        string.Join(",", changes.Select(c => (c.Value == IdChange.Added ? "+" : "-") + c.Key));

    public static string Text(CellValue? cell) => cell?.ToJson() ?? "-";

    public static string Text(IEnumerable<CellValue> cells) => string.Join(",", cells);

    private void Add(string prefix, params object[] parts) =>
        Lines.Add(prefix + string.Join(" ", parts.Select(p => Convert.ToString(p, CultureInfo.InvariantCulture))));
}
