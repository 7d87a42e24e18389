using Xunit;

namespace TinyStore.TestKit.Crdt;

/// <summary>
/// Peers, the updates between them, and a model of what each one's document had when it wrote. In the end the model says for
/// each cell what may stand there: what somebody wrote and nobody overwrote or deleted knowingly; nothing, only where one of
/// these is a delete. The model errs on the side of the adapter: while something waits in a document, what it got since may
/// count as unknown.
/// </summary>
/// <param name="isDeclared">Says which findings the adapter declares as its exceptions; they are counted, all others fail.</param>
public sealed class CrdtWorld(Func<ConvergenceFinding, bool> isDeclared) : IDisposable
{
    private const int MaxRounds = 12;

    private readonly List<WorldPeer> _peers = [];
    private readonly List<(WorldPeer From, byte[] Update)> _messages = [];
    private readonly SortedDictionary<string, List<Operation>> _operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Operation>> _makers = [];
    private readonly Dictionary<CellValue, Operation> _writes = [];
    private uint _side;
    private ulong _session;
    private int _value;

    /// <summary>The peers.</summary>
    public IReadOnlyList<WorldPeer> Peers => _peers;

    /// <summary>Whether some are not the adapter's.</summary>
    public bool HasForeign => _peers.Exists(peer => peer.IsForeign);

    /// <summary>What was met.</summary>
    public ConvergenceTally Tally { get; } = new();

    /// <summary>Runs a program on peers of an adapter alone, to its end and with all checks.</summary>
    /// <returns>What it met.</returns>
    public static ConvergenceTally Run(ICrdtAdapter adapter, CrdtProgram program, Func<ConvergenceFinding, bool>? isDeclared = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        using var world = new CrdtWorld(isDeclared ?? (_ => false));
        for (var peer = 0; peer < program.Peers; peer++)
        {
            world.Add(new AdapterPeer(world, adapter));
        }
        foreach (var step in program.Steps)
        {
            world.Do(step);
        }
        world.Finish();
        return world.Tally;
    }

    /// <summary>Adds a peer.</summary>
    public void Add(WorldPeer peer) => _peers.Add(peer);

    /// <summary>Does a step.</summary>
    public void Do(in ProgramStep step)
    {
        var peer = _peers[step.Peer % _peers.Count];
        switch (step.Kind)
        {
            case StepKind.Receive or StepKind.ReceiveLater or StepKind.ReceiveAgain:
                Receive(peer, step);
                break;
            case StepKind.Pull:
                var other = _peers[step.Pick % _peers.Count];
                if (other != peer && AreTogether(peer, other))
                {
                    Tally.Add("whole states");
                    peer.Pull(other);
                }
                break;
            case StepKind.Part:
                Tally.Add("partitions");
                _side = (uint)step.Pick;
                break;
            case StepKind.Heal:
                _side = 0;
                break;
            case StepKind.Restart:
                Tally.Add("restarts");
                peer.Restart();
                break;
            case >= StepKind.StartLoading and <= StepKind.StopSaving:
                peer.StartOrStop(step.Kind);
                break;
            default:
                if (step.Kind is StepKind.Burst or StepKind.RolledBack or StepKind.Transaction or StepKind.AddUniqueRow)
                {
                    Tally.Add($"writes of kind {step.Kind}");
                }
                peer.Write(step);
                break;
        }
    }

    /// <summary>Ends with everybody having everything, and checks.</summary>
    public void Finish()
    {
        foreach (var peer in _peers)
        {
            peer.FinishStart();
        }
        for (var (round, known) = (0, -1); known != _messages.Count; round++)
        {
            Assert.True(round <= MaxRounds, "The peers keep answering each other: updates never end.");
            known = _messages.Count;
            foreach (var peer in _peers)
            {
                for (var message = 0; message < _messages.Count; message++)
                {
                    if (!peer.Has(message))
                    {
                        peer.Deliver(message);
                    }
                }
            }
        }
        var held = _peers[0].ReadDocument();
        var text = FlatContent.Text(held);
        foreach (var peer in _peers)
        {
            Assert.False(peer.IsWaiting, $"peer {peer.Index}: something waits, though all has arrived");
            var document = FlatContent.Text(peer.ReadDocument());
            Assert.True(document == text, $"peer {peer.Index}: its document differs from peer 0's\n{document}--- peer 0:\n{text}");
            peer.CheckAtTheEnd(text);
        }
        Tally.Add("programs");
        Judge(held);
    }

    /// <inheritdoc/>
    public void Dispose() => _peers.ForEach(peer => peer.Dispose());

    /// <summary>A value that no other operation writes; of several kinds in turn.</summary>
    public CellValue NextValue() => (++_value % 4) switch
    {
        1 => $"s{_value}",
        3 => CellValue.FromJson($"[{_value}]"),
        _ => _value,
    };

    internal ulong NextSession() => ++_session;

    internal byte[] Message(int message) => _messages[message].Update;

    internal int Send(WorldPeer from, byte[] update)
    {
        _messages.Add((from, update));
        return _messages.Count - 1;
    }

    internal Operation Record(WorldPeer author, string path, CellValue value, CellValue? shown)
    {
        if (!_operations.TryGetValue(path, out var all))
        {
            _operations[path] = all = [];
        }
        var past = all.Where(author.Knows).ToHashSet();
        if (shown is { } visible && _writes.TryGetValue(visible, out var seen))
        {
            past.Add(seen);
            past.UnionWith(seen.Past);
        }
        var operation = new Operation { Path = path, Value = value, Author = author, Past = past };
        all.Add(operation);
        Tally.Add(operation.IsDelete ? "deletes" : "writes");
        if (!operation.IsDelete)
        {
            _writes[value] = operation;
            CountConflicts(operation);
        }
        return operation;
    }

    // A table or row that its author makes, not knowing that somebody else has made it.
    private void CountConflicts(Operation operation)
    {
        var ids = operation.Path.Split('/');
        for (var depth = 1; depth < ids.Length; depth++)
        {
            var container = string.Join('/', ids[..depth]);
            if (!_makers.TryGetValue(container, out var makers))
            {
                _makers[container] = makers = [];
            }
            if (makers.Count > 0 && !makers.Exists(operation.Author.Knows))
            {
                Tally.Add(depth == 1 ? "table conflicts" : "row conflicts");
                Tally.Add("container conflicts with a foreign peer", makers.Exists(maker => maker.Author.IsForeign != operation.Author.IsForeign) ? 1 : 0);
            }
            makers.Add(operation);
        }
    }

    private bool AreTogether(WorldPeer one, WorldPeer other) => ((_side >> one.Index) & 1) == ((_side >> other.Index) & 1);

    private void Receive(WorldPeer peer, in ProgramStep step)
    {
        var again = step.Kind == StepKind.ReceiveAgain;
        List<int> all = [.. Enumerable.Range(0, _messages.Count).Where(message =>
            peer.Has(message) == again && _peers.Exists(other => other.Has(message) && AreTogether(peer, other)))];
        for (var count = 1 + (step.Pick % 4); count > 0 && all.Count > 0; count--)
        {
            var at = step.Kind == StepKind.Receive ? 0 : step.Pick % all.Count;
            Tally.Add("updates out of order", at > 0 && !again ? 1 : 0);
            Tally.Add("updates again", again ? 1 : 0);
            peer.Deliver(all[at]);
            all.RemoveAt(at);
        }
    }

    private void Judge(SortedDictionary<string, CellValue> held)
    {
        foreach (var path in held.Keys)
        {
            Assert.True(_operations.ContainsKey(path), $"{path}: nobody wrote it");
        }
        foreach (var (path, operations) in _operations)
        {
            Tally.Add("cells judged");
            var overwritten = operations.SelectMany(operation => operation.Past).ToHashSet();
            List<Operation> maximal = [.. operations.Where(operation => !overwritten.Contains(operation))];
            Tally.Add("same-cell conflicts", maximal.Count(operation => !operation.IsDelete) > 1 ? 1 : 0);
            var value = held.GetValueOrDefault(path);
            if (maximal.Exists(operation => operation.Value == value))
            {
                continue;
            }
            var finding = new ConvergenceFinding(path, value, operations, maximal);
            Assert.True(isDeclared(finding), finding.ToString());
            Tally.Add(Describe(finding));
        }
    }

    private static string Describe(ConvergenceFinding finding) =>
        !finding.IsLost ? "cells back"
        : finding.Maximal.Any(operation => !operation.Author.IsForeign) ? "cells lost"
        : "cells of foreign peers lost";
}
