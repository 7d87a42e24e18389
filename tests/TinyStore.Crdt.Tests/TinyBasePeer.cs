using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>
/// A peer that treats its document as TinyBase 10.0.1 with its Yjs persister does: plain containers under a random client id,
/// containers deleted when they are empty, the whole content matched when a container is missing, ghosts in the store.
/// </summary>
internal sealed class TinyBasePeer : IDisposable
{
    private bool _isLoading;

    public TinyBasePeer(ulong clientId, bool gc = true)
    {
        Doc = new YDoc(new YDocOptions { ClientId = clientId, Gc = gc });
        Doc.ObserveUpdates(e =>
        {
            Updates.Add(e.Update.ToArray());
            if (e.IsLocal)
            {
                LocalUpdates.Add(e.Update.ToArray());
            }
        });
        Root.ObserveDeep(Load);
        Store.AddAfterTransactionListener(Save);
    }

    public YDoc Doc { get; }

    public Store Store { get; } = new();

    public List<byte[]> Updates { get; } = [];

    public List<byte[]> LocalUpdates { get; } = [];

    private YMap Root => Doc.GetMap("tinybase");

    /// <summary>As startAutoPersisting: what the document has is loaded, then everything is matched, which makes t and v.</summary>
    public TinyBasePeer Start()
    {
        if (Root.TryGetMap("t", out _) && Root.TryGetMap("v", out _))
        {
            _isLoading = true;
            Store.SetContent(ContentOfDoc());
            _isLoading = false;
        }
        Doc.Transact(_ => Match(), this);
        return this;
    }

    public void Apply(byte[] update) => Doc.ApplyUpdate(update, "test");

    public void Dispose() => Doc.Dispose();

    private void Save(StoreTransaction transaction)
    {
        if (_isLoading)
        {
            return;
        }
        var changes = transaction.GetChanges();
        Doc.Transact(
            _ =>
            {
                if (!TrySaveChanges(changes))
                {
                    Match();
                }
            },
            this);
    }

    private bool TrySaveChanges(StoreChanges changes)
    {
        if (!Root.TryGetMap("t", out var tables) || !Root.TryGetMap("v", out var values))
        {
            return false;
        }
        foreach (var (tableId, table) in changes.Tables)
        {
            if (table is null)
            {
                tables.Delete(tableId);
                continue;
            }
            if (!tables.TryGetMap(tableId, out var tableMap))
            {
                return false;
            }
            foreach (var (rowId, row) in table)
            {
                if (row is null)
                {
                    tableMap.Delete(rowId);
                    continue;
                }
                if (!tableMap.TryGetMap(rowId, out var rowMap))
                {
                    return false;
                }
                foreach (var (cellId, cell) in row)
                {
                    Write(rowMap, cellId, cell);
                }
            }
        }
        foreach (var (valueId, value) in changes.Values)
        {
            Write(values, valueId, value);
        }
        return true;
    }

    private void Match()
    {
        if (!Root.TryGetMap("t", out var tables))
        {
            tables = Root.SetMap("t");
        }
        if (!Root.TryGetMap("v", out var values))
        {
            values = Root.SetMap("v");
        }
        var content = Store.GetContent();
        foreach (var (tableId, table) in content.Tables)
        {
            if (!tables.TryGetMap(tableId, out var tableMap))
            {
                tableMap = tables.SetMap(tableId);
            }
            foreach (var (rowId, row) in table)
            {
                if (!tableMap.TryGetMap(rowId, out var rowMap))
                {
                    rowMap = tableMap.SetMap(rowId);
                }
                foreach (var (cellId, cell) in row)
                {
                    Write(rowMap, cellId, cell);
                }
                DeleteOthers(rowMap, row.ContainsKey);
            }
            DeleteOthers(tableMap, table.ContainsKey);
        }
        DeleteOthers(tables, content.Tables.ContainsKey);
        foreach (var (valueId, value) in content.Values)
        {
            Write(values, valueId, value);
        }
        DeleteOthers(values, content.Values.ContainsKey);
    }

    private static void DeleteOthers(YMap map, Predicate<string> isKept)
    {
        foreach (var key in map.Select(entry => entry.Key).ToArray())
        {
            if (!isKept(key))
            {
                map.Delete(key);
            }
        }
    }

    private static void Write(YMap map, string key, CellValue? value)
    {
        if (value is not { } content)
        {
            map.Delete(key);
        }
        else if (!map.TryGetValue(key, out var held) || held != CellCodec.Encode(content))
        {
            map.Set(key, CellCodec.Encode(content));
        }
    }

    private void Load(IReadOnlyList<YEvent> events)
    {
        if (events[0].Transaction.Origin == this)
        {
            return;
        }
        _isLoading = true;
        Store.Transaction(() =>
        {
            foreach (var e in events.OfType<YMapEvent>())
            {
                Load(e);
            }
        });
        _isLoading = false;
    }

    // A container that came or was replaced is sent as its content; rows that are gone with an old one stay in the store.
    private void Load(YMapEvent e)
    {
        var path = e.Path;
        foreach (var key in e.KeysChanged)
        {
            switch (path.Count)
            {
                case 0 when key is "t":
                    e.CurrentTarget.Doc.GetMap("tinybase").TryGetMap("t", out var tables);
                    foreach (var table in tables?.ToArray() ?? [])
                    {
                        LoadTable(table.Key, table.Value.AsMap!);
                    }
                    break;
                case 0:
                    Root.TryGetMap("v", out var values);
                    foreach (var value in values?.ToArray() ?? [])
                    {
                        LoadValue(value.Key, values!);
                    }
                    break;
                case 1 when path[0].Key is "v":
                    LoadValue(key, (YMap)e.Target);
                    break;
                case 1:
                    if (((YMap)e.Target).TryGetMap(key, out var tableMap))
                    {
                        LoadTable(key, tableMap);
                    }
                    else
                    {
                        Store.DeleteTable(key);
                    }
                    break;
                case 2:
                    if (((YMap)e.Target).TryGetMap(key, out var row))
                    {
                        LoadRow(path[1].Key!, key, row);
                    }
                    else
                    {
                        Store.DeleteRow(path[1].Key!, key);
                    }
                    break;
                default:
                    LoadCell(path[1].Key!, path[2].Key!, key, (YMap)e.Target);
                    break;
            }
        }
    }

    private void LoadTable(string tableId, YMap table)
    {
        foreach (var row in table.ToArray())
        {
            LoadRow(tableId, row.Key, row.Value.AsMap!);
        }
    }

    private void LoadRow(string tableId, string rowId, YMap row)
    {
        foreach (var cell in row.ToArray())
        {
            LoadCell(tableId, rowId, cell.Key, row);
        }
    }

    private void LoadCell(string tableId, string rowId, string cellId, YMap row)
    {
        if (row.TryGetValue(cellId, out var held) && CellCodec.TryDecode(held, out var cell))
        {
            Store.SetCell(tableId, rowId, cellId, cell);
        }
        else
        {
            Store.DeleteCell(tableId, rowId, cellId);
        }
    }

    private void LoadValue(string valueId, YMap values)
    {
        if (values.TryGetValue(valueId, out var held) && CellCodec.TryDecode(held, out var value))
        {
            Store.SetValue(valueId, value);
        }
        else
        {
            Store.DeleteValue(valueId);
        }
    }

    private StoreContent ContentOfDoc()
    {
        var store = new Store();
        foreach (var (path, value) in Content.CellsOf(Doc))
        {
            var steps = path.Split('/');
            if (steps.Length == 1)
            {
                store.SetValue(path, value);
            }
            else
            {
                store.SetCell(steps[0], steps[1], steps[2], value);
            }
        }
        return store.GetContent();
    }
}
