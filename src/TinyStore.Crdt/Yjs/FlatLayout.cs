using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// Two root maps: the cells, each under the key of its whole address (<see cref="FlatKey"/>), and the values. A root map is not
/// made by anybody, so nothing can be lost with it. A row is there while it has a cell.
/// </summary>
internal sealed class FlatLayout : YjsLayout
{
    private readonly string _cellsName;
    private readonly string _valuesName;
    private readonly YMap _cells;
    private readonly YMap _values;
    private bool _isInitialized;

    public FlatLayout(YjsPersister persister, YDoc doc, YjsPersisterOptions options)
        : base(persister, doc, options)
    {
        _cellsName = options.RootName + "/cells";
        _valuesName = options.RootName + "/values";
        _cells = doc.GetMap(_cellsName);
        _values = doc.GetMap(_valuesName);
    }

    public override bool IsInitialized => _isInitialized = _isInitialized || WasUsed(_cells) || WasUsed(_values);

    public override bool WriteCell(string tableId, string rowId, string cellId, CellValue value)
    {
        _cells.Set(FlatKey.Of(tableId, rowId, cellId), CellCodec.Encode(value));
        return true;
    }

    public override void DeleteCell(string tableId, string rowId, string cellId) =>
        Delete(_cells, _cellsName, FlatKey.Of(tableId, rowId, cellId));

    public override bool WriteValue(string valueId, CellValue value)
    {
        _values.Set(valueId, CellCodec.Encode(value));
        return true;
    }

    public override void DeleteValue(string valueId) => Delete(_values, _valuesName, valueId);

    public override bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value) =>
        TryRead(_cells, _cellsName, FlatKey.Of(tableId, rowId, cellId), out value);

    public override bool TryReadValue(string valueId, out CellValue value) => TryRead(_values, _valuesName, valueId, out value);

    public override bool TryReadAllCells(Action<string, string, string, CellValue> visitor)
    {
        foreach (var (key, held) in _cells)
        {
            if (!FlatKey.TrySplit(key, out var tableId, out var rowId, out var cellId))
            {
                ReportKey(key);
            }
            else if (TryDecode(_cellsName, key, held, out var value))
            {
                visitor(tableId, rowId, cellId, value);
            }
        }
        return true;
    }

    public override void ReadValues(List<KeyValuePair<string, CellValue>> values)
    {
        foreach (var (valueId, held) in _values)
        {
            if (TryDecode(_valuesName, valueId, held, out var value))
            {
                values.Add(new(valueId, value));
            }
        }
    }

    public override IDisposable Observe() => new Observation(_cells.Observe(OnCells), _values.Observe(OnValues));

    private void OnCells(YMapEvent changed)
    {
        if (IsPlainSave(changed.Transaction))
        {
            return;
        }
        foreach (var key in changed.KeysChanged)
        {
            if (FlatKey.TrySplit(key, out var tableId, out var rowId, out var cellId))
            {
                Mark(DocumentPath.Cell(tableId, rowId, cellId));
            }
            else if (_cells.ContainsKey(key))
            {
                ReportKey(key);
            }
        }
    }

    private void OnValues(YMapEvent changed)
    {
        if (IsPlainSave(changed.Transaction))
        {
            return;
        }
        foreach (var valueId in changed.KeysChanged)
        {
            Mark(DocumentPath.Value(valueId));
        }
    }

    private bool TryRead(YMap map, string name, string key, out CellValue value)
    {
        value = default;
        return map.TryGetValue(key, out var held) && TryDecode(name, key, held, out value);
    }

    private void Delete(YMap map, string name, string key)
    {
        if (TryRead(map, name, key, out _))
        {
            map.Delete(key);
        }
    }

    private bool TryDecode(string name, string key, in YValue held, out CellValue value)
    {
        if (CellCodec.TryDecode(held, out value, Texts))
        {
            return true;
        }
        Report($"{name}/{key}", CellCodec.Describe(held));
        return false;
    }

    private void ReportKey(string key) => Report($"{_cellsName}/{key}", "a key that is not three ids");

    // Be it empty again. What was never used has nothing to look through.
    private static bool WasUsed(YMap map)
    {
        var isUsed = map.Count > 0;
        if (!isUsed)
        {
            map.ForEachLastItem(_ => isUsed = true);
        }
        return isUsed;
    }

    private sealed class Observation(IDisposable cells, IDisposable values) : IDisposable
    {
        public void Dispose()
        {
            cells.Dispose();
            values.Dispose();
        }
    }
}
