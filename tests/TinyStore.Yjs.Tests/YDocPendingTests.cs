using TinyStore.Yjs.Tests.Structs;
using TinyStore.Yjs.Tests.Updates;

namespace TinyStore.Yjs.Tests;

public class YDocPendingTests
{
    private static (YDoc Author, List<byte[]> Updates) Author(ulong id = 5)
    {
        var author = new YDoc(new YDocOptions { ClientId = id });
        var updates = new List<byte[]>();
        author.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        return (author, updates);
    }

    [Fact]
    public void UpdatesInReverse_WaitAndThenCome()
    {
        var (author, updates) = Author();
        for (var i = 0; i < 20; i++)
        {
            author.GetMap("m").Set("k" + (i % 3), i);
        }

        var doc = new YDoc();
        var raised = 0;
        doc.ObserveUpdates(_ => raised++);
        for (var i = updates.Count - 1; i > 0; i--)
        {
            doc.ApplyUpdate(updates[i]);
            Assert.True(doc.HasPending);
            Assert.Empty(doc.GetMap("m"));
        }

        Assert.Equal(0, raised);
        doc.ApplyUpdate(updates[0]);
        Assert.False(doc.HasPending);
        Assert.Equal(author.GetMap("m").ToJson(), doc.GetMap("m").ToJson());
        Assert.Equal(1, raised);
    }

    [Fact]
    public void WhatWaits_IsPartOfTheEncodedState_AndOfDiffs()
    {
        var (author, updates) = Author();
        author.GetMap("m").Set("a", 1);
        author.GetMap("m").Set("b", 2);
        author.GetMap("m").Delete("b");
        var doc = new YDoc();
        doc.ApplyUpdate(updates[1]);
        doc.ApplyUpdate(updates[2]);
        Assert.Equal("010105012801016d0162017d020105010101", Hex.Text(doc.EncodeStateAsUpdate()));
        var third = new YDoc();
        third.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.True(third.HasPending);
        third.ApplyUpdate(updates[0]);
        Assert.False(third.HasPending);
        Assert.Equal("""{"a":1}""", third.GetMap("m").ToJson());
        Assert.Equal("000105010101", Hex.Text(doc.EncodeStateAsUpdate([1, 5, 2]))); // the peer has the structs, not the delete
    }

    [Fact]
    public void Deletes_AreAppliedWhileTheReplacementWaits_AsYjs()
    {
        // y was set by one client and replaced by another whose earlier update is missing: the key is gone until it comes.
        var (first, _) = Author(2);
        first.GetMap("m").Set("x", 0);
        first.GetMap("m").Set("y", 0);
        var (second, updates) = Author(9);
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        updates.Clear();
        second.GetMap("m").Set("z", 1);
        second.GetMap("m").Set("y", 1);
        var doc = new YDoc();
        doc.ApplyUpdate(first.EncodeStateAsUpdate());
        doc.ApplyUpdate(updates[1]);
        Assert.True(doc.HasPending);
        Assert.Equal("""{"x":0}""", doc.GetMap("m").ToJson());
        doc.ApplyUpdate(updates[0]);
        Assert.False(doc.HasPending);
        Assert.Equal("""{"x":0,"y":1,"z":1}""", doc.GetMap("m").ToJson());
    }

    [Fact]
    public void DeletesOfUnknownStructs_WaitForThem()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Delete(5, 1, 2).ToArray());
        doc.ApplyUpdate(new UpdateBuilder().Delete(5, 3, 1).ToArray());
        Assert.True(doc.HasPending);
        Assert.Equal("000105010103", Hex.Text(doc.EncodeStateAsUpdate()));
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 0).Text("ab").ToArray());
        Assert.True(doc.HasPending);
        Assert.Equal("a", doc.GetText("t").ToString());
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 2).Text("cde", new YItemId(5, 1)).ToArray());
        Assert.False(doc.HasPending);
        Assert.Equal("ae", doc.GetText("t").ToString());
        StoreIntegrity.Check(doc);
    }

    [Fact]
    public void StructsThatWaitForOneAnother_ComeWithTheLast()
    {
        // A chain over five clients, each link in its own update, in every rotation.
        var updates = new List<byte[]>();
        var doc = new YDoc();
        var map = doc.GetMap("m");
        doc.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        for (ulong id = 1; id <= 5; id++)
        {
            doc.Transact(transaction =>
            {
                using var scope = transaction.WriteAs(id);
                map = map.SetMap("n");
            });
        }

        for (var start = 0; start < 5; start++)
        {
            var copy = new YDoc();
            for (var i = 0; i < 5; i++)
            {
                copy.ApplyUpdate(updates[(start + i) % 5]);
            }

            Assert.False(copy.HasPending);
            Assert.Equal(doc.GetMap("m").ToJson(), copy.GetMap("m").ToJson());
        }
    }

    [Fact]
    public void GroupGivenTwice_CountsAsTheLast_AsYjs()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 0).Text("a").Group(5, 0).Text("b").ToArray());
        Assert.Equal("b", doc.GetText("t").ToString());
    }
}
