using CsCheck;

namespace TinyStore.Yjs.Tests.Updates;

public class YStateVectorTests
{
    [Fact]
    public void Encode_WritesHigherClientsFirst() =>
        Assert.Equal("0309010503" + "0102", Hex.Text(YStateVector.Create([new(5, 3), new(9, 1), new(1, 2)]).Encode()));

    [Fact]
    public void Decode_InAnyOrder_TheLastOfAClientCounts()
    {
        var vector = YStateVector.Decode(Hex.Bytes("04 0101 0902 0103 0500"));
        Assert.Equal([new(9, 2), new(5, 0), new(1, 3)], vector);
        Assert.True(vector.TryGet(5, out var clock));
        Assert.Equal(0u, clock);
        Assert.False(vector.TryGet(2, out _));
        Assert.Equal("{9: 2, 5: 0, 1: 3}", vector.ToString());
    }

    [Fact]
    public void Decode_OfAnyEncoded_IsEqual() => Gen.Select(Gen.ULong[0, YItemId.MaxClient], Gen.UInt).Array[0, 20].Sample(pairs =>
    {
        var vector = YStateVector.Create(pairs.Select(p => KeyValuePair.Create(p.Item1, p.Item2)));
        var decoded = YStateVector.Decode(vector.Encode());
        Assert.Equal(vector, decoded);
        Assert.Equal(vector.GetHashCode(), decoded.GetHashCode());
        Assert.Equal(pairs.Select(p => p.Item1).Distinct().Count(), vector.Count);
        Assert.All(vector, pair => Assert.Equal(pair.Value, vector.GetClock(pair.Key)));
    });

    [Fact]
    public void Create_OfTooLargeAClient_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => YStateVector.Create([new(YItemId.MaxClient + 1, 1)]));

    [Fact]
    public void Equals_TellsDifferentOnesApart()
    {
        Assert.NotEqual(YStateVector.Empty, YStateVector.Create([new(1, 1)]));
        Assert.NotEqual(YStateVector.Create([new(1, 2)]), YStateVector.Create([new(1, 1)]));
        Assert.Equal(YStateVector.Empty, YStateVector.Decode([0]));
    }
}
