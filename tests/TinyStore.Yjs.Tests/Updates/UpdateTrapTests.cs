namespace TinyStore.Yjs.Tests.Updates;

/// <summary>Faults that other implementations of these formats had, one test each.</summary>
public class UpdateTrapTests
{
    // T1: client ids cut to 32 bits.
    [Theory]
    [InlineData(4294967301UL)]
    [InlineData(9007199254740991UL)]
    public void ClientIdsAbove32Bits_SurviveEveryPath(ulong client)
    {
        var update = new UpdateBuilder().Group(client, 0).Text("ab", new YItemId(client - 1, 3)).Any(1).Delete(client, 0, 1).ToArray();
        var twin = new UpdateBuilder().Group(client & 0xFFFFFFFF, 0).Text("zz").ToArray();
        var merged = YUpdate.Merge([twin, update]);
        Assert.Equal(UpdateContent.Of(twin, update).Describe(), UpdateContent.Of(merged).Describe());
        var vector = YStateVector.Decode(YUpdate.EncodeStateVector(merged));
        Assert.Equal(3u, vector.GetClock(client));
        Assert.Equal(2u, vector.GetClock(client & 0xFFFFFFFF));
        Assert.True(YDeleteSet.FromUpdate(merged).Contains(new YItemId(client, 0)));
        Assert.False(YDeleteSet.FromUpdate(merged).Contains(new YItemId(client & 0xFFFFFFFF, 0)));
        Assert.Equal(client, YStateVector.Decode(vector.Encode()).First().Key);
        Assert.Equal(UpdateContent.Of(YUpdate.Diff(update, [0])).Describe(), UpdateContent.Of(update).Describe());
    }

    [Fact]
    public void ClientIdsAbove53Bits_AreRefused() =>
        Assert.Throws<YUpdateFormatException>(() => YUpdate.Validate(Hex.Bytes("01 01 ffffffffffffff1f 00 0001 00")));

    // T11: a merge that loses or doubles what is in between; a state vector that claims what is behind a hole.
    [Fact]
    public void MergeOfOverlappingUpdates_LosesAndDoublesNothing()
    {
        byte[][] updates =
        [
            new UpdateBuilder().Group(1, 0).Text("abcd").ToArray(),
            new UpdateBuilder().Group(1, 2).Text("cdef", new YItemId(1, 1)).ToArray(),
            new UpdateBuilder().Group(1, 8).Text("ij", new YItemId(1, 7)).ToArray(),
            new UpdateBuilder().Group(1, 5).Text("fgh", new YItemId(1, 4)).ToArray(),
        ];
        foreach (var order in Permutations(updates))
        {
            var merged = YUpdate.Merge(order.Select(u => (ReadOnlyMemory<byte>)u).ToArray());
            Assert.Equal(UpdateContent.Of(updates).Describe(), UpdateContent.Of(merged).Describe());
            Assert.Equal(10u, YStateVector.Decode(YUpdate.EncodeStateVector(merged)).GetClock(1));
        }
    }

    [Fact]
    public void StateVectorBehindAHole_IsNotClaimed()
    {
        var update = new UpdateBuilder().Group(3, 0).Skip(4).Text("x", new YItemId(1, 0)).Group(2, 0).Text("ab").Skip(1).Text("d", new YItemId(2, 2)).ToArray();
        Assert.Equal("010202", Hex.Text(YUpdate.EncodeStateVector(update)));
    }

    // T13: offsets count UTF-16 units; a cut pair leaves a replacement character of one unit.
    [Fact]
    public void DiffInsideASurrogatePair_KeepsTheLength()
    {
        var update = new UpdateBuilder().Group(1, 0).Text("a😀b").ToArray();
        Assert.Equal("01010101" + "840100" + "05f09f988062" + "00", Hex.Text(YUpdate.Diff(update, Hex.Bytes("010101"))));
        Assert.Equal("01010102" + "840101" + "04efbfbd62" + "00", Hex.Text(YUpdate.Diff(update, Hex.Bytes("010102"))));
        Assert.Equal("01010103" + "840102" + "0162" + "00", Hex.Text(YUpdate.Diff(update, Hex.Bytes("010103"))));
    }

    // T14, reading: negative zero is a value, and the sign of an integer is apart from its magnitude.
    [Fact]
    public void NegativeZero_SurvivesMergingAndSlicing()
    {
        var update = new UpdateBuilder().Group(1, 0).Any(0, -0.0, -0.0).ToArray();
        Assert.Equal("01010101" + "880100" + "027d407d40" + "00", Hex.Text(YUpdate.Diff(update, Hex.Bytes("010101"))));
        var value = YValue.FromArray(-0.0);
        Assert.True(value.TryGetItems(out var items) && items[0].TryGetDouble(out var zero) && double.IsNegative(zero));
    }

    // T15: a snapshot is the delete set first, then the state vector.
    [Fact]
    public void Snapshot_HasTheDeleteSetFirst()
    {
        var snapshot = YSnapshot.Decode(Hex.Bytes("0101010003 010104"));
        Assert.Equal(4u, snapshot.StateVector.GetClock(1));
        Assert.True(snapshot.DeleteSet.Contains(new YItemId(1, 2)));
        Assert.Equal("0101010003010104", Hex.Text(snapshot.Encode()));
    }

    // T16: a hole at the start of a client makes yjs 13 park what follows. Read it, never write it.
    [Fact]
    public void LeadingSkip_IsReadAndNeverWritten()
    {
        var update = Hex.Bytes("01 02 4d 00 0a01 2801016d0161017d01 00");
        YUpdate.Validate(update);
        Assert.Equal("01014d012801016d0161017d0100", Hex.Text(YUpdate.Merge([update, YUpdate.Empty.ToArray()])));
        Assert.Equal("01014d012801016d0161017d0100", Hex.Text(YUpdate.Diff(update, [0])));
        Assert.Equal("00", Hex.Text(YUpdate.EncodeStateVector(update)));
    }

    // T19: a search that jumps out of the list, or never ends.
    [Fact]
    public void SearchesInRanges_AnswerForEveryClock()
    {
        var set = YDeleteSet.Create([(1, new(0, 1)), (1, new(5, 3)), (1, new(4294967290, 5)), (2, new(7, 1))]);
        for (var clock = 0u; clock < 20; clock++)
        {
            Assert.Equal(clock is 0 or 5 or 6 or 7, set.Contains(new YItemId(1, clock)));
            Assert.Equal(clock is 7, set.Contains(new YItemId(2, clock)));
            Assert.False(set.Contains(new YItemId(3, clock)));
        }

        Assert.True(set.Contains(new YItemId(1, 4294967294)));
        Assert.False(set.Contains(new YItemId(1, 4294967295)));
        var vector = YStateVector.Create([new(1, 3), new(5, 4), new(4294967295, 9), new(YItemId.MaxClient, 2)]);
        Assert.Equal([3u, 0, 0, 0, 4, 0, 0], Enumerable.Range(1, 7).Select(i => vector.GetClock((ulong)i)));
        Assert.Equal((9u, 2u, 0u), (vector.GetClock(4294967295), vector.GetClock(YItemId.MaxClient), vector.GetClock(YItemId.MaxClient - 1)));
    }

    // yjs would lose what stands in groups out of order.
    [Fact]
    public void GroupsOutOfOrderOrRepeated_AreMergedWithoutLoss()
    {
        byte[][] updates =
        [
            new UpdateBuilder().Group(1, 0).Text("ab").Group(5, 0).Text("cd").ToArray(),
            new UpdateBuilder().Group(5, 4).Text("gh", new YItemId(5, 3)).Group(5, 2).Text("ef", new YItemId(5, 1)).ToArray(),
        ];
        var merged = YUpdate.Merge([updates[0], updates[1]]);
        Assert.Equal(UpdateContent.Of(updates).Describe(), UpdateContent.Of(merged).Describe());
        Assert.Equal("020506" + "0102", Hex.Text(YUpdate.EncodeStateVector(merged)));
        Assert.Equal(UpdateContent.Of(updates[1]).Describe(), UpdateContent.Of(YUpdate.Diff(updates[1], [0])).Describe());
        var first = new UpdateBuilder().Group(5, 4).GC(1).Group(5, 0).GC(4).ToArray();
        Assert.Equal("010505", Hex.Text(YUpdate.EncodeStateVector(first)));
    }

    // ygo#140: a slice has an origin of its own, so its parent is found through it; what says that it has a key must stay.
    [Fact]
    public void SliceOfAKeyedItem_KeepsTheKeyFlag()
    {
        var update = new UpdateBuilder().Group(1, 0).Struct("28 01 016d 016b 03 7d01 7d02 7d03").ToArray();
        Assert.Equal("01010102" + "a80101" + "017d03" + "00", Hex.Text(YUpdate.Diff(update, Hex.Bytes("010102"))));
        var child = new UpdateBuilder().Group(1, 0).Struct("24 00 0903 016b 03616263").ToArray();
        Assert.Equal("01010101" + "a40100" + "026263" + "00", Hex.Text(YUpdate.Diff(child, Hex.Bytes("010101"))));
        Assert.Equal("01010100" + "240009030" + "16b03616263" + "00", Hex.Text(YUpdate.Diff(child, [0])));
    }

    private static IEnumerable<T[]> Permutations<T>(T[] items) => items.Length <= 1
        ? [items]
        : Enumerable.Range(0, items.Length).SelectMany(i => Permutations(items.Where((_, j) => j != i).ToArray()).Select(rest => (T[])[items[i], .. rest]));
}
