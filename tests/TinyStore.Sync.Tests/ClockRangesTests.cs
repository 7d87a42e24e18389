using CsCheck;

namespace TinyStore.Sync.Tests;

public class ClockRangesTests
{
    [Fact]
    public void Add_AnyRanges_EqualsASetOfClocks()
    {
        Gen.Select(Gen.UInt[0, 60], Gen.UInt[1, 9]).Array[0, 30].Sample(adds =>
        {
            var ranges = new ClockRanges();
            var model = new HashSet<uint>();
            foreach (var (start, length) in adds)
            {
                ranges.Add(start, start + length);
                model.UnionWith(Enumerable.Range((int)start, (int)length).Select(c => (uint)c));
            }

            for (uint start = 0; start < 72; start++)
            {
                for (var end = start + 1; end < 72; end += 3)
                {
                    Assert.Equal(Enumerable.Range((int)start, (int)(end - start)).All(c => model.Contains((uint)c)), ranges.Contains(start, end));
                }
            }

            uint gap = 0;
            while (model.Contains(gap))
            {
                gap++;
            }

            Assert.Equal(gap, ranges.FirstGap);
            Assert.Equal(model.Count(c => !model.Contains(c + 1)), ranges.Count);
        }, iter: 2000);
    }
}
