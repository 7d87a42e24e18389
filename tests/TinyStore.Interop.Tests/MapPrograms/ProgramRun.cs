using TinyStore.TestKit;
using TinyStore.Yjs;

namespace TinyStore.Interop.Tests.MapPrograms;

/// <summary>Runs one program: every update goes to everybody's inbox, and the steps decide what comes of it.</summary>
internal sealed class ProgramRun
{
    private readonly MapProgram _program;
    private readonly JsonLineProcess _oracle;
    private readonly Tally _tally;
    private readonly List<Task> _checks = [];
    private readonly List<Replica> _replicas = [];
    private readonly List<Made> _made = [];

    private ProgramRun(MapProgram program, JsonLineProcess oracle, Tally tally)
    {
        _program = program;
        _oracle = oracle;
        _tally = tally;
    }

    /// <summary>A key that was set: by whom, what the transaction's clock was after it, and what its writer had seen before it.</summary>
    private sealed record Made(string Path, bool IsMap, int Replica, uint Clock, uint[] Seen);

    public static async Task RunAsync(MapProgram program, JsonLineProcess oracle, Tally tally)
    {
        var run = new ProgramRun(program, oracle, tally);
        try
        {
            await run.RunAsync();
        }
        finally
        {
            foreach (var replica in run._replicas)
            {
                await replica.DisposeAsync();
            }
        }
    }

    private async Task RunAsync()
    {
        for (var i = 0; i < _program.Clients.Length; i++)
        {
            _replicas.Add(await Replica.CreateAsync(_oracle, _program.Clients[i], _program.Foreign[i], _program.Gc, _checks));
        }

        foreach (var step in _program.Steps)
        {
            await RunAsync(step);
        }

        Exchange();
        await Task.WhenAll(_checks);
        await CheckConvergedAsync();
        await CheckFreshAsync();
        CountConflicts();
        _tally.Add("programs");
    }

    private async Task RunAsync(Step step)
    {
        var index = step.Replica % _replicas.Count;
        var replica = _replicas[index];
        switch (step.Kind)
        {
            case StepKind.Write:
                await WriteAsync(index, step.Writes);
                break;
            case StepKind.Pull or StepKind.PullAll:
                var from = _replicas[step.Other % _replicas.Count];
                Apply(replica, from.Encode(step.Kind == StepKind.Pull ? replica.StateVector() : null));
                break;
            case var kind when replica.Inbox.Count > 0:
                Receive(replica, kind, step.Other);
                break;
        }
    }

    private async Task WriteAsync(int index, Write[] writes)
    {
        var replica = _replicas[index];
        var seen = replica.Clocks(_program.Clients);
        var (update, sets) = await replica.WriteAsync(writes);
        var clock = replica.Clocks(_program.Clients)[index];
        _made.AddRange(sets.Select(set => new Made(set.Path, set.IsMap, index, clock, seen)));
        if (update is not null)
        {
            foreach (var other in _replicas.Where(other => other != replica))
            {
                other.Inbox.Add(update);
            }
        }
    }

    private void Receive(Replica replica, StepKind kind, int pick)
    {
        var inbox = replica.Inbox;
        var at = pick % inbox.Count;
        var update = inbox[at];
        switch (kind)
        {
            case StepKind.DeliverTwice:
                _tally.Add("duplicates");
                Apply(replica, update);
                break;
            case StepKind.Drop:
                _tally.Add("drops");
                inbox.RemoveAt(at);
                break;
            case StepKind.DeliverMerged:
                var parts = inbox.Skip(at).Take(3).ToList();
                inbox.RemoveRange(at, parts.Count);
                _tally.Add("merged deliveries");
                Apply(replica, YUpdate.Merge([.. parts.Select(part => (ReadOnlyMemory<byte>)part)]));
                break;
            default:
                inbox.RemoveAt(at);
                Apply(replica, update);
                break;
        }
    }

    private void Apply(Replica replica, byte[] update)
    {
        replica.Apply(update);
        _tally.Add("pendings", replica.HasPending ? 1 : 0);
    }

    /// <summary>Everybody gets what they lack from everybody, twice, since what came late may be needed by those before.</summary>
    private void Exchange()
    {
        for (var round = 0; round < 2; round++)
        {
            foreach (var to in _replicas)
            {
                foreach (var from in _replicas.Where(from => from != to))
                {
                    to.Apply(from.Encode(to.StateVector()));
                }
            }
        }
    }

    private async Task CheckConvergedAsync()
    {
        var first = await _replicas[0].ContentAsync();
        var stateVector = _replicas[0].StateVector();
        foreach (var replica in _replicas)
        {
            Assert.False(replica.HasPending, "After the exchange something still waits.");
            Convergence.AssertEqual(("the first replica", first), ("another replica", await replica.ContentAsync()));
            Convergence.AssertEqualBytes(stateVector, replica.StateVector(), "state vectors of two replicas");
        }

        _tally.Add("collected structs", (await _replicas[0].StructsAsync()).Collected);
    }

    /// <summary>A new document that gets the whole state at once ends with the bytes of a yjs document that does the same.</summary>
    private async Task CheckFreshAsync()
    {
        var state = _replicas[^1].Encode(null);
        await using var fresh = await Replica.CreateAsync(_oracle, 0, foreign: true, _program.Gc, _checks);
        fresh.Apply(state);
        await Task.WhenAll(_checks);
        Convergence.AssertEqual(("a replica", await _replicas[0].ContentAsync()), ("a new document", await fresh.ContentAsync()));
    }

    private void CountConflicts()
    {
        foreach (var sets in _made.GroupBy(made => made.Path))
        {
            var writes = sets.ToList();
            for (var i = 0; i < writes.Count; i++)
            {
                for (var j = i + 1; j < writes.Count; j++)
                {
                    if (AreConcurrent(writes[i], writes[j]))
                    {
                        _tally.Add("same-key conflicts");
                        _tally.Add("container conflicts", writes[i].IsMap && writes[j].IsMap ? 1 : 0);
                    }
                }
            }
        }
    }

    private static bool AreConcurrent(Made one, Made other) =>
        one.Replica != other.Replica && other.Seen[one.Replica] < one.Clock && one.Seen[other.Replica] < other.Clock;
}
