using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>A peer that behaves as TinyBase. Its operations are what its transactions change in its document.</summary>
internal sealed class TinyBaseNode : WorldNode
{
    private readonly TinyBasePeer _peer;
    private Dictionary<string, CellValue> _before = [];
    private bool _isStarted;

    public TinyBaseNode(World world, int index, bool gc)
        : base(world, index, gc)
    {
        _peer = new TinyBasePeer(world.NextClient(), gc);
        _peer.Doc.ObserveAfterTransaction(OnTransaction);
        _peer.Doc.ObserveUpdates(OnUpdate);
    }

    public override bool IsNet => false;

    public override YDoc Doc => _peer.Doc;

    public override Store Store => _peer.Store;

    public override void Dispose() => _peer.Dispose();

    public override void Write(ref Dice dice)
    {
        if (_isStarted)
        {
            Remember();
            StoreWriting.Write(World, Store, ref dice, 1);
        }
    }

    public override void Start(ref Dice dice) => FinishStart();

    public override void FinishStart()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Remember();
            _peer.Start();
        }
    }

    private void Remember() => _before = Content.CellsOf(Doc).ToDictionary(cell => cell.Key, cell => cell.Value);

    private void OnTransaction(YTransaction transaction)
    {
        if (!transaction.IsLocal)
        {
            return;
        }
        var after = Content.CellsOf(Doc).ToDictionary(cell => cell.Key, cell => cell.Value);
        var operations = new List<(string Path, CellValue Value)>();
        foreach (var (path, value) in after)
        {
            if (!_before.TryGetValue(path, out var old) || old != value)
            {
                operations.Add((path, value));
            }
        }
        Record(operations);
        RecordDeletes(_before.Keys.Where(path => !after.ContainsKey(path)));
        _before = after;
    }
}
