using Xunit;

namespace TinyStore.TestKit.Crdt;

// Small cases with names: they say what is wrong sooner than a random program does.
public abstract partial class CrdtPersisterSuite
{
    [Fact]
    public void CellsAndValues_OfEveryKind_ReachAnotherPeer()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetRow("t", "r", new Row
        {
            ["text"] = "ä 😀",
            ["empty"] = "",
            ["number"] = -0.5,
            ["large"] = 2147483648,
            ["yes"] = true,
            ["no"] = false,
            ["null"] = CellValue.Null,
            ["object"] = CellValue.FromJson("""{"k":[1,null]}"""),
            ["array"] = CellValue.FromJson("[]"),
        });
        peers.One.Store.SetValue("v", CellValue.FromJson("""{"a":1}"""));

        peers.Exchange();

        Assert.Equal(9, peers.Two.Store.GetCellIds("t", "r").Count);
        peers.AssertEqual();
    }

    [Fact]
    public void Deletes_OfCellsRowsTablesAndValues_ReachAnotherPeer()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetRow("t", "r", new Row { ["a"] = 1, ["b"] = 2 }).SetCell("t", "gone", "a", 1).SetCell("gone", "r", "a", 1);
        peers.One.Store.SetValue("v", 1).SetValue("gone", 1);
        peers.Exchange();

        peers.Two.Store.DeleteCell("t", "r", "b").DeleteRow("t", "gone").DeleteTable("gone").DeleteValue("gone");
        peers.Exchange();

        Assert.Equal("t/r/a = 1\nv = 1\n", FlatContent.Text(peers.One.Store.GetContent()));
        peers.AssertEqual();
    }

    [Fact]
    public void StoreTransaction_OfManyCells_IsOneUpdate()
    {
        using var peers = new Pair(Adapter);

        peers.One.Store.Transaction(() => peers.One.Store.SetRow("t", "r", new Row { ["a"] = 1, ["b"] = 2 }).SetCell("u", "r", "a", 3).SetValue("v", 4));

        Assert.Single(peers.One.Updates);
        peers.Exchange();
        peers.AssertEqual();
    }

    [Fact]
    public void StoreTransaction_RolledBack_MakesNoUpdate()
    {
        using var peers = new Pair(Adapter);

        peers.One.Store.Transaction(() => peers.One.Store.SetCell("t", "r", "a", 1), shouldRollback: _ => true);

        Assert.Empty(peers.One.Updates);
    }

    [Fact]
    public void SeveralWritesInOneTick_AllReachTheDocument()
    {
        using var peers = new Pair(Adapter);

        for (var i = 0; i < 10; i++)
        {
            peers.One.Store.SetCell("t", $"r{i}", "a", i).SetCell("t", "same", "a", i);
        }

        var document = FlatContent.Of(peers.One.Peer.ReadDocument());
        Assert.Equal(11, document.Count);
        Assert.Equal(9, document["t/same/a"]);
        peers.Exchange();
        peers.AssertEqual();
    }

    [Fact]
    public void Update_OfAnotherPeer_IsNotWrittenBack()
    {
        using var peers = new Pair(Adapter);
        peers.Two.Store.SetCell("t", "r", "a", 1).SetValue("v", 1);
        peers.Exchange();
        var before = (peers.One.Updates.Count, peers.Two.Updates.Count);

        peers.One.Store.SetCell("t", "r", "a", 2);
        peers.Exchange();

        Assert.Equal((before.Item1 + 1, before.Item2), (peers.One.Updates.Count, peers.Two.Updates.Count));
        peers.AssertEqual();
    }

    [Fact]
    public void SameUpdate_Again_ChangesNothing()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetCell("t", "r", "a", 1);
        peers.Exchange();
        peers.Two.Store.SetCell("t", "r", "a", 2);
        var updates = peers.Two.Updates.Count;

        peers.Two.Peer.Apply(peers.One.Updates[0]);
        peers.Two.Peer.Apply(peers.One.Peer.Encode());

        Assert.Equal(2, peers.Two.Store.GetCell("t", "r", "a"));
        Assert.Equal(updates, peers.Two.Updates.Count);
    }

    [Fact]
    public void Updates_InReverse_ArriveInFull()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetCell("t", "r", "a", 1).SetCell("t", "r", "a", 2).SetCell("t", "s", "b", 3).DeleteRow("t", "s").SetValue("v", 4);

        foreach (var update in peers.One.Updates.AsEnumerable().Reverse())
        {
            peers.Two.Peer.Apply(update);
        }

        Assert.False(peers.Two.Peer.IsWaiting);
        peers.AssertEqual();
    }

    [Fact]
    public void PeersApart_MakeTheSameTableAndRow_BothStay()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetCell("t", "both", "one", 1).SetCell("t", "one", "a", 1).SetValue("one", 1);
        peers.Two.Store.SetCell("t", "both", "two", 2).SetCell("t", "two", "a", 2).SetValue("two", 2);

        peers.Exchange();

        Assert.Equal(["both", "one", "two"], peers.One.Store.GetRowIds("t").Order());
        Assert.Equal(["one", "two"], peers.One.Store.GetCellIds("t", "both").Order());
        peers.AssertEqual();
    }

    [Fact]
    public void SavedDocument_OpenedAgain_FillsANewStore()
    {
        using var peers = new Pair(Adapter);
        peers.One.Store.SetCell("t", "r", "a", 1).SetCell("t", "gone", "a", 1).DeleteRow("t", "gone").SetValue("v", 2);

        using var again = new Side(Adapter, 0, 3, peers.One.Peer.Encode());

        Assert.Equal("t/r/a = 1\nv = 2\n", FlatContent.Text(again.Store.GetContent()));
        Assert.Empty(again.Updates);
    }

    private sealed class Side : IDisposable
    {
        private readonly List<string> _errors = [];

        public Side(ICrdtAdapter adapter, int peer, ulong session, byte[]? saved = null)
        {
            Peer = adapter.Open(new CrdtPeerStart(Store, peer, session, saved, Updates.Add));
            Peer.Persister.Error += (_, e) => _errors.Add($"{e.Operation} {e.Path} {e.Exception}");
            Peer.Persister.StartAutoPersistingAsync().GetAwaiter().GetResult();
        }

        public Store Store { get; } = new();

        public ICrdtPeer Peer { get; }

        public List<byte[]> Updates { get; } = [];

        public void AssertIs(string content)
        {
            Assert.Equal(content, FlatContent.Text(Store.GetContent()));
            Assert.Equal(content, FlatContent.Text(FlatContent.Of(Peer.ReadDocument())));
            Assert.False(Peer.Persister.IsDirty);
            Assert.Empty(_errors);
        }

        public void Dispose() => Peer.Dispose();
    }

    // Two peers that load and save.
    private sealed class Pair(ICrdtAdapter adapter) : IDisposable
    {
        private int _sentOne;
        private int _sentTwo;

        public Side One { get; } = new(adapter, 0, 1);

        public Side Two { get; } = new(adapter, 1, 2);

        public void Exchange()
        {
            for (var round = 0; _sentOne < One.Updates.Count || _sentTwo < Two.Updates.Count; round++)
            {
                Assert.True(round < 100, "The peers keep answering each other: updates never end.");
                while (_sentOne < One.Updates.Count)
                {
                    Two.Peer.Apply(One.Updates[_sentOne++]);
                }
                while (_sentTwo < Two.Updates.Count)
                {
                    One.Peer.Apply(Two.Updates[_sentTwo++]);
                }
            }
        }

        public void AssertEqual()
        {
            var content = FlatContent.Text(One.Store.GetContent());
            One.AssertIs(content);
            Two.AssertIs(content);
        }

        public void Dispose()
        {
            One.Dispose();
            Two.Dispose();
        }
    }
}
