using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>A peer with a <see cref="YjsPersister"/>.</summary>
internal sealed class NetNode : WorldNode
{
    private readonly Dictionary<string, CellValue> _unsaved = [];
    private readonly HashSet<ulong> _ownClientIds = [];
    private YDoc _doc = null!;
    private Store _store = null!;
    private DocFile? _file;

    public NetNode(World world, int index, bool gc)
        : base(world, index, gc) => Open(null);

    public override bool IsNet => true;

    public override YDoc Doc => _doc;

    public override Store Store => _store;

    public YjsPersister Persister { get; private set; } = null!;

    public List<string> Errors { get; } = [];

    private bool IsFollowed => Persister.Stats.Loads + Persister.Stats.Saves > 0;

    public override void Dispose()
    {
        Persister.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _doc.Dispose();
    }

    public override void Write(ref Dice dice) => StoreWriting.Write(World, Store, ref dice, dice.Next(6) == 0 ? 3 : 1);

    public override void Restart()
    {
        World.Tally.Restarts++;
        var saved = Doc.EncodeStateAsUpdate();
        Dispose();
        _unsaved.Clear();
        _ownClientIds.UnionWith(Persister.OwnClientIds);
        Open(saved);
        if (World.HasTinyBase)
        {
            // What a persister does not see it cannot save from a TinyBase peer.
            FinishStart();
        }
    }

    public override void Start(ref Dice dice)
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
                World.Tally.Initial++;
                var initial = new StoreContent();
                initial.Values["v0"] = World.NextValue();
                initial.Tables["t0"] = new Table { ["r0"] = new Row { ["a"] = World.NextValue() } };
                StartLoading(initial);
                StartSaving();
                break;
            default:
                StartLoading();
                StartSaving();
                break;
        }
    }

    public override void FinishStart()
    {
        StartLoading();
        StartSaving();
    }

    private void Open(byte[]? saved)
    {
        _doc = new YDoc(new YDocOptions { ClientId = World.NextClient(), Gc = Gc });
        var options = new YjsPersisterOptions { Layout = World.Options.Layout };
        World.Options.Configure?.Invoke(options);
        if (World.Options.Folder is { } folder)
        {
            _file = DocFile.OpenAsync(Path.Combine(folder, $"peer{Index}.doc"), _doc).GetAwaiter().GetResult();
            options.OwnClientIds.UnionWith(_file.SessionClientIds);
        }
        else if (saved is not null)
        {
            _doc.ApplyUpdate(saved, "file");
            options.OwnClientIds.UnionWith(_ownClientIds);
        }
        _store = new Store();
        _store.AddAfterTransactionListener(OnStoreTransaction);
        Persister = new YjsPersister(_store, _doc, options);
        Persister.Error += (_, e) => Errors.Add($"{e.Operation} {e.Path} {e.Exception}");
        _doc.ObserveUpdates(OnUpdate);
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

    private void StartSaving()
    {
        if (Persister.IsAutoSaving)
        {
            return;
        }
        World.Tally.LateStarts++;
        // Whatever the store has and its document does not show is saved now, knowing all that the document knows.
        var held = Content.CellsOf(Doc, World.Options.Layout).ToDictionary(cell => cell.Key, cell => cell.Value);
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
            var held = Content.CellsOf(Doc, World.Options.Layout).ToDictionary(cell => cell.Key, cell => cell.Value);
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
}
