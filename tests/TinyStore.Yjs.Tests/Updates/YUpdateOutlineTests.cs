using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

public class YUpdateOutlineTests
{
    [Fact]
    public void Scan_FindsTheParts()
    {
        var outline = new YUpdateOutline();
        outline.Scan(SampleUpdates.EveryKind);
        Assert.Equal([9007199254740991UL, 4294967296UL, 1UL], outline.Groups.ToArray().Select(g => g.Client));
        Assert.Equal([(0u, 33u), (17u, 64u), (0u, 3u)], outline.Groups.ToArray().Select(g => (g.Clock, g.EndClock)));
        Assert.Equal((7 + 6 + 2, 3), (outline.StructCount, outline.DeletedRangeCount));
        Assert.Equal(SampleUpdates.EveryKind.Length, outline.End);
    }

    [Fact]
    public void Scan_AgainOnOtherBytes_ForgetsTheFirst()
    {
        var outline = new YUpdateOutline();
        outline.Scan(SampleUpdates.EveryKind);
        outline.Scan([0, 0]);
        Assert.Equal((0, 0, 0, 1, 2), (outline.GroupCount, outline.StructCount, outline.DeletedRangeCount, outline.DeleteSetStart, outline.End));
    }

    [Fact]
    public void SortGroups_PutsHigherClientsFirstAndOneClientInOrderOfClock()
    {
        var outline = new YUpdateOutline();
        outline.Scan(new UpdateBuilder().Group(1, 5).GC(1).Group(9, 3).GC(1).Group(9, 0).GC(2).Group(1, 0).GC(1).ToArray());
        Assert.True(outline.HasRepeatedClients());
        outline.SortGroups();
        Assert.Equal([(9UL, 0u), (9UL, 3u), (1UL, 0u), (1UL, 5u)], outline.Groups.ToArray().Select(g => (g.Client, g.Clock)));
    }
}
