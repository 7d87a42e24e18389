using CsCheck;

namespace TinyStore.Yjs.Tests.Updates;

public class YDeleteSetTests
{
    private static readonly Gen<(ulong, YClockRange)[]> Ranges =
        Gen.Select(Gen.ULong[0, 3], Gen.UInt[0, 30], Gen.UInt[0, 6]).Array[0, 20].Select(list => list.Select(r => (r.Item1, new YClockRange(r.Item2, r.Item3))).ToArray());

    [Fact]
    public void Create_JoinsWhatTouchesOrOverlaps()
    {
        var set = YDeleteSet.Create([(1, new(4, 2)), (1, new(0, 2)), (1, new(2, 1)), (9, new(1, 1)), (1, new(5, 5)), (2, new(0, 0))]);
        Assert.Equal([9UL, 1UL], set.Clients);
        Assert.Equal([new(0, 3), new(4, 6)], set.GetRanges(1).ToArray());
        Assert.Equal([], set.GetRanges(2).ToArray());
        Assert.Equal(3, set.RangeCount);
        Assert.Equal("0209010101" + "010200030406", Hex.Text(set.Encode()));
    }

    [Fact]
    public void Encode_OfAnyRanges_DecodesToTheSameElements() => Ranges.Sample(ranges =>
    {
        var expected = ranges.SelectMany(r => Enumerable.Range(0, (int)r.Item2.Length).Select(i => (r.Item1, r.Item2.Clock + (uint)i))).ToHashSet();
        var set = YDeleteSet.Decode(YDeleteSet.Create(ranges).Encode());
        Assert.Equal(YDeleteSet.Create(ranges), set);
        for (var client = 0UL; client <= 4; client++)
        {
            for (var clock = 0u; clock < 40; clock++)
            {
                Assert.Equal(expected.Contains((client, clock)), set.Contains(new YItemId(client, clock)));
            }
        }

        Assert.Equal(expected.Count == 0, set.IsEmpty);
    });

    [Fact]
    public void Union_IsThatOfTheRanges() => Gen.Select(Ranges, Ranges).Sample((a, b) =>
        Assert.Equal(YDeleteSet.Create([.. a, .. b]), YDeleteSet.Create(a).Union(YDeleteSet.Create(b))));

    [Fact]
    public void Create_BeyondTheLimits_Throws()
    {
        Assert.Throws<ArgumentException>(() => YDeleteSet.Create([(YItemId.MaxClient + 1, new(0, 1))]));
        Assert.Throws<ArgumentException>(() => YDeleteSet.Create([(1, new(uint.MaxValue, 1))]));
    }
}
