using Xunit;

namespace TinyStore.TestKit.Crdt;

/// <summary>A peer with a store, and a persister of the adapter in question.</summary>
public sealed class AdapterPeer : WorldPeer
{
    private readonly ICrdtAdapter _adapter;
    private readonly List<string> _errors = [];

    // What the app changed while nothing was saved: it counts from when it is saved, with what is known then.
    private readonly Dictionary<string, CellValue> _unsaved = [];
    private ICrdtPeer _peer = null!;

    /// <summary>Opens a new document. Nothing is started.</summary>
    public AdapterPeer(CrdtWorld world, ICrdtAdapter adapter)
        : base(world)
    {
        _adapter = adapter;
        Open(null);
    }

    /// <summary>The store.</summary>
    public Store Store { get; private set; } = null!;

    /// <inheritdoc/>
    public override bool IsWaiting => _peer.IsWaiting;

    private bool IsLoading => _peer.Persister.IsAutoLoading;

    private bool IsSaving => _peer.Persister.IsAutoSaving;

    // From its first load or save on, the persister follows the store.
    private bool IsFollowed => _peer.Persister.Stats is { } stats && stats.Loads + stats.Saves > 0;

    /// <inheritdoc/>
    public override SortedDictionary<string, CellValue> ReadDocument() => FlatContent.Of(_peer.ReadDocument());

    /// <inheritdoc/>
    public override void Write(in ProgramStep step)
    {
        var calls = StoreCall.Of(step, World.NextValue);
        void RunAll()
        {
            foreach (var call in calls)
            {
                call.Run(Store);
            }
        }
        switch (step.Kind)
        {
            case StepKind.RolledBack:
                Store.Transaction(RunAll, shouldRollback: _ => true);
                break;
            case StepKind.Transaction:
                Store.Transaction(RunAll);
                break;
            default:
                RunAll();
                break;
        }
    }

    /// <inheritdoc/>
    public override void StartOrStop(StepKind kind)
    {
        switch (kind)
        {
            case StepKind.StartLoading:
                StartLoading(null);
                break;
            case StepKind.StartSaving:
                StartSaving();
                break;
            case StepKind.StartWithInitialContent when !IsSaving && !IsLoading:
                var initial = new StoreContent();
                initial.Values["v0"] = World.NextValue();
                initial.Tables["t0"] = new Table { ["r0"] = new Row { ["a"] = World.NextValue() } };
                StartLoading(initial);
                StartSaving();
                break;
            case StepKind.StopLoading when IsLoading:
                World.Tally.Add("stops");
                _peer.Persister.StopAutoLoadAsync().GetAwaiter().GetResult();
                break;
            case StepKind.StopSaving when IsSaving:
                World.Tally.Add("stops");
                _peer.Persister.StopAutoSaveAsync().GetAwaiter().GetResult();
                break;
            case StepKind.StartBoth:
                FinishStart();
                break;
        }
    }

    /// <inheritdoc/>
    public override void FinishStart()
    {
        StartLoading(null);
        StartSaving();
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        var saved = Encode();
        _peer.Dispose();
        _unsaved.Clear();
        Open(saved);
        if (World.HasForeign)
        {
            // What no running persister sees dying in a foreign peer's container, none can save.
            FinishStart();
        }
    }

    /// <inheritdoc/>
    public override void CheckAtTheEnd(string document)
    {
        var store = FlatContent.Text(Store.GetContent());
        Assert.True(store == document, $"peer {Index}: its store differs from the document\n{store}--- document:\n{document}");
        Assert.False(_peer.Persister.IsDirty, $"peer {Index}: something is unsaved");
        Assert.True(_errors.Count == 0, $"peer {Index}: {string.Join('\n', _errors)}");
    }

    /// <inheritdoc/>
    public override void Dispose() => _peer.Dispose();

    /// <inheritdoc/>
    protected override void Apply(byte[] update) => _peer.Apply(update);

    /// <inheritdoc/>
    protected override byte[] Encode() => _peer.Encode();

    private void Open(byte[]? saved)
    {
        Store = new Store();
        // Before the persister's own, so that what a transaction does is recorded before its update is sent.
        Store.AddAfterTransactionListener(OnStoreTransaction);
        _peer = _adapter.Open(new CrdtPeerStart(Store, Index, World.NextSession(), saved, Send));
        _peer.Persister.Error += (_, e) => _errors.Add($"{e.Operation} {e.Path} {e.Exception}");
    }

    private void OnStoreTransaction(StoreTransaction transaction)
    {
        if (ReferenceEquals(transaction.Origin, _peer.Persister))
        {
            return;
        }
        var changes = new List<KeyValuePair<string, CellValue>>();
        foreach (var change in transaction.CellChanges)
        {
            changes.Add(new($"{change.TableId}/{change.RowId}/{change.CellId}", change.New ?? default));
        }
        foreach (var change in transaction.ValueChanges)
        {
            changes.Add(new(change.ValueId, change.New ?? default));
        }
        if (IsSaving)
        {
            Record(changes);
        }
        else
        {
            changes.ForEach(change => _unsaved[change.Key] = change.Value);
        }
    }

    private void StartSaving()
    {
        if (IsSaving)
        {
            return;
        }
        World.Tally.Add("starts of saving");
        // Whatever the app changed and the document does not show is saved now.
        var held = ReadDocument();
        IEnumerable<KeyValuePair<string, CellValue>> mine = IsFollowed ? _unsaved : FlatContent.Of(Store.GetContent());
        List<KeyValuePair<string, CellValue>> changes = [.. mine.Where(cell => held.GetValueOrDefault(cell.Key) != cell.Value)];
        _unsaved.Clear();
        Record(changes, held);
        _peer.Persister.StartAutoSaveAsync().GetAwaiter().GetResult();
    }

    private void StartLoading(StoreContent? initial)
    {
        if (IsLoading)
        {
            return;
        }
        World.Tally.Add("starts of loading");
        if (!IsFollowed)
        {
            // Until now nobody followed the store: what it has counts where the document has nothing.
            var held = ReadDocument();
            _unsaved.Clear();
            foreach (var (path, value) in FlatContent.Of(Store.GetContent()).Where(cell => !held.ContainsKey(cell.Key)))
            {
                _unsaved[path] = value;
            }
        }
        _peer.Persister.StartAutoLoadAsync(initial).GetAwaiter().GetResult();
    }
}
