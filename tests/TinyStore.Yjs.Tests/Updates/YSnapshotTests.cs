namespace TinyStore.Yjs.Tests.Updates;

public class YSnapshotTests
{
    [Fact]
    public void IsVisible_IfSeenAndNotDeleted()
    {
        var snapshot = new YSnapshot(YDeleteSet.Create([(1, new(2, 2))]), YStateVector.Create([new(1, 6)]));
        Assert.Equal([true, true, false, false, true, true, false], Enumerable.Range(0, 7).Select(i => snapshot.IsVisible(new YItemId(1, (uint)i))));
        Assert.False(snapshot.IsVisible(new YItemId(2, 0)));
    }

    [Fact]
    public void Decode_OfEncoded_IsEqual()
    {
        var snapshot = new YSnapshot(YDeleteSet.Create([(1, new(2, 2)), (8, new(0, 1))]), YStateVector.Create([new(1, 6), new(8, 1)]));
        Assert.Equal(snapshot, YSnapshot.Decode(snapshot.Encode()));
        Assert.Equal(snapshot.GetHashCode(), YSnapshot.Decode(snapshot.Encode()).GetHashCode());
        Assert.NotEqual(snapshot, YSnapshot.Empty);
        Assert.Equal([0, 0], YSnapshot.Empty.Encode());
    }
}
