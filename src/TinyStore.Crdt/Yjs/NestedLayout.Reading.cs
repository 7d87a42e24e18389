using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Reading, and finding containers.
internal sealed partial class NestedLayout
{
    // Handles of containers, so that a change of a cell does not look up its whole path. A container that was deleted or
    // replaced is dead for good, and its handle says so. Tables are few; of rows only the last one is kept.
    private readonly Dictionary<string, YMap> _tableMaps = new(StringComparer.Ordinal);
    private YMap? _tables;
    private YMap? _values;
    private YMap? _lastRow;
    private string? _lastRowId;
    private string? _lastTableId;

    // The rows that were listed last: who lists them reads them next, in the same order.
    private List<(string Id, YMap Row)> _listed = [];
    private string? _listedTableId;
    private int _nextListed;

    public override void ReadTableIds(List<string> tableIds)
    {
        if (FindTables() is not { } tables)
        {
            return;
        }
        foreach (var (tableId, value) in tables)
        {
            if (IsContainer(value))
            {
                tableIds.Add(tableId);
            }
            else
            {
                Report(PathOf(TablesKey, tableId), CellCodec.Describe(value));
            }
        }
    }

    public override void ReadRowIds(string tableId, List<string> rowIds)
    {
        if (FindTable(tableId) is not { } table)
        {
            return;
        }
        (_listed, _listedTableId, _nextListed) = (new(table.Count), tableId, 0);
        _lastRow = null;
        rowIds.EnsureCapacity(rowIds.Count + table.Count);
        foreach (var (rowId, value) in table)
        {
            if (value.AsMap is { } row)
            {
                rowIds.Add(rowId);
                _listed.Add((rowId, row));
            }
            else
            {
                Report(PathOf(TablesKey, tableId, rowId), CellCodec.Describe(value));
            }
        }
    }

    public override void ReadRow(string tableId, string rowId, List<KeyValuePair<string, CellValue>> cells)
    {
        if (FindRow(tableId, rowId) is not { } row)
        {
            return;
        }
        foreach (var (cellId, value) in row)
        {
            if (CellCodec.TryDecode(value, out var cell, Texts))
            {
                cells.Add(new(cellId, cell));
            }
            else
            {
                Report(PathOf(TablesKey, tableId, rowId, cellId), CellCodec.Describe(value));
            }
        }
    }

    public override bool MayHaveRow(string tableId, string rowId) => FindRow(tableId, rowId) is not null;

    public override bool TryReadCell(string tableId, string rowId, string cellId, out CellValue value)
    {
        value = default;
        if (FindRow(tableId, rowId) is not { } row || !row.TryGetValue(cellId, out var held))
        {
            return false;
        }
        if (CellCodec.TryDecode(held, out value, Texts))
        {
            return true;
        }
        Report(PathOf(TablesKey, tableId, rowId, cellId), CellCodec.Describe(held));
        return false;
    }

    public override void ReadValues(List<KeyValuePair<string, CellValue>> values)
    {
        if (FindValues() is not { } map)
        {
            return;
        }
        foreach (var (valueId, held) in map)
        {
            if (CellCodec.TryDecode(held, out var value, Texts))
            {
                values.Add(new(valueId, value));
            }
            else
            {
                Report(PathOf(ValuesKey, valueId), CellCodec.Describe(held));
            }
        }
    }

    public override bool TryReadValue(string valueId, out CellValue value)
    {
        value = default;
        if (FindValues() is not { } map || !map.TryGetValue(valueId, out var held))
        {
            return false;
        }
        if (CellCodec.TryDecode(held, out value, Texts))
        {
            return true;
        }
        Report(PathOf(ValuesKey, valueId), CellCodec.Describe(held));
        return false;
    }

    private YMap? FindTables() => _tables = FindUnderRoot(_tables, TablesKey);

    private YMap? FindValues() => _values = FindUnderRoot(_values, ValuesKey);

    private YMap? FindUnderRoot(YMap? known, string key)
    {
        if (known is { IsDeleted: false })
        {
            return known;
        }
        return FindIn(_root, key, key);
    }

    private YMap? FindTable(string tableId)
    {
        if (_tableMaps.TryGetValue(tableId, out var table) && !table.IsDeleted)
        {
            return table;
        }
        if (FindTables() is { } tables && FindIn(tables, tableId, TablesKey, tableId) is { } found)
        {
            return _tableMaps[tableId] = found;
        }
        _tableMaps.Remove(tableId);
        return null;
    }

    private YMap? FindRow(string tableId, string rowId)
    {
        if (IsLastRow(tableId, rowId))
        {
            return _lastRow;
        }
        if (FindListed(tableId, rowId) is { } listed)
        {
            return Remember(tableId, rowId, listed);
        }
        return FindTable(tableId) is { } table && FindIn(table, rowId, TablesKey, tableId, rowId) is { } row
            ? Remember(tableId, rowId, row)
            : null;
    }

    private YMap? FindListed(string tableId, string rowId)
    {
        if (_nextListed == _listed.Count || !ReferenceEquals(_listed[_nextListed].Id, rowId) || tableId != _listedTableId)
        {
            return null;
        }
        var row = _listed[_nextListed++].Row;
        if (_nextListed == _listed.Count)
        {
            (_listed, _nextListed) = ([], 0);
        }
        return row.IsDeleted ? null : row;
    }

    private bool IsLastRow(string tableId, string rowId) =>
        _lastRow is { IsDeleted: false } && rowId == _lastRowId && tableId == _lastTableId;

    // The live map under a key. What else stands there is reported.
    private YMap? FindIn(YMap around, string key, string containers, string? tableId = null, string? rowId = null)
    {
        if (!around.TryGetLastItem(key, out var last) || last.IsDeleted)
        {
            return null;
        }
        if (last.Map is not { } map)
        {
            Report(PathOf(containers, tableId, rowId), CellCodec.Describe(last.Value));
            return null;
        }
        return map;
    }

    private YMap Remember(string tableId, string rowId, YMap row)
    {
        (_lastTableId, _lastRowId, _lastRow) = (tableId, rowId, row);
        return row;
    }

    private static bool IsContainer(in YValue value) => value.Kind == YValueKind.Type && value.AsMap is not null;
}
