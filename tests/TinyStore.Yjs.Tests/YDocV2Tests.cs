using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests;

/// <summary>Whole documents in format V2. The bytes were recorded from yjs 13.6.33.</summary>
public class YDocV2Tests
{
    private const string State = "00000241000100000521010000a807046d616d6e41020101000241020104007d020101010002";
    private const string EmbedState =
        "00020002024701020002000506008500860d0974626f6c64626f6c640144000101000001030076010173770561f09f9880760401617f01637402010201647b7ff8000000000000016575017f7e00";

    private static readonly string[] Events =
    [
        "000001010000012805026d61410001010001010101007d0100",
        "000001010000012705026d6e4100010101010001010100",
        "0000024100010200012803017801010000010101010277017900",
        "000002410001000001a80100000001010101037d020101010000",
        "0000000000000100000000000101010101",
    ];

    [Fact]
    public void WrittenMap_HasTheBytesOfYjs()
    {
        var doc = WriteExample([]);
        Assert.Equal(State, Hex.Text(doc.EncodeStateAsUpdateV2()));
        Assert.Equal("0101010002010104", Hex.Text(doc.EncodeSnapshotV2()));
        Assert.Equal("0000024100010000030000a8010000000241000102027d020101010002", Hex.Text(doc.EncodeStateAsUpdateV2(Hex.Bytes("010102"))));
    }

    [Fact]
    public void Events_HaveTheBytesOfYjs_AndComeBehindThoseOfV1()
    {
        var order = new List<string>();
        Assert.Equal(4u, WriteExample(order).GetClock(1));
        Assert.Equal(Events.SelectMany(v2 => new[] { "v1", v2 }), order);
    }

    [Fact]
    public void Events_OfEachFormat_ReachWhoAskedForIt()
    {
        var doc = new YDoc();
        var count = 0;
        using (doc.ObserveUpdatesV2(_ => count++))
        {
            doc.GetMap("m").Set("a", 1);
            doc.Transact(_ => { });
        }

        doc.GetMap("m").Set("a", 2);
        Assert.Equal(1, count);
    }

    [Fact]
    public void EventsApplied_RestoreTheDocument()
    {
        var doc = new YDoc();
        foreach (var update in Events)
        {
            doc.ApplyUpdateV2(Hex.Bytes(update));
        }

        Assert.Equal("""{"a":2}""", doc.GetMap("m").ToJson());
        Assert.Equal(State, Hex.Text(doc.EncodeStateAsUpdateV2()));
    }

    [Fact]
    public void FormatsMix_InAnyOrder()
    {
        var doc = new YDoc();
        for (var i = Events.Length - 1; i >= 0; i--)
        {
            if (i % 2 == 0)
            {
                doc.ApplyUpdateV2(Hex.Bytes(Events[i]));
            }
            else
            {
                doc.ApplyUpdate(YUpdate.ConvertV2ToV1(Hex.Bytes(Events[i])));
            }
        }

        Assert.False(doc.HasPending);
        Assert.Equal(State, Hex.Text(doc.EncodeStateAsUpdateV2()));
        Assert.Equal(YUpdate.ConvertV2ToV1(Hex.Bytes(State)).Length, doc.EncodeStateAsUpdate().Length);
    }

    [Fact]
    public void PendingStructsAndDeletes_AreEncodedAsYjsDoes()
    {
        var doc = new YDoc();
        doc.ApplyUpdateV2(Hex.Bytes(Events[3]));
        doc.ApplyUpdateV2(Hex.Bytes(Events[4]));
        Assert.True(doc.HasPending);
        Assert.Equal("000002410001000001880100000001010101037d020101010002", Hex.Text(doc.EncodeStateAsUpdateV2()));
        Assert.Equal("01010103880100017d020101010003", Hex.Text(doc.EncodeStateAsUpdate()));
    }

    // T2: format V2 holds the values of Embed and Format as lib0 values, not as JSON text.
    [Fact]
    public void ValuesOfEmbedAndFormat_KeepWhatJsonLacks_UntilV1IsAsked()
    {
        var doc = new YDoc();
        doc.ApplyUpdateV2(Hex.Bytes(EmbedState));
        Assert.Equal(EmbedState, Hex.Text(doc.EncodeStateAsUpdateV2()));
        var v1 = "010307000601017404626f6c640d7b2273223a2261f09f9880227d850700277b2263223a7b2230223a312c2231223a327d2c2264223a6e756c6c2c2265223a5b6e756c6c5d7d86070104626f6c64046e756c6c00";
        Assert.Equal(v1, Hex.Text(doc.EncodeStateAsUpdate()));

        var copy = new YDoc();
        copy.ApplyUpdate(Hex.Bytes(v1));
        Assert.Equal(
            "00020002024701020002000506008500860d0974626f6c64626f6c640144000101000001030076010173770561f09f988076030163760201307d0101317d0201647e016575017e7e00",
            Hex.Text(copy.EncodeStateAsUpdateV2()));
    }

    // T3: a difference to any state vector, in both formats, completes whoever has that state.
    [Fact]
    public void T3_DifferenceToEveryState_CompletesIt()
    {
        var whole = new YDoc();
        Array.ForEach(Events, update => whole.ApplyUpdateV2(Hex.Bytes(update)));
        for (var seen = 0; seen <= Events.Length; seen++)
        {
            foreach (var isV2 in new[] { false, true })
            {
                var doc = new YDoc();
                Array.ForEach(Events[..seen], update => doc.ApplyUpdateV2(Hex.Bytes(update)));
                if (isV2)
                {
                    doc.ApplyUpdateV2(whole.EncodeStateAsUpdateV2(doc.EncodeStateVector()));
                }
                else
                {
                    doc.ApplyUpdate(whole.EncodeStateAsUpdate(doc.EncodeStateVector()));
                }

                Assert.Equal(State, Hex.Text(doc.EncodeStateAsUpdateV2()));
            }
        }
    }

    // T5: collected structs take their clocks in V2 too, so what follows them is not parked. T4: and are read in step.
    [Fact]
    public void T5_StructsBehindCollectedOnes_ComeIn()
    {
        var source = new YDoc(new YDocOptions { ClientId = 5 });
        var map = source.GetMap("m");
        var row = map.SetMap("row");
        row.Set("a", 1);
        row.Set("b", 2);
        map.Delete("row");
        map.Set("after", 3);
        var v2 = source.EncodeStateAsUpdateV2();
        Assert.Contains((byte)YContentKind.GC, KindsOf(YUpdate.ConvertV2ToV1(v2)));

        var doc = new YDoc();
        doc.ApplyUpdateV2(v2);
        Assert.False(doc.HasPending);
        Assert.Equal("""{"after":3}""", doc.GetMap("m").ToJson());
        Assert.Equal(4u, doc.GetClock(5));
        Assert.Equal(Hex.Text(v2), Hex.Text(doc.EncodeStateAsUpdateV2()));
    }

    // T6 and T7: a parent, an origin or a right origin of another client is waited for, whichever format brings it.
    [Theory]
    [InlineData("01 01 02 00 28 00 09 00 01 61 01 7d 01 00")]
    [InlineData("01 01 02 00 88 09 00 01 7d 01 00")]
    [InlineData("01 01 02 00 48 09 00 01 7d 01 00")]
    public void T7_WhatAnotherClientMakes_IsWaitedFor(string v1)
    {
        var doc = new YDoc();
        doc.ApplyUpdateV2(YUpdate.ConvertV1ToV2(Hex.Bytes(v1)));
        Assert.True(doc.HasPending);
        doc.ApplyUpdateV2(YUpdate.ConvertV1ToV2(Hex.Bytes("01 01 09 00 27 01 01 6d 01 6b 01 00")));
        Assert.False(doc.HasPending);
        Assert.Equal(1u, doc.GetClock(2));
    }

    [Fact]
    public void ValuesOfEmbedAndFormat_WhileTheyWait_KeepWhatJsonLacks()
    {
        // Clock 0 of client 7 is held back: everything else of it waits.
        var rest = YUpdateV2.Diff(Hex.Bytes(EmbedState), Hex.Bytes("010701"));
        var doc = new YDoc();
        doc.ApplyUpdateV2(rest);
        Assert.True(doc.HasPending);
        doc.ApplyUpdateV2(Hex.Bytes(EmbedState));
        Assert.False(doc.HasPending);
        Assert.Equal(EmbedState, Hex.Text(doc.EncodeStateAsUpdateV2()));
    }

    [Fact]
    public void MalformedUpdate_ChangesNothing()
    {
        var doc = WriteExample([]);
        for (var length = 0; length < State.Length / 2; length++)
        {
            Assert.Throws<YUpdateFormatException>(() => doc.ApplyUpdateV2(Hex.Bytes(State).AsSpan(0, length)));
        }

        Assert.Equal(State, Hex.Text(doc.EncodeStateAsUpdateV2()));
    }

    [Fact]
    public void ParkedUpdate_IsToldInV1()
    {
        var doc = new YDoc();
        var parked = new List<string>();
        doc.UpdateParked += (update, _) => parked.Add(Hex.Text(update.Span));
        doc.ApplyUpdateV2(Hex.Bytes(Events[3]));
        Assert.Equal(["01010103880100017d0201010100" + "01"], parked);
    }

    private static List<byte> KindsOf(byte[] update)
    {
        var kinds = new List<byte>();
        var reader = new YStructReader(update, validate: true);
        while (reader.Read())
        {
            kinds.Add((byte)reader.Current.Kind);
        }

        return kinds;
    }

    private static YDoc WriteExample(List<string> order)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 1 });
        doc.ObserveUpdatesV2(e => order.Add(Hex.Text(e.Update.Span)));
        doc.ObserveUpdates(_ => order.Add("v1"));
        var map = doc.GetMap("m");
        map.Set("a", 1);
        map.SetMap("n").Set("x", "y");
        map.Set("a", 2);
        map.Delete("n");
        return doc;
    }
}
