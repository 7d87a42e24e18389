using System.Runtime.CompilerServices;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class SlabTests
{
    [Fact]
    public void Layouts_HaveTheSizesThatMemoryGoalsRestOn()
    {
        Assert.Equal(32, Unsafe.SizeOf<Entry>());
        Assert.Equal(32, Unsafe.SizeOf<TypeRecord>());
        Assert.Equal(20, Unsafe.SizeOf<OriginRow>());
        Assert.Equal(32, Unsafe.SizeOf<ClientRecord>());
    }

    [Fact]
    public void Append_ManyTimes_GivesConsecutiveIndexesFromOne()
    {
        var slab = new Slab<long>();
        for (var i = 1; i <= 100_000; i++)
        {
            Assert.Equal(i, slab.Append(i * 3L));
        }

        for (var i = 1; i <= 100_000; i++)
        {
            Assert.Equal(i * 3L, slab[i]);
        }

        Assert.Equal(100_000, slab.Count);
    }

    [Fact]
    public void Add_AfterFree_UsesTheSlotAgain()
    {
        var slab = new Slab<int>();
        var first = slab.Add(7);
        slab.Add(8);
        slab.Free(first);
        Assert.Equal(1, slab.FreeCount);
        Assert.Equal(first, slab.Add(9));
        Assert.Equal(9, slab[first]);
        Assert.Equal(2, slab.Count);
    }

    [Fact]
    public void Bytes_OfASmallSlab_AreFew() => Assert.True(new Slab<Entry>().Bytes <= 512);

    [Fact]
    public void Chunks_StayOffTheLargeObjectHeap()
    {
        var slab = new Slab<Entry>();
        for (var i = 0; i < 10_000; i++)
        {
            slab.Append(default);
        }

        Assert.True(slab.Bytes <= (10_000 + 2048) * 32L);
        Assert.Equal(0, GC.GetGeneration(new byte[80_000])); // what the chunks stay below
        Assert.True(2048 * Unsafe.SizeOf<Entry>() < 80_000);
    }
}
