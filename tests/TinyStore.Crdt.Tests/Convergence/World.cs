using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>
/// Peers, the updates between them, and a model of what each knew when it wrote. The model says for each cell which values may
/// stand there in the end: those of writes that nobody overwrote or deleted knowingly.
/// </summary>
internal sealed class World : IDisposable
{
    private readonly Dictionary<string, List<Operation>> _operations = [];
    private readonly List<(byte[] Update, WorldNode Author)> _messages = [];
    private ulong _nextClient = 1000;
    private int _nextValue;

    public World(WorldOptions options)
    {
        Options = options;
        for (var i = 0; i < options.NetPeers; i++)
        {
            Nodes.Add(new NetNode(this, i, (options.GcMask >> i & 1) != 0));
        }
        for (var i = 0; i < options.TinyBasePeers; i++)
        {
            Nodes.Add(new TinyBaseNode(this, options.NetPeers + i, gc: true));
        }
        if (options.HasSharedHistory)
        {
            ShareHistory();
        }
    }

    public WorldOptions Options { get; }

    public List<WorldNode> Nodes { get; } = [];

    public bool HasTinyBase => Nodes.Exists(node => !node.IsNet);

    public Tally Tally { get; } = new();

    public CellValue NextValue() => ++_nextValue;

    // Low and high ids in turn, so that either kind of peer has the higher one.
    public ulong NextClient() => (_nextClient += 2) % 3 == 0 ? _nextClient + 4_000_000_000UL : _nextClient;

    public byte[] Message(int number) => _messages[number].Update;

    public int Send(WorldNode author, byte[] update)
    {
        _messages.Add((update, author));
        return _messages.Count - 1;
    }

    public List<Operation> OperationsOn(string path)
    {
        if (!_operations.TryGetValue(path, out var all))
        {
            _operations[path] = all = [];
        }
        return all;
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
                var from = Nodes[dice.Next(Nodes.Count)];
                if ((from.IsNet || Options.PullsFromTinyBase) && IsReachable(node, from))
                {
                    node.Pull(from);
                }
                break;
            case 15:
                if (dice.Next(3) == 0)
                {
                    node.Restart();
                }
                break;
            case 16:
                Divide(ref dice);
                break;
            default:
                node.Start(ref dice);
                break;
        }
    }

    /// <summary>Ends with everybody having everything. Throws what is wrong, if something is.</summary>
    public void Finish()
    {
        foreach (var node in Nodes)
        {
            node.FinishStart();
        }
        for (var round = 0; ; round++)
        {
            Require(round <= 12, "the peers keep writing");
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
        CheckThatAllAreEqual();
        CheckAgainstTheModel();
    }

    public void Dispose() => Nodes.ForEach(node => node.Dispose());

    // Everybody begins with a document in which somebody has written already.
    private void ShareHistory()
    {
        Tally.Shared++;
        var dice = new Dice(Options.GcMask);
        Nodes[0].FinishStart();
        for (var i = 0; i < 4; i++)
        {
            Nodes[0].Write(ref dice);
        }
        foreach (var node in Nodes)
        {
            for (var message = 0; message < _messages.Count; message++)
            {
                node.Deliver(message);
            }
        }
    }

    // Two sides that do not hear of each other, until the next division. Half of them heal.
    private void Divide(ref Dice dice)
    {
        Tally.Partitions++;
        var isHealed = dice.Next(2) == 0;
        foreach (var node in Nodes)
        {
            node.Side = isHealed ? 0 : dice.Next(2);
        }
    }

    private bool IsReachable(WorldNode node, WorldNode other)
    {
        Tally.Cut += node.Side != other.Side ? 1 : 0;
        return node.Side == other.Side;
    }

    private void DeliverSome(WorldNode node, ref Dice dice)
    {
        if (_messages.Count == 0)
        {
            return;
        }
        var count = 1 + dice.Next(4);
        for (var i = 0; i < count; i++)
        {
            var message = dice.Next(_messages.Count);
            if (!IsReachable(node, _messages[message].Author))
            {
                continue;
            }
            if (!node.Has(message))
            {
                node.Deliver(message);
            }
            else if (dice.Next(4) == 0)
            {
                Tally.Duplicates++;
                node.Apply(_messages[message].Update);
            }
        }
    }

    private void CheckThatAllAreEqual()
    {
        var expected = Nodes[0].DocContent;
        foreach (var node in Nodes)
        {
            Require(!node.Doc.HasPending, $"peer {node.Index}: something is parked");
            Require(node.DocContent == expected, $"peer {node.Index}: its document differs from peer 0's\n{node.DocContent}---\n{expected}");
            if (node is NetNode net)
            {
                Require(Content.Of(node.Store) == expected, $"peer {node.Index}: its store differs from the document\n{Content.Of(node.Store)}---\n{expected}");
                Require(!net.Persister.IsDirty, $"peer {node.Index}: something is unsaved");
                Require(net.Errors.Count == 0, $"peer {node.Index}: {(net.Errors.Count > 0 ? net.Errors[0] : "")}");
            }
        }
    }

    // With TinyBase peers in the mix some losses cannot be helped. They are counted, by whose write it was.
    private void CheckAgainstTheModel()
    {
        var held = Content.CellsOf(Nodes[0].Doc, Options.Layout).ToDictionary(cell => cell.Key, cell => cell.Value);
        foreach (var (path, operations) in _operations)
        {
            if (operations.Count == 0)
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
                if (!maximal.Exists(operation => operation.Value == value))
                {
                    Found(ref Tally.Back, $"{path}: holds {value}, which somebody overwrote or deleted");
                }
            }
            else if (!maximal.Exists(operation => operation.IsDelete))
            {
                if (maximal.Exists(operation => operation.IsNet))
                {
                    Found(ref Tally.NetLost, $"{path}: lost; a .NET peer wrote it and nobody deleted it");
                }
                else
                {
                    Found(ref Tally.TinyBaseLost, $"{path}: lost; a TinyBase peer wrote it and nobody deleted it");
                }
            }
        }
        foreach (var path in held.Keys)
        {
            Require(_operations.ContainsKey(path), $"{path}: nobody wrote it");
        }
    }

    private void Found(ref int counter, string what)
    {
        counter++;
        Tally.Findings.Add(what);
        Require(HasTinyBase, what);
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
