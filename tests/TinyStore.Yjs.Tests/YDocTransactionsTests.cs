namespace TinyStore.Yjs.Tests;

public class YDocTransactionsTests
{
    private static string Keys(YMapEvent e) => string.Join(",", e.Keys.Select(change => change.Key + change.Value.Action));

    // Recorded from yjs 13.6.33: order of calls, and that the first update already has what an observer wrote.
    [Fact]
    public void Observers_OfATransactionAndOfOneTheyMake_AreCalledInTheOrderOfYjs()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var map = doc.GetMap("m");
        var log = new List<string>();
        doc.ObserveAfterTransaction(_ => log.Add("after"));
        doc.ObserveUpdates(e => log.Add($"update {Hex.Text(e.Update.Span)} {e.Origin} {e.IsLocal}"));
        map.Observe(e =>
        {
            log.Add("observe " + Keys(e));
            if (e.IsKeyChanged("a"))
            {
                doc.Transact(_ => map.Set("b", 2), "inner");
                log.Add("sees " + map["b"]);
            }
        });
        map.ObserveDeep(events => log.Add("deep " + string.Join("&", events.Select(e => Keys((YMapEvent)e)))));
        doc.Transact(
            outer =>
            {
                map.Set("a", 1);
                doc.Transact(joined => Assert.Same(outer, joined), "joined");
                map.Set("c", 3);
                Assert.True(doc.IsInTransaction);
                Assert.Empty(log);
            },
            "outer");
        Assert.Equal(
            [
                "observe aAdd,cAdd",
                "sees 2",
                "deep aAdd,cAdd",
                "after",
                "update 010301002801016d0161017d012801016d0163017d032801016d0162017d0200 outer True",
                "observe bAdd",
                "deep bAdd",
                "after",
                "update 010101022801016d0162017d0200 inner True",
            ],
            log);
        Assert.False(doc.IsInTransaction);
    }

    [Fact]
    public void ThrowingObservers_StopNoOther_AndTheLastExceptionIsThrown()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var map = doc.GetMap("m");
        var log = new List<string>();
        doc.ObserveUpdates(e => log.Add("update " + Hex.Text(e.Update.Span)));
        doc.ObserveUpdates(_ => throw new InvalidOperationException("update"));
        doc.ObserveUpdates(_ => log.Add("update again"));
        doc.ObserveAfterTransaction(_ => log.Add("after"));
        map.Observe(_ => Throw(log, "one"));
        map.Observe(_ => Throw(log, "two"));
        map.ObserveDeep(_ => Throw(log, "deep"));
        var e = Assert.Throws<InvalidOperationException>(() => doc.Transact(_ =>
        {
            map.Set("a", 1);
            Throw(log, "body");
        }));
        Assert.Equal("update", e.Message);
        Assert.Equal(["body", "one", "two", "deep", "after", "update 010101002801016d0161017d0100", "update again"], log);
        Assert.Equal(1, map["a"]);

        log.Clear();
        Assert.Throws<InvalidOperationException>(() => map.Set("b", 1)); // the document is none the worse
        Assert.Equal(["one", "two", "deep", "after", "update 010101012801016d0162017d0100", "update again"], log);
    }

    [Fact]
    public void ThrowingFunction_KeepsWhatItDid_AsYjs()
    {
        var doc = new YDoc();
        var updates = 0;
        doc.ObserveUpdates(_ => updates++);
        Assert.Throws<FormatException>(() => doc.Transact(_ =>
        {
            doc.GetMap("m").Set("a", 1);
            throw new FormatException();
        }));
        Assert.Single(doc.GetMap("m"));
        Assert.Equal(1, updates);
        Assert.False(doc.IsInTransaction);
    }

    [Fact]
    public void EmptyTransaction_RaisesNoUpdate()
    {
        var doc = new YDoc();
        var updates = 0;
        var after = 0;
        doc.ObserveUpdates(_ => updates++);
        doc.ObserveAfterTransaction(_ => after++);
        doc.Transact(_ => { });
        Assert.False(doc.GetMap("m").Delete("nothing"));
        doc.ApplyUpdate([0, 0]);
        Assert.Equal(0, updates);
        Assert.Equal(2, after);
    }

    [Fact]
    public void Transact_WithAResult_ReturnsIt() => Assert.Equal(5, new YDoc().Transact(_ => 5));

    // T23: observers that come and go during a call.
    [Fact]
    public void ObserversAddedAndRemovedDuringCalls_AreNotCalledInThatRound()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        var log = new List<string>();
        IDisposable? second = null;
        IDisposable? third = null;
        map.Observe(_ =>
        {
            log.Add("1");
            second?.Dispose();
            third ??= map.Observe(_ => log.Add("3"));
        });
        second = map.Observe(_ => log.Add("2"));
        map.Set("a", 1);
        Assert.Equal(["1"], log);
        map.Set("a", 2);
        Assert.Equal(["1", "1", "3"], log);
        third!.Dispose();
        third.Dispose();
        map.Set("a", 3);
        Assert.Equal(["1", "1", "3", "1"], log);
    }

    [Fact]
    public void ObserverAddedInsideATransaction_SeesAllOfIt()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        var nested = map.SetMap("n");
        var log = new List<string>();
        doc.Transact(_ =>
        {
            map.Set("a", 1);
            nested.Set("x", 1);
            map.SetMap("new").Set("inside", 1);
            map.Observe(e => log.Add(string.Join(",", e.KeysChanged)));
            nested.Observe(e => log.Add(string.Join(",", e.KeysChanged)));
            map.Set("b", 1);
        });
        Assert.Equal(["b,a,new", "x"], log.Order().Select(line => line));
    }

    [Fact]
    public void TransactionsMadeByObservers_RunUntilNoneIsLeft()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        map.Observe(e =>
        {
            map.TryGetValue("n", out var n);
            n.TryGetInt64(out var value);
            if (value < 100)
            {
                map.Set("n", (int)value + 1);
            }
        });
        map.Set("n", 0);
        Assert.Equal(100, map["n"]);
    }

    [Fact]
    public void Costs_OfOneCell_DoNotGrowWithClientsOrTombstones()
    {
        // T21: not a measurement of time but of memory, which is exact.
        static long Allocated(YDoc doc)
        {
            var map = doc.GetMap("m");
            doc.ObserveUpdates(static _ => { });
            for (var i = 0; i < 100; i++)
            {
                map.Set("k", i);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                map.Set("k", i);
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        }

        var large = new YDoc();
        large.Transact(transaction =>
        {
            for (ulong client = 1; client <= 5000; client++)
            {
                using var scope = transaction.WriteAs(client);
                large.GetMap("m").Set("r" + client, 1);
            }
        });
        var small = Allocated(new YDoc());
        Assert.InRange(small, 1, 250);
        Assert.InRange(Allocated(large), 1, small + 30);
    }

    private static void Throw(List<string> log, string text)
    {
        log.Add(text);
        throw new InvalidOperationException(text);
    }
}
