namespace TinyStore.TestKit.Crdt;

/// <summary>A peer of a <see cref="CrdtWorld"/>: which messages it got, and so which operations its document has.</summary>
public abstract class WorldPeer : IDisposable
{
    private readonly HashSet<int> _delivered = [];

    // What was delivered when nothing waited: that much the document certainly has.
    private readonly HashSet<int> _certain = [];
    private List<Operation> _current = [];

    /// <summary>Makes the next peer of a world.</summary>
    protected WorldPeer(CrdtWorld world)
    {
        ArgumentNullException.ThrowIfNull(world);
        World = world;
        Index = world.Peers.Count;
    }

    /// <summary>Which peer, from 0.</summary>
    public int Index { get; }

    /// <summary>Whether it is none of the adapter's: its losses are counted apart, and its store may be wrong.</summary>
    public virtual bool IsForeign => false;

    /// <summary>Whether something that was delivered waits for something else.</summary>
    public abstract bool IsWaiting { get; }

    /// <summary>The world.</summary>
    protected CrdtWorld World { get; }

    /// <summary>What its document shows.</summary>
    public abstract SortedDictionary<string, CellValue> ReadDocument();

    /// <summary>Does a step that writes.</summary>
    public abstract void Write(in ProgramStep step);

    /// <summary>Starts or stops parts of its persister.</summary>
    public abstract void StartOrStop(StepKind kind);

    /// <summary>Starts all that is not started.</summary>
    public abstract void FinishStart();

    /// <summary>Ends, and opens the saved document with a new store.</summary>
    public virtual void Restart()
    {
    }

    /// <summary>Fails when its store is not what its document shows, or something is unsaved.</summary>
    public abstract void CheckAtTheEnd(string document);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Whether a message has reached it.</summary>
    public bool Has(int message) => _delivered.Contains(message);

    /// <summary>A message reaches it, for the first time or again.</summary>
    public void Deliver(int message)
    {
        _delivered.Add(message);
        Take(World.Message(message));
    }

    /// <summary>The whole state of another peer reaches it.</summary>
    public void Pull(WorldPeer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _delivered.UnionWith(other._delivered);
        Take(other.Encode());
    }

    /// <summary>Applies bytes to its document.</summary>
    protected abstract void Apply(byte[] update);

    /// <summary>The whole state of its document.</summary>
    protected abstract byte[] Encode();

    /// <summary>Whether its document certainly has an operation.</summary>
    internal bool Knows(Operation operation) => _certain.Contains(operation.Message);

    /// <summary>A transaction made here is over, and this is its update. It carries what was recorded since the last.</summary>
    protected void Send(byte[] update)
    {
        var message = World.Send(this, update);
        _delivered.Add(message);
        _certain.Add(message);
        foreach (var operation in _current)
        {
            operation.Message = message;
        }
        _current = [];
    }

    /// <summary>These are about to be done in the document. A delete of what it does not show is none.</summary>
    protected void Record(IReadOnlyCollection<KeyValuePair<string, CellValue>> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count > 0)
        {
            Record(changes, ReadDocument());
        }
    }

    /// <summary>As before; says what the document shows without them.</summary>
    protected void Record(IReadOnlyCollection<KeyValuePair<string, CellValue>> changes, SortedDictionary<string, CellValue> before)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(before);
        foreach (var (path, value) in changes)
        {
            var isShown = before.TryGetValue(path, out var shown);
            if (!value.IsUndefined || isShown)
            {
                _current.Add(World.Record(this, path, value, isShown ? shown : default(CellValue?)));
            }
        }
    }

    private void Take(byte[] update)
    {
        Apply(update);
        if (IsWaiting)
        {
            World.Tally.Add("updates that had to wait");
        }
        else
        {
            _certain.UnionWith(_delivered);
        }
    }
}
