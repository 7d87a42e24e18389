using System.Buffers;
using TinyStore.Yjs.Tests.Structs;
using TinyStore.Yjs.Tests.Updates;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests;

public class YDocUpdatesTests
{
    // The golden document of yjs 13.6.33: its bytes, and the update of each step.
    [Fact]
    public void GoldenDocument_IsWrittenByteForByte()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var map = doc.GetMap("m");
        var updates = new List<string>();
        doc.ObserveUpdates(e => updates.Add(Hex.Text(e.Update.Span)));
        map.Set("a", 1);
        map.SetMap("n");
        map["n"].AsMap!.Set("x", "y");
        map.Set("a", 2);
        map.Delete("n");
        Assert.Equal("010401002101016d0161012101016d016e010001a80100017d020101010003", Hex.Text(doc.EncodeStateAsUpdate()));
        Assert.Equal("010104", Hex.Text(doc.EncodeStateVector()));
        Assert.Equal("0101010003010104", Hex.Text(doc.EncodeSnapshot())); // T15: delete set first
        Assert.Equal(
            [
                "010101002801016d0161017d0100",
                "010101012701016d016e0100",
                "010101022800010101780177017900",
                "01010103a80100017d020101010001",
                "000101010102",
            ],
            updates);
    }

    [Fact]
    public void EmptyDocument_IsTwoZeros()
    {
        Assert.Equal("0000", Hex.Text(new YDoc().EncodeStateAsUpdate()));
        Assert.Equal("00", Hex.Text(new YDoc().EncodeStateVector()));
        Assert.Equal("0000", Hex.Text(new YDoc().EncodeSnapshot()));
    }

    [Fact]
    public void EveryKindOfStruct_SurvivesARoundTrip()
    {
        // One client, every content kind and type, with gaps filled: what goes in comes out.
        var update = new UpdateBuilder()
            .Group(YItemId.MaxClient, 0)
            .Text("hello 😀 world")
            .Item(YContentKind.Json, null, w =>
            {
                w.WriteVarUint(2);
                w.WriteVarString("undefined");
                w.WriteVarString("""{"a":1}""");
            })
            .Item(YContentKind.Binary, null, w => w.WriteVarBytes([9, 8, 7]))
            .Item(YContentKind.Embed, null, w => w.WriteVarString("""{"image":"u"}"""))
            .Item(YContentKind.Format, null, w =>
            {
                w.WriteVarString("bold");
                w.WriteVarString("true");
            })
            .Any(1, -0.0, 0.1, "x", YValue.Null, YValue.Undefined, true, YValue.FromBigInt(5), YValue.FromBinary([1, 2, 3]), YValue.FromJson("""{"b":[1,{"c":null}],"a":"é"}"""))
            .Struct("0701017400")
            .Struct("0701017401")
            .Struct("0701017402")
            .Struct("070101740301 70")
            .Struct("0701017404")
            .Struct("070101740501 68")
            .Struct("0701017406")
            .Struct("2901016d0164 026731 7601 046d657461 7d01")
            .GC(40)
            .Group(4294967296, 0)
            .Struct("2801016d016b 01 7d40")
            .Struct("2801016d016c 01 7cff800000")
            .Struct("2801016d016d 01 7b7ff0000000000001")
            .Delete(YItemId.MaxClient, 37, 40)
            .ToArray();
        var doc = new YDoc(new YDocOptions { Gc = false });
        doc.ApplyUpdate(update);
        Assert.False(doc.HasPending);
        StoreIntegrity.Check(doc);
        var copy = new YDoc(new YDocOptions { Gc = false });
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(Hex.Text(doc.EncodeStateAsUpdate()), Hex.Text(copy.EncodeStateAsUpdate()));
        Assert.Equal(UpdateContent.Of(update).Describe(), UpdateContent.Of(copy.EncodeStateAsUpdate()).Describe());
    }

    [Fact]
    public void EncodeStateAsUpdate_IntoAWriter_WritesTheSame()
    {
        var doc = new YDoc();
        doc.GetMap("m").Set("a", "x");
        var output = new ArrayBufferWriter<byte>();
        doc.EncodeStateAsUpdate(output);
        Assert.Equal(doc.EncodeStateAsUpdate(), output.WrittenSpan.ToArray());
        output.Clear();
        doc.EncodeStateAsUpdate(output, doc.EncodeStateVector());
        Assert.Equal("0000", Hex.Text(output.WrittenSpan));
    }

    [Fact]
    public void EncodeStateAsUpdate_AgainstAnyStateVector_CompletesThatPeer()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 9 });
        var peers = new List<YDoc>();
        for (var i = 0; i < 30; i++)
        {
            doc.GetMap("m").Set("k" + (i % 7), i);
            doc.Transact(transaction =>
            {
                using var scope = transaction.WriteAs((ulong)(100 + (i % 3)));
                doc.GetMap("m").Set("x", i);
            });
            var peer = new YDoc();
            peer.ApplyUpdate(doc.EncodeStateAsUpdate());
            peers.Add(peer);
        }

        foreach (var peer in peers)
        {
            peer.ApplyUpdate(doc.EncodeStateAsUpdate(peer.EncodeStateVector()));
            JsonContent.AssertEqual(doc.GetMap("m").ToJson(), peer.GetMap("m").ToJson());
            Assert.Equal(doc.EncodeStateVector(), peer.EncodeStateVector());
            Assert.False(peer.HasPending);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("ffffffffffffffff7f")]
    [InlineData("0101010028010161016101")]
    [InlineData("010101002801016d0161017d01")]
    [InlineData("010101000401017402c32800")]
    [InlineData("0101010005010174037b2c7d00")]
    [InlineData("010101000b01017400")]
    [InlineData("01010100840100016100")] // its own origin
    [InlineData("0101010027000105016b0100")] // its own parent is younger
    [InlineData("00010105")]
    [InlineData("00 01 01 01 ffffffff0f 05")] // a deleted range beyond the largest clock
    public void BadBytes_ThrowAndChangeNothing(string hex)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        doc.GetMap("m").Set("a", 1);
        var before = doc.EncodeStateAsUpdate();
        var calls = 0;
        doc.ObserveAfterTransaction(_ => calls++);
        var good = new UpdateBuilder().Group(3, 0).Text("good").ToArray();
        var bad = Hex.Bytes(hex);
        byte[] goodThenBad = [2, .. good[1..^1], .. bad.Length > 1 ? bad[1..] : bad];
        Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdate(bad));
        Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdate(bad.Length > 0 && bad[0] == 1 ? goodThenBad : bad));
        Assert.Throws<YUpdateFormatException>(() => doc.EncodeStateAsUpdate([2, 1]));
        Assert.Equal(before, doc.EncodeStateAsUpdate());
        Assert.Equal(0, calls);
        Assert.False(doc.HasPending);
        Assert.False(doc.IsInTransaction);
        doc.GetMap("m").Set("a", 2);
    }

    [Fact]
    public void BadBytes_InsideATransaction_LeaveItUsable()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        doc.Transact(transaction =>
        {
            doc.GetMap("m").Set("a", 1);
            Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdate([1]));
            Assert.True(transaction.IsLocal);
            doc.GetMap("m").Set("b", 1);
        });
        Assert.Equal(2, doc.GetMap("m").Count);
    }

    // T1: client ids above 32 bits in structs, delete sets, state vectors and snapshots.
    [Theory]
    [InlineData(4294967301UL)]
    [InlineData(9007199254740991UL)]
    public void T1_WideClientIds_SurviveEverywhere(ulong id)
    {
        var doc = new YDoc(new YDocOptions { ClientId = id, Gc = false });
        var twin = new YDoc(new YDocOptions { ClientId = id & 0xFFFFFFFF });
        doc.GetMap("m").Set("a", 1);
        doc.GetMap("m").Set("a", 2);
        twin.GetMap("m").Set("b", 3);
        var both = new YDoc();
        both.ApplyUpdate(doc.EncodeStateAsUpdate());
        both.ApplyUpdate(twin.EncodeStateAsUpdate());
        Assert.Equal((2u, 1u), (both.GetClock(id), both.GetClock(id & 0xFFFFFFFF)));
        Assert.Equal("""{"a":2,"b":3}""", both.GetMap("m").ToJson());
        Assert.True(YDeleteSet.FromUpdate(both.EncodeStateAsUpdate()).Contains(new YItemId(id, 0)));
        Assert.Equal(2u, YStateVector.Decode(both.EncodeStateVector()).GetClock(id));
    }

    // T4: GC and Skip structs are read for what they are.
    [Fact]
    public void T4_GCAndSkipStructs_AreReadInStep()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 0).GC(3).Text("ab").GC(2).Skip(4).Text("late", new YItemId(5, 4)).ToArray());
        Assert.Equal("ab", doc.GetText("t").ToString());
        Assert.Equal(7u, doc.GetClock(5));
        Assert.True(doc.HasPending);
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 7).GC(4).ToArray());
        Assert.Equal("ablate", doc.GetText("t").ToString());
        Assert.False(doc.HasPending);
        StoreIntegrity.Check(doc);
    }

    // T5: collected structs take their clocks, so what follows them is not parked.
    [Fact]
    public void T5_StructsBehindCollectedOnes_ComeIn()
    {
        var author = new YDoc(new YDocOptions { ClientId = 2 });
        var map = author.GetMap("m");
        for (var i = 0; i < 50; i++)
        {
            var row = map.SetMap("row");
            row.Set("a", i);
            row.Set("b", i);
        }

        map.Set("last", true);
        var copy = new YDoc();
        copy.ApplyUpdate(author.EncodeStateAsUpdate());
        Assert.False(copy.HasPending);
        Assert.Equal(author.EncodeStateVector(), copy.EncodeStateVector());
        Assert.Equal("""{"row":{"a":49,"b":49},"last":true}""", copy.GetMap("m").ToJson());
    }

    // T6: a child whose parent's client comes later in the update.
    [Fact]
    public void T6_ChildInAHigherGroupThanItsParent_FindsIt()
    {
        var parent = new YDoc(new YDocOptions { ClientId = 3 });
        parent.GetMap("m").SetMap("n");
        var child = new YDoc(new YDocOptions { ClientId = 900 });
        child.ApplyUpdate(parent.EncodeStateAsUpdate());
        child.GetMap("m")["n"].AsMap!.SetMap("deep").Set("x", 1);
        var doc = new YDoc();
        doc.ApplyUpdate(child.EncodeStateAsUpdate());
        Assert.Equal("""{"n":{"deep":{"x":1}}}""", doc.GetMap("m").ToJson());
        Assert.False(doc.HasPending);
    }

    // T7: a right origin is waited for as an origin is.
    [Fact]
    public void T7_MissingRightOrigin_IsWaitedFor()
    {
        var right = new UpdateBuilder().Group(2, 0).Text("right").ToArray();
        var left = new UpdateBuilder().Group(9, 0).Struct("44 02 00 04 6c656674").ToArray();
        var doc = new YDoc();
        doc.ApplyUpdate(left);
        Assert.True(doc.HasPending);
        doc.ApplyUpdate(right);
        Assert.False(doc.HasPending);
        Assert.Equal("leftright", doc.GetText("t").ToString());
    }

    // T8: the entry of a key is the last of its own chain, whatever else the parent holds.
    [Fact]
    public void T8_ConcurrentEntries_TheHigherClientWins_InEveryOrder()
    {
        var updates = new List<byte[]>();
        foreach (var id in (ulong[])[3, 1, 2])
        {
            var doc = new YDoc(new YDocOptions { ClientId = id });
            doc.GetMap("m").Set("k", (int)id);
            doc.GetMap("m").Set("other" + id, true);
            updates.Add(doc.EncodeStateAsUpdate());
        }

        foreach (var order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            var doc = new YDoc();
            Array.ForEach(order, index => doc.ApplyUpdate(updates[index]));
            Assert.Equal(3, doc.GetMap("m")["k"]);
            Assert.Equal(4, doc.GetMap("m").Count);
        }
    }

    // T9: a child of a collected type becomes a collected struct, and so does a child of what is no type. Recorded from yjs.
    [Fact]
    public void T9_ChildOfACollectedType_BecomesACollectedStruct()
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        doc.GetMap("m").SetMap("n");
        doc.GetMap("m").Delete("n");
        doc.ApplyUpdate(Hex.Bytes("01010200280001000178017d0100"));
        Assert.Equal("0201020000010101002101016d016e01020201000101010001", Hex.Text(doc.EncodeStateAsUpdate()));
        Assert.Equal("0202010101", Hex.Text(doc.EncodeStateVector()));
        Assert.Empty(doc.GetMap("m"));
        doc.ApplyUpdate(new UpdateBuilder().Group(7, 0).Text("x").Struct("28 00 07 00 0178 01 7d01").ToArray()); // the parent is text
        Assert.Equal("x", doc.GetText("t").ToString());
        StoreIntegrity.Check(doc);
    }

    // T10: ranges of a delete set that lie behind collected structs are applied.
    [Fact]
    public void T10_DeletesBehindCollectedStructs_AreApplied()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(5, 0).Text("ab").GC(5).Text("cdefg", new YItemId(5, 1)).GC(3).Text("h", new YItemId(5, 11)).ToArray());
        doc.ApplyUpdate(new UpdateBuilder().Delete(5, 1, 7).Delete(5, 9, 2).Delete(5, 12, 4).ToArray());
        Assert.Equal("adg", doc.GetText("t").ToString());
        Assert.False(doc.HasPending);
        StoreIntegrity.Check(doc);
    }

    // T11: merging updates first must make no difference.
    [Fact]
    public void T11_MergedUpdates_GiveTheSameDocument()
    {
        var author = new YDoc(new YDocOptions { ClientId = 4 });
        var updates = new List<ReadOnlyMemory<byte>>();
        author.ObserveUpdates(e => updates.Add(e.Update));
        for (var i = 0; i < 40; i++)
        {
            author.GetMap("m").Set("k" + (i % 5), i);
            author.GetMap("m").SetMap("n").Set("x", i);
        }

        var one = new YDoc();
        updates.ForEach(update => one.ApplyUpdate(update.Span));
        var merged = new YDoc();
        merged.ApplyUpdate(YUpdate.Merge(updates));
        var halves = new YDoc();
        halves.ApplyUpdate(YUpdate.Merge(updates[20..]));
        halves.ApplyUpdate(YUpdate.Merge(updates[..20]));
        foreach (var doc in (YDoc[])[one, merged, halves])
        {
            JsonContent.AssertEqual(author.GetMap("m").ToJson(), doc.GetMap("m").ToJson());
            Assert.Equal(author.EncodeStateVector(), doc.EncodeStateVector());
            Assert.False(doc.HasPending);
        }
    }

    // T13: positions count UTF-16 units; half of a pair becomes a replacement character. Recorded from yjs.
    [Fact]
    public void T13_CutSurrogatePair_BecomesTwoReplacementCharacters()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(1, 0).Text("a😀b").ToArray());
        Assert.Equal(4, doc.GetText("t").Length);
        doc.ApplyUpdate(new UpdateBuilder().Group(1, 4).Struct("c4 01 01 01 02 01 58").ToArray());
        Assert.Equal("a\uFFFDX\uFFFDb", doc.GetText("t").ToString());
        Assert.Equal("01030100040101740461efbfbd84010104efbfbd62c401010102015800", Hex.Text(doc.EncodeStateAsUpdate()));
    }

    // T16: a leading hole parks what follows; it is never written by us except as part of what waits. Recorded from yjs.
    [Fact]
    public void T16_LeadingSkip_ParksAndIsNotWritten()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(Hex.Bytes("01024d000a012801016d0161017d0100"));
        Assert.True(doc.HasPending);
        Assert.Empty(doc.GetMap("m"));
        Assert.Equal("01014d012801016d0161017d0100", Hex.Text(doc.EncodeStateAsUpdate()));
        Assert.Equal("00", Hex.Text(doc.EncodeStateVector()));
    }

    // T22: counts, lengths and depths that only hostile bytes have.
    [Theory]
    [InlineData("ffffffff07")]
    [InlineData("01ffffffff070100")]
    [InlineData("0101010028010174016bffffffff07")]
    [InlineData("01010100040101 74ffffffff07")]
    [InlineData("0001ffffffff0f")]
    [InlineData("000101ffffffff0f")]
    public void T22_HugeCounts_AllocateNothing(string hex)
    {
        var doc = new YDoc();
        var bytes = Hex.Bytes(hex);
        Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdate(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdate(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void T22_DeepNesting_IsAppliedDeletedAndCollectedWithoutRecursion()
    {
        const int Depth = 200_000;
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        var map = doc.GetMap("m").SetMap("top");
        doc.Transact(_ =>
        {
            for (var i = 0; i < Depth; i++)
            {
                map = map.SetMap("n");
            }
        });
        var copy = new YDoc();
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(doc.EncodeStateVector(), copy.EncodeStateVector());
        Assert.Throws<InsufficientExecutionStackException>(() => copy.GetMap("m").ToJson());
        var update = Array.Empty<byte>();
        doc.ObserveUpdates(e => update = e.Update.ToArray());
        doc.GetMap("m").Delete("top");
        copy.ApplyUpdate(update);
        Assert.Equal("{}", copy.GetMap("m").ToJson());
        StoreIntegrity.Check(copy);
        Assert.Equal(2, copy.Store.Entries.Count);
        Assert.Equal(1, copy.Store.Types.Count);
    }

    [Fact]
    public void ZeroLengthStructs_ArePassedOver()
    {
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(1, 0).Text("").Text("ab").GC(0).Any().Text("c", new YItemId(1, 1)).ToArray());
        Assert.Equal("abc", doc.GetText("t").ToString());
        StoreIntegrity.Check(doc);
    }

    [Fact]
    public void ForkedClientIds_NeverBreakTheDocument()
    {
        // Two documents that wrote under one id: the second's longer item continues the first's in its place.
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(1, 0).Struct("28 01 016d 0161 01 7d01").Struct("28 01 016d 0162 01 7d01").ToArray());
        doc.ApplyUpdate(new UpdateBuilder().Group(1, 0).Struct("28 01 016d 0163 04 7d01 7d02 7d03 7d04").ToArray());
        Assert.Equal("""{"a":1,"b":4}""", doc.GetMap("m").ToJson());
        StoreIntegrity.Check(doc);
    }
}
