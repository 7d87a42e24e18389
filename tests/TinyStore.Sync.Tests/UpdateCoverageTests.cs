using CsCheck;
using TinyStore.Sync.Tests.Support;
using TinyStore.Yjs;

namespace TinyStore.Sync.Tests;

public class UpdateCoverageTests
{
    /// <summary>Kept up to date row by row, it says what the merged bytes say.</summary>
    [Fact]
    public void ToStateVector_AnyUpdatesInAnyOrder_EqualsThatOfTheMergedBytes()
    {
        var holes = 0;
        Gen.Select(Gen.ULong[1, 3], Gen.UInt[0, 8]).Array[1, 20].Sample(items =>
        {
            var coverage = new UpdateCoverage();
            var updates = items.Select(i => (ReadOnlyMemory<byte>)TestUpdates.Item(i.Item1, i.Item2)).ToList();
            foreach (var update in updates)
            {
                coverage.Add(update.Span);
            }

            var merged = YUpdate.Merge(updates);
            Assert.Equal(YStateVector.Decode(YUpdate.EncodeStateVector(merged)), coverage.ToStateVector());
            Assert.True(coverage.Covers(merged));
            Interlocked.Add(ref holes, coverage.ToStateVector().Sum(p => (int)p.Value) < items.Distinct().Count() ? 1 : 0);
        }, iter: 1000);
        Assert.True(holes > 100, $"{holes} with holes");
    }

    [Fact]
    public void Covers_UpdateWithAnythingNew_IsFalse()
    {
        var coverage = new UpdateCoverage();
        coverage.Add(TestUpdates.Item(1, 0));
        Assert.True(coverage.Covers(TestUpdates.Item(1, 0)));
        Assert.False(coverage.Covers(TestUpdates.Item(1, 1)));
        Assert.False(coverage.Covers(TestUpdates.Delete(1, 0, 1)));
        coverage.Add(TestUpdates.Delete(1, 0, 1));
        Assert.True(coverage.Covers(TestUpdates.Delete(1, 0, 1)));
        Assert.True(coverage.Covers(YUpdate.Merge([TestUpdates.Item(1, 0), TestUpdates.Delete(1, 0, 1)])));
        Assert.False(coverage.Covers(TestUpdates.Delete(1, 0, 2)));
    }

    [Fact]
    public void Adds_ComparesStructsWithTheVectorAndAlwaysCountsDeletes()
    {
        var vector = YStateVector.Create([KeyValuePair.Create(1UL, 2U)]);
        Assert.False(UpdateCoverage.Adds(TestUpdates.Item(1, 1), vector));
        Assert.True(UpdateCoverage.Adds(TestUpdates.Item(1, 2), vector));
        Assert.True(UpdateCoverage.Adds(TestUpdates.Item(2, 0), vector));
        Assert.True(UpdateCoverage.Adds(TestUpdates.Delete(1, 0, 1), vector));
        Assert.False(UpdateCoverage.Adds([0, 0], vector));
    }
}
