using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>What happened in the runs of a test, so that none passes on nothing.</summary>
internal sealed class Tally
{
    public int Runs, Operations, RowConflicts, TableConflicts, CellConflicts, Deletes, Pendings, Duplicates, Pulls, Restarts, RolledBack, Judged, LateStarts, UniqueRows;

    public void Add(Tally other)
    {
        Interlocked.Increment(ref Runs);
        Interlocked.Add(ref Operations, other.Operations);
        Interlocked.Add(ref RowConflicts, other.RowConflicts);
        Interlocked.Add(ref TableConflicts, other.TableConflicts);
        Interlocked.Add(ref CellConflicts, other.CellConflicts);
        Interlocked.Add(ref Deletes, other.Deletes);
        Interlocked.Add(ref Pendings, other.Pendings);
        Interlocked.Add(ref Duplicates, other.Duplicates);
        Interlocked.Add(ref Pulls, other.Pulls);
        Interlocked.Add(ref Restarts, other.Restarts);
        Interlocked.Add(ref RolledBack, other.RolledBack);
        Interlocked.Add(ref Judged, other.Judged);
        Interlocked.Add(ref LateStarts, other.LateStarts);
        Interlocked.Add(ref UniqueRows, other.UniqueRows);
    }

    public override string ToString() =>
        $"{Runs} runs, {Operations} operations ({Deletes} deletes), {Judged} cells judged; conflicts: {TableConflicts} tables, "
        + $"{RowConflicts} rows, {CellConflicts} cells; {Pendings} pendings, {Duplicates} duplicates, {Pulls} pulls, "
        + $"{Restarts} restarts, {LateStarts} late starts, {RolledBack} rolled back, {UniqueRows} unique rows";
}

/// <summary>
/// Peers, the updates between them, and a model of what each knew when it wrote. The model says for each cell which values may
/// stand there in the end: those of writes that nobody overwrote or deleted knowingly.
/// </summary>
internal sealed class World
{
    private readonly Dictionary<string, List<Operation>> _operations = [];
    private readonly List<(int From, byte[] Update)> _messages = [];
    private readonly Action<YjsPersisterOptions>? _configure;
    private readonly Func<string, bool> _isExempt;
    private ulong _nextClient;
    private int _nextValue;

    public World(int peers, uint gcMask, Action<YjsPersisterOptions>? configure = null, Func<string, bool>? isExempt = null)
    {
        _configure = configure;
        _isExempt = isExempt ?? (_ => false);
        _nextClient = 1000;
        for (var i = 0; i < peers; i++)
        {
            Nodes.Add(new Node(this, i, (gcMask >> i & 1) != 0, null));
        }
    }

    public List<Node> Nodes { get; } = [];

    public Tally Tally { get; } = new();

    public int MessageCount => _messages.Count;

    public CellValue NextValue() => ++_nextValue;

    /// <summary>Ends with everybody having everything. Throws what is wrong, if something is.</summary>
    public void Finish()
    {
        foreach (var node in Nodes)
        {
            node.FinishStart();
        }
        for (var round = 0; ; round++)
        {
            if (round > 12)
            {
                throw new InvalidOperationException("The peers keep writing.");
            }
            var before = _messages.Count;
            foreach (var node in Nodes)
            {
                for (var message = 0; message < _messages.Count; message++)
                {
                    node.Deliver(message);
                }
            }
            if (_messages.Count == before)
            {
                break;
            }
        }
        Check();
    }

    /// <summary>A step of a program, from a random number.</summary>
    public void Step(uint random)
    {
        var dice = new Dice(random);
        var node = Nodes[dice.Next(Nodes.Count)];
        switch (dice.Next(20))
        {
            case < 9:
                node.Write(ref dice);
                break;
            case < 14:
                DeliverSome(node, ref dice);
                break;
            case 14:
                node.Pull(Nodes[dice.Next(Nodes.Count)]);
                break;
            case 15:
                if (dice.Next(3) == 0)
                {
                    Tally.Restarts++;
                    node.Restart();
                }
                break;
            default:
                node.Start(ref dice);
                break;
        }
    }

    private void DeliverSome(Node node, ref Dice dice)
    {
        if (_messages.Count == 0)
        {
            return;
        }
        var count = 1 + dice.Next(4);
        for (var i = 0; i < count; i++)
        {
            var message = dice.Next(_messages.Count);
            if (node.Has(message))
            {
                if (dice.Next(4) == 0)
                {
                    Tally.Duplicates++;
                    node.Apply(_messages[message].Update);
                }
            }
            else
            {
                node.Deliver(message);
            }
        }
    }

    private void Check()
    {
        var expected = Content.Of(Nodes[0].Doc);
        foreach (var node in Nodes)
        {
            Require(!node.Doc.HasPending, $"peer {node.Index}: something is parked");
            Require(Content.Of(node.Doc) == expected, $"peer {node.Index}: its document differs from peer 0's\n{Content.Of(node.Doc)}---\n{expected}");
            Require(Content.Of(node.Store) == expected, $"peer {node.Index}: its store differs from the document\n{Content.Of(node.Store)}---\n{expected}");
            Require(!node.Persister.IsDirty, $"peer {node.Index}: something is unsaved");
            Require(node.Errors.Count == 0, $"peer {node.Index}: {(node.Errors.Count > 0 ? node.Errors[0] : "")}");
        }
        var held = Content.CellsOf(Nodes[0].Doc).ToDictionary(cell => cell.Key, cell => cell.Value);
        foreach (var (path, operations) in _operations)
        {
            if (_isExempt(path))
            {
                continue;
            }
            Tally.Judged++;
            var known = operations.SelectMany(operation => operation.Past).ToHashSet();
            var maximal = operations.Where(operation => !known.Contains(operation)).ToList();
            if (maximal.Count(operation => !operation.IsDelete) > 1)
            {
                Tally.CellConflicts++;
            }
            if (held.TryGetValue(path, out var value))
            {
                Require(maximal.Exists(operation => operation.Value == value), $"{path}: holds {value}, which somebody overwrote or deleted");
            }
            else
            {
                Require(maximal.Exists(operation => operation.IsDelete), $"{path}: lost; it was written and nobody deleted it");
            }
        }
        foreach (var path in held.Keys)
        {
            Require(_operations.ContainsKey(path), $"{path}: nobody wrote it");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    /// <summary>Draws small numbers from one random number.</summary>
    public ref struct Dice(uint random)
    {
        private ulong _state = random * 0x9E3779B97F4A7C15UL + 1;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state >> 33) % below;
        }
    }

    internal sealed class Node
    {
        private readonly World _world;
        private readonly HashSet<int> _delivered = [];
        private readonly Dictionary<string, CellValue> _unsaved = [];
        private readonly bool _gc;
        private List<Operation> _current = [];

        public Node(World world, int index, bool gc, byte[]? saved)
        {
            _world = world;
            Index = index;
            _gc = gc;
            (Doc, Store, Persister) = Open(saved);
        }

        public int Index { get; }

        public YDoc Doc { get; private set; }

        public Store Store { get; private set; }

        public YjsPersister Persister { get; private set; }

        public List<string> Errors { get; } = [];

        public bool Has(int message) => _delivered.Contains(message);

        public void Deliver(int message)
        {
            if (_delivered.Add(message))
            {
                Apply(_world._messages[message].Update);
            }
        }

        public void Apply(byte[] update)
        {
            Doc.ApplyUpdate(update, "network");
            if (Doc.HasPending)
            {
                _world.Tally.Pendings++;
            }
        }

        public void Pull(Node other)
        {
            if (other == this)
            {
                return;
            }
            _world.Tally.Pulls++;
            _delivered.UnionWith(other._delivered);
            Apply(other.Doc.EncodeStateAsUpdate(Doc.EncodeStateVector()));
        }

        public void Restart()
        {
            var saved = Doc.EncodeStateAsUpdate();
            Persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Doc.Dispose();
            _unsaved.Clear();
            (Doc, Store, Persister) = Open(saved);
        }

        public void Start(ref Dice dice)
        {
            if (Persister.IsAutoLoading && Persister.IsAutoSaving)
            {
                return;
            }
            switch (dice.Next(6))
            {
                case 0:
                    StartSaving();
                    break;
                case 1:
                    StartLoading();
                    break;
                case 2:
                    StartSaving();
                    StartLoading();
                    break;
                case 3 when !Persister.IsAutoSaving:
                    var initial = new StoreContent();
                    initial.Values["v0"] = _world.NextValue();
                    initial.Tables["t0"] = new Table { ["r0"] = new Row { ["a"] = _world.NextValue() } };
                    StartLoading(initial);
                    StartSaving();
                    break;
                default:
                    StartLoading();
                    StartSaving();
                    break;
            }
        }

        public void FinishStart()
        {
            if (!Persister.IsAutoLoading)
            {
                StartLoading();
            }
            if (!Persister.IsAutoSaving)
            {
                StartSaving();
            }
        }

        public void Write(ref Dice dice)
        {
            var table = "t" + dice.Next(2);
            var row = "r" + dice.Next(3);
            var cell = dice.Next(2) == 0 ? "a" : "b";
            var count = dice.Next(6) == 0 ? 3 : 1;
            for (var i = 0; i < count; i++)
            {
                WriteOnce(ref dice, table, row, cell);
            }
        }

        private void WriteOnce(ref Dice dice, string table, string row, string cell)
        {
            switch (dice.Next(18))
            {
                case < 5:
                    Store.SetCell(table, row, cell, _world.NextValue());
                    break;
                case 5:
                    Store.SetRow(table, row, new Row { [cell] = _world.NextValue(), ["c"] = _world.NextValue() });
                    break;
                case 6:
                    Store.SetPartialRow(table, row, new Row { ["a"] = _world.NextValue(), ["b"] = _world.NextValue() });
                    break;
                case 7:
                    Store.SetTable(table, new Table { [row] = new Row { ["a"] = _world.NextValue() }, ["r9"] = new Row { [cell] = _world.NextValue() } });
                    break;
                case 8:
                    _world.Tally.UniqueRows++;
                    Store.AddUniqueRow(table, new Row { ["a"] = _world.NextValue(), ["b"] = _world.NextValue() });
                    break;
                case 9:
                    Store.DeleteCell(table, row, cell);
                    break;
                case 10:
                    Store.DeleteRow(table, row);
                    break;
                case 11:
                    if (dice.Next(2) == 0)
                    {
                        Store.DeleteTable(table);
                    }
                    else if (Store.GetRowIds(table) is { Count: > 0 } rows)
                    {
                        Store.DeleteRow(table, rows[dice.Next(rows.Count)]);
                    }
                    break;
                case 12:
                    if (dice.Next(6) == 0)
                    {
                        Store.DeleteTables();
                    }
                    break;
                case 13:
                    Store.SetValue("v" + dice.Next(2), _world.NextValue());
                    break;
                case 14:
                    Store.DeleteValue("v" + dice.Next(2));
                    break;
                case 15:
                    var values = new Values { ["v" + dice.Next(3)] = _world.NextValue() };
                    Store.SetValues(values);
                    break;
                case 16:
                    Store.Transaction(() =>
                    {
                        Store.SetCell(table, row, cell, _world.NextValue());
                        Store.SetCell(table, row, cell, _world.NextValue());
                        Store.DeleteRow(table, "r1");
                        Store.SetCell("t1", "r1", "a", _world.NextValue());
                        Store.SetValue("v1", _world.NextValue());
                    });
                    break;
                default:
                    _world.Tally.RolledBack++;
                    Store.Transaction(() => Store.SetCell(table, row, cell, _world.NextValue()), null, _ => true);
                    break;
            }
        }

        private (YDoc Doc, Store Store, YjsPersister Persister) Open(byte[]? saved)
        {
            var doc = new YDoc(new YDocOptions { ClientId = _world._nextClient += 2, Gc = _gc });
            if (saved is not null)
            {
                doc.ApplyUpdate(saved, "file");
            }
            var store = new Store();
            store.AddAfterTransactionListener(OnStoreTransaction);
            var options = new YjsPersisterOptions();
            _world._configure?.Invoke(options);
            var persister = new YjsPersister(store, doc, options);
            persister.Error += (_, e) => Errors.Add($"{e.Operation} {e.Path} {e.Exception}");
            doc.ObserveUpdates(OnUpdate);
            return (doc, store, persister);
        }

        // Comes before the persister's own listener, so that the update which carries the operations comes after it.
        private void OnStoreTransaction(StoreTransaction transaction)
        {
            if (ReferenceEquals(transaction.Origin, Persister))
            {
                return;
            }
            var operations = new List<(string Path, CellValue Value)>();
            foreach (var change in transaction.CellChanges)
            {
                operations.Add(($"{change.TableId}/{change.RowId}/{change.CellId}", change.New ?? default));
            }
            foreach (var change in transaction.ValueChanges)
            {
                operations.Add((change.ValueId, change.New ?? default));
            }
            if (Persister.IsAutoSaving)
            {
                CountConflicts(operations);
                Record(operations);
            }
            else
            {
                foreach (var (path, value) in operations)
                {
                    _unsaved[path] = value;
                }
            }
        }

        private void OnUpdate(YUpdateEvent e)
        {
            if (!e.IsLocal)
            {
                return;
            }
            var number = _world._messages.Count;
            _world._messages.Add((Index, e.Update.ToArray()));
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

        private YItemId ItemAt(string path)
        {
            var map = Doc.GetMap("tinybase");
            var steps = path.Split('/');
            foreach (var step in steps.Length == 1 ? ["v"] : new[] { "t" }.Concat(steps.SkipLast(1)))
            {
                map = map[step].AsMap!;
            }
            return map.TryGetLastItem(steps[^1], out var item) ? item.LastId : throw new InvalidOperationException($"{path} was not saved");
        }

        private void StartSaving()
        {
            if (Persister.IsAutoSaving)
            {
                return;
            }
            _world.Tally.LateStarts++;
            // Whatever the store has and its document does not show is saved now, knowing all that the document knows.
            var held = Content.CellsOf(Doc).ToDictionary(cell => cell.Key, cell => cell.Value);
            var mine = IsFollowed ? _unsaved : CellsOf(Store);
            var operations = new List<(string, CellValue)>();
            foreach (var (path, value) in mine)
            {
                if (held.TryGetValue(path, out var now) ? now != value : !value.IsUndefined)
                {
                    operations.Add((path, value));
                }
            }
            _unsaved.Clear();
            CountConflicts(operations);
            Record(operations);
            Persister.StartAutoSaveAsync().GetAwaiter().GetResult();
        }

        private void StartLoading(StoreContent? initial = null)
        {
            if (Persister.IsAutoLoading)
            {
                return;
            }
            if (!IsFollowed)
            {
                // Until now nobody followed the store: what it has counts where the document has nothing.
                var held = Content.CellsOf(Doc).ToDictionary(cell => cell.Key, cell => cell.Value);
                _unsaved.Clear();
                foreach (var (path, value) in CellsOf(Store))
                {
                    if (!held.ContainsKey(path))
                    {
                        _unsaved[path] = value;
                    }
                }
            }
            Persister.StartAutoLoadAsync(initial).GetAwaiter().GetResult();
        }

        private bool IsFollowed => Persister.Stats.Loads + Persister.Stats.Saves > 0;

        private static Dictionary<string, CellValue> CellsOf(Store store)
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

        private void Record(List<(string Path, CellValue Value)> operations)
        {
            var held = operations.Exists(operation => operation.Value.IsUndefined) ? Content.CellsOf(Doc).Select(cell => cell.Key).ToHashSet() : [];
            foreach (var (path, value) in operations)
            {
                if (value.IsUndefined && !held.Contains(path))
                {
                    // The document does not show it: nothing is deleted.
                    continue;
                }
                if (!_world._operations.TryGetValue(path, out var all))
                {
                    _world._operations[path] = all = [];
                }
                var operation = new Operation { Path = path, Value = value, Past = [.. all.Where(Knows)] };
                all.Add(operation);
                _current.Add(operation);
                _world.Tally.Operations++;
                _world.Tally.Deletes += operation.IsDelete ? 1 : 0;
            }
        }

        private bool Knows(Operation operation) => operation.IsDelete
            ? _delivered.Contains(operation.Message) && operation.Past.All(Knows)
            : Doc.GetClock(operation.Item.Client) > operation.Item.Clock;

        private void CountConflicts(List<(string Path, CellValue Value)> operations)
        {
            foreach (var (path, value) in operations)
            {
                var steps = path.Split('/');
                if (value.IsUndefined || steps.Length < 3)
                {
                    continue;
                }
                var mine = HasContainers(this, steps);
                foreach (var other in _world.Nodes)
                {
                    var theirs = HasContainers(other, steps);
                    _world.Tally.TableConflicts += !mine.Table && theirs.Table ? 1 : 0;
                    _world.Tally.RowConflicts += !mine.Row && theirs.Row ? 1 : 0;
                }
            }

            static (bool Table, bool Row) HasContainers(Node node, string[] steps)
            {
                if (node.Doc.GetMap("tinybase").TryGetMap("t", out var tables) && tables.TryGetMap(steps[0], out var table))
                {
                    return (true, table.ContainsKey(steps[1]));
                }
                return (false, false);
            }
        }
    }
}
