using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>The store changes while a transaction of the document is open, the other way round, and from each other's listeners.</summary>
public abstract class JoiningTests : LayoutTests, IDisposable
{
    private readonly Peer _peer;
    private readonly YDoc _remote = new(new YDocOptions { ClientId = 4 });

    protected JoiningTests(DocLayout layout)
        : base(layout)
    {
        _peer = Started(2);
        _peer.Store.SetRow("t", "r", new Row { ["c"] = 0, ["d"] = 0 });
        _remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());
    }

    public void Dispose()
    {
        _peer.Dispose();
        _remote.Dispose();
        GC.SuppressFinalize(this);
    }

    private void SetRemote(string cellId, YValue value) => Set(_remote, "t", "r", cellId, value);

    private void SetOwn(string cellId, YValue value) => Set(_peer.Doc, "t", "r", cellId, value);

    [Fact]
    public void StoreTransaction_ManyCells_OneDocumentTransactionWithJustThose()
    {
        var updates = _peer.Updates.Count;

        _peer.Store.Transaction(() => _peer.Store.SetCell("t", "r", "c", 1).SetCell("t", "r", "c", 2).SetCell("t", "r2", "c", 3).SetCell("t", "r", "d", 5).SetCell("t", "r", "d", 0));

        Assert.Equal(updates + 1, _peer.Updates.Count);
        var structs = YStateVector.Decode(YUpdate.EncodeStateVector(_peer.Updates[^1]));
        Peer.AssertEqual(_peer);
        Assert.Equal(4u, _peer.Doc.GetClock(2));
        Assert.NotNull(structs);
    }

    [Fact]
    public void StoreTransaction_RolledBack_WritesNothing()
    {
        var updates = _peer.Updates.Count;

        _peer.Store.Transaction(() => _peer.Store.SetCell("t", "r", "c", 1), null, _ => true);
        Assert.Throws<FormatException>(() => _peer.Store.Transaction(() =>
        {
            _peer.Store.SetCell("t", "r", "c", 1);
            throw new FormatException();
        }));

        Assert.Equal(updates, _peer.Updates.Count);
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void StoreChangesInsideADocumentTransaction_JoinIt()
    {
        var updates = _peer.Updates.Count;

        _peer.Doc.Transact(_ =>
        {
            _peer.Store.SetCell("t", "r", "c", "store");
            SetOwn("d", "document");
            Assert.Equal(0, _peer.Store.GetCell("t", "r", "d"));
        });

        Assert.Equal(updates + 1, _peer.Updates.Count);
        Assert.Equal("document", _peer.Store.GetCell("t", "r", "d"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void SameCellInsideADocumentTransaction_TheLaterWriteStays()
    {
        _peer.Doc.Transact(_ =>
        {
            _peer.Store.SetCell("t", "r", "c", "store");
            SetOwn("c", "document");
            SetOwn("d", "document");
            _peer.Store.SetCell("t", "r", "d", "store");
        });

        Assert.Equal("document", _peer.Store.GetCell("t", "r", "c"));
        Assert.Equal("store", _peer.Store.GetCell("t", "r", "d"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void DocumentChangesInsideAStoreTransaction_AreLoadedWhenItIsOver()
    {
        SetRemote("d", "remote");

        _peer.Store.Transaction(() =>
        {
            _peer.Store.SetCell("t", "r", "c", "store");
            _peer.Apply(_remote.EncodeStateAsUpdate());
            Assert.Equal(0, _peer.Store.GetCell("t", "r", "d"));
        });

        Assert.Equal("remote", _peer.Store.GetCell("t", "r", "d"));
        Assert.Equal("store", _peer.Store.GetCell("t", "r", "c"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void SameCellInsideAStoreTransaction_TheStoresChangeIsSavedFirstAndStays()
    {
        SetRemote("c", "remote");

        _peer.Store.Transaction(() =>
        {
            _peer.Store.SetCell("t", "r", "c", "store");
            _peer.Apply(_remote.EncodeStateAsUpdate());
        });

        Assert.Equal("store", _peer.Store.GetCell("t", "r", "c"));
        Peer.AssertEqual(_peer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DocumentChangesInsideAStoreTransactionThatEndsEmpty_AreLoaded(bool rollBack)
    {
        SetRemote("c", "remote");

        _peer.Store.Transaction(
            () =>
            {
                if (rollBack)
                {
                    _peer.Store.SetCell("t", "r", "c", "store");
                }
                _peer.Apply(_remote.EncodeStateAsUpdate());
            },
            null,
            _ => rollBack);

        Assert.Equal("remote", _peer.Store.GetCell("t", "r", "c"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void ObserverOfTheStoreChangesTheDocument_IsLoaded()
    {
        using var listener = _peer.Store.AddCellListener("t", "r", "c", _ => SetOwn("d", "from listener"));

        _peer.Store.SetCell("t", "r", "c", 1);

        Assert.Equal("from listener", _peer.Store.GetCell("t", "r", "d"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void ObserverOfTheDocumentChangesTheStore_IsSaved()
    {
        using var observing = _peer.Doc.GetMap(Layout == DocLayout.Flat ? "tinybase/cells" : "tinybase").ObserveDeep(_ =>
        {
            if (!_peer.Store.HasValue("seen"))
            {
                _peer.Store.SetValue("seen", true);
            }
        });
        SetRemote("c", "remote");

        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal("remote", _peer.Store.GetCell("t", "r", "c"));
        Assert.Equal(true, _peer.Store.GetValue("seen"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void AfterTransactionListenerWritesTheStore_IsSaved()
    {
        using var listener = _peer.Store.AddAfterTransactionListener(transaction =>
        {
            if (!_peer.Store.HasValue("count"))
            {
                _peer.Store.SetValue("count", 1);
            }
        });
        SetRemote("c", "remote");

        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal(1, _peer.Store.GetValue("count"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void MutatorChangesWhatIsLoaded_ItsValueIsSaved()
    {
        using var mutator = _peer.Store.AddCellListener(
            "t",
            "r",
            "c",
            e =>
            {
                if (e.New is { } cell && cell.TryGetString(out var text))
                {
                    _peer.Store.SetCell("t", "r", "c", text.ToUpperInvariant());
                    _peer.Store.SetValue("mutated", true);
                }
            },
            ListenerKind.Mutator);
        SetRemote("c", "remote");

        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal("REMOTE", _peer.Store.GetCell("t", "r", "c"));
        Peer.AssertEqual(_peer);
        Assert.False(_peer.Persister.IsDirty);
    }

    [Fact]
    public void MutatorTakesBackWhatIsLoaded_ItsWriteIsSaved()
    {
        _peer.Store.SetValue("v", 1);
        _remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());
        _peer.Store.AddCellListener("t", "r", "c", e => _peer.Store.SetCell("t", "r", "c", e.Old!.Value), ListenerKind.Mutator);
        _peer.Store.AddCellListener("t", "new", null, _ => _peer.Store.DeleteRow("t", "new"), ListenerKind.Mutator);
        _peer.Store.AddCellListener("t", "r", "d", e => _peer.Store.SetCell("t", "r", "d", e.Old!.Value), ListenerKind.Mutator);
        _peer.Store.AddValueListener("v", e => _peer.Store.SetValue("v", e.Old!.Value), ListenerKind.Mutator);
        SetRemote("c", "remote");
        _peer.Apply(_remote.EncodeStateAsUpdate());
        Peer.AssertEqual(_peer);

        var (row, d) = Content.PlaceOf(_remote, Layout, "t", "r", "d");
        row.Delete(d);
        Content.ValuesOf(_remote, Layout).Set("v", 2);
        if (Layout == DocLayout.Nested)
        {
            _remote.GetMap("tinybase")["t"].AsMap!["t"].AsMap!.SetMap("new");
        }
        Set(_remote, "t", "new", "c", 1);
        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal(0, _peer.Store.GetCell("t", "r", "c"));
        Assert.Equal(0, _peer.Store.GetCell("t", "r", "d"));
        Assert.Equal(1, _peer.Store.GetValue("v"));
        Assert.False(_peer.Store.HasRow("t", "new"));
        Peer.AssertEqual(_peer);
        Assert.False(_peer.Persister.IsDirty);
    }

    [Fact]
    public async Task MutatorDeletesDuringALoadWhatIsUnsaved_TheOldValueIsNotSaved()
    {
        await _peer.Persister.StopAutoSaveAsync(TestContext.Current.CancellationToken);
        _peer.Store.SetCell("t", "r", "unsaved", 1).SetValue("unsaved", 1);
        _peer.Store.AddCellListener("t", "r", "c", _ => _peer.Store.DeleteCell("t", "r", "unsaved").DeleteValue("unsaved"), ListenerKind.Mutator);
        SetRemote("c", "remote");
        _peer.Apply(_remote.EncodeStateAsUpdate());

        await _peer.Persister.StartAutoSaveAsync(TestContext.Current.CancellationToken);

        Assert.False(_peer.Store.HasCell("t", "r", "unsaved"));
        Peer.AssertEqual(_peer);
    }

    [Fact]
    public void SchemaRefusesWhatIsLoaded_TheDocumentKeepsIt()
    {
        _peer.Store.SetTablesSchema(TablesSchema.FromJson("{\"t\":{\"c\":{\"type\":\"number\",\"default\":7},\"d\":{\"type\":\"number\"}}}"));
        var updates = _peer.LocalUpdates.Count;
        SetRemote("c", "a string");

        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal(7, _peer.Store.GetCell("t", "r", "c"));
        Assert.Contains("t/r/c = \"a string\"", _peer.DocContent, StringComparison.Ordinal);
        Assert.Equal(updates, _peer.LocalUpdates.Count);
    }

    [Fact]
    public void SchemaGivesDefaultsToWhatIsLoaded_TheyAreNotSavedWhetherMutatorsListenOrNot()
    {
        _peer.Store.SetTablesSchema(TablesSchema.FromJson(
            "{\"t\":{\"c\":{\"type\":\"number\",\"default\":7},\"d\":{\"type\":\"number\"},\"e\":{\"type\":\"string\",\"default\":\"e\"}}}"));
        _peer.Store.AddCellListener("t", "r", "d", _ => { }, ListenerKind.Mutator);
        _remote.ApplyUpdate(_peer.Doc.EncodeStateAsUpdate());
        SetRemote("c", "a string");
        if (Layout == DocLayout.Nested)
        {
            _remote.GetMap("tinybase")["t"].AsMap!["t"].AsMap!.SetMap("new");
        }
        Set(_remote, "t", "new", "d", 1);
        var updates = _peer.LocalUpdates.Count;

        _peer.Apply(_remote.EncodeStateAsUpdate());

        Assert.Equal(7, _peer.Store.GetCell("t", "r", "c"));
        Assert.Equal("e", _peer.Store.GetCell("t", "new", "e"));
        Assert.Equal(Content.Of(_remote, Layout), _peer.DocContent);
        Assert.Equal(updates, _peer.LocalUpdates.Count);
        Assert.False(_peer.Persister.IsDirty);
    }

    [Fact]
    public void StartListenerWritesToTheDocument_WhileEverythingIsLoaded_ItIsLoadedToo()
    {
        using var other = new Peer(9, options => options.Layout = Layout);
        other.Apply(_remote.EncodeStateAsUpdate());
        var writes = 0;
        other.Store.AddStartTransactionListener(_ =>
        {
            if (writes++ == 0)
            {
                Set(other.Doc, "t", "r", "c", 5);
            }
        });

        other.Start();

        Assert.Empty(other.Errors);
        Assert.Equal(5, other.Store.GetCell("t", "r", "c"));
        Peer.AssertEqual(other);
    }

    [Fact]
    public void Load_OriginIsThePersister()
    {
        object? origin = null;
        using var listener = _peer.Store.AddAfterTransactionListener(transaction => origin = transaction.Origin);
        object? docOrigin = null;
        using var observing = _peer.Doc.ObserveUpdates(e => docOrigin = e.Origin);
        SetRemote("c", "remote");

        _peer.Apply(_remote.EncodeStateAsUpdate());
        Assert.Same(_peer.Persister, origin);

        _peer.Store.SetCell("t", "r", "c", 2);
        Assert.Same(_peer.Persister, docOrigin);
    }
}

public sealed class NestedJoiningTests() : JoiningTests(DocLayout.Nested);

public sealed class FlatJoiningTests() : JoiningTests(DocLayout.Flat);
