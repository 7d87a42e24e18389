using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>A peer of a <see cref="World"/>: what it got, and so what it knows.</summary>
internal abstract class WorldNode(World world, int index, bool gc) : IDisposable
{
    private readonly HashSet<int> _delivered = [];
    private List<Operation> _current = [];

    public int Index { get; } = index;

    public abstract bool IsNet { get; }

    /// <summary>Who is on another side is not heard.</summary>
    public int Side { get; set; }

    public string DocContent => Content.Of(Doc, World.Options.Layout);

    public abstract YDoc Doc { get; }

    public abstract Store Store { get; }

    protected World World { get; } = world;

    protected bool Gc { get; } = gc;

    public bool Has(int message) => _delivered.Contains(message);

    public void Deliver(int message)
    {
        if (_delivered.Add(message))
        {
            Apply(World.Message(message));
        }
    }

    public void Apply(byte[] update)
    {
        Doc.ApplyUpdate(update, "network");
        if (Doc.HasPending)
        {
            World.Tally.Pendings++;
        }
    }

    public void Pull(WorldNode other)
    {
        if (other == this)
        {
            return;
        }
        World.Tally.Pulls++;
        _delivered.UnionWith(other._delivered);
        Apply(other.Doc.EncodeStateAsUpdate(Doc.EncodeStateVector()));
    }

    public abstract void Dispose();

    public abstract void Write(ref Dice dice);

    public abstract void Start(ref Dice dice);

    public abstract void FinishStart();

    public virtual void Restart()
    {
    }

    protected void OnUpdate(YUpdateEvent e)
    {
        if (!e.IsLocal)
        {
            return;
        }
        var number = World.Send(this, e.Update.ToArray());
        _delivered.Add(number);
        foreach (var operation in _current)
        {
            operation.Message = number;
            if (!operation.IsDelete)
            {
                operation.Item = ItemAt(operation.Path);
            }
        }
        _current = [];
    }

    protected void Record(List<(string Path, CellValue Value)> operations)
    {
        var held = operations.Exists(operation => operation.Value.IsUndefined) ? Content.CellsOf(Doc, World.Options.Layout).Select(cell => cell.Key).ToHashSet() : [];
        foreach (var (path, value) in operations)
        {
            if (value.IsUndefined && !held.Contains(path))
            {
                // The document does not show it: nothing is deleted.
                continue;
            }
            var all = World.OperationsOn(path);
            var operation = new Operation { Path = path, Value = value, IsNet = IsNet, Past = [.. all.Where(Knows)] };
            all.Add(operation);
            _current.Add(operation);
            World.Tally.Operations++;
            World.Tally.Deletes += operation.IsDelete ? 1 : 0;
        }
    }

    /// <summary>Deletes that have been done in the document already.</summary>
    protected void RecordDeletes(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var all = World.OperationsOn(path);
            var operation = new Operation { Path = path, Value = default, IsNet = IsNet, Past = [.. all.Where(Knows)] };
            all.Add(operation);
            _current.Add(operation);
            World.Tally.Operations++;
            World.Tally.Deletes++;
        }
    }

    protected void CountConflicts(List<(string Path, CellValue Value)> operations)
    {
        foreach (var (path, value) in operations)
        {
            var steps = path.Split('/');
            if (value.IsUndefined || steps.Length < 3)
            {
                continue;
            }
            var mine = HasContainers(this, steps);
            foreach (var other in World.Nodes)
            {
                var theirs = HasContainers(other, steps);
                World.Tally.TableConflicts += !mine.Table && theirs.Table ? 1 : 0;
                World.Tally.RowConflicts += !mine.Row && theirs.Row ? 1 : 0;
            }
        }

        (bool Table, bool Row) HasContainers(WorldNode node, string[] steps)
        {
            if (World.Options.Layout == DocLayout.Flat)
            {
                var keys = node.Doc.GetMap("tinybase/cells").Select(cell => cell.Key).ToList();
                return (keys.Exists(key => key.StartsWith(steps[0] + "/", StringComparison.Ordinal)),
                    keys.Exists(key => key.StartsWith($"{steps[0]}/{steps[1]}/", StringComparison.Ordinal)));
            }
            if (node.Doc.GetMap("tinybase").TryGetMap("t", out var tables) && tables.TryGetMap(steps[0], out var table))
            {
                return (true, table.ContainsKey(steps[1]));
            }
            return (false, false);
        }
    }

    protected static Dictionary<string, CellValue> CellsOf(Store store)
    {
        var cells = new Dictionary<string, CellValue>();
        foreach (var (tableId, table) in store.GetTables())
        {
            foreach (var (rowId, row) in table)
            {
                foreach (var (cellId, value) in row)
                {
                    cells[$"{tableId}/{rowId}/{cellId}"] = value;
                }
            }
        }
        foreach (var (valueId, value) in store.GetValues())
        {
            cells[valueId] = value;
        }
        return cells;
    }

    private bool Knows(Operation operation)
    {
        if (operation.IsDelete)
        {
            return _delivered.Contains(operation.Message) && operation.Past.All(Knows);
        }
        return operation.Item is { } item ? Doc.GetClock(item.Client) > item.Clock : _delivered.Contains(operation.Message);
    }

    // Null where its container was lost in the very transaction that wrote it, to one that had been waiting.
    private YItemId? ItemAt(string path)
    {
        var steps = path.Split('/');
        if (World.Options.Layout == DocLayout.Flat)
        {
            return Doc.GetMap(steps.Length == 1 ? "tinybase/values" : "tinybase/cells").TryGetLastItem(path, out var cell) ? cell.LastId : null;
        }
        var map = Doc.GetMap("tinybase");
        foreach (var step in steps.Length == 1 ? ["v"] : new[] { "t" }.Concat(steps.SkipLast(1)))
        {
            if (!map.TryGetMap(step, out map!))
            {
                return null;
            }
        }
        return map.TryGetLastItem(steps[^1], out var item) ? item.LastId : null;
    }
}
