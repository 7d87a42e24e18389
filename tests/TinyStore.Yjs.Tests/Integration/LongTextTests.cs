using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>One long content that deletes cut into single elements.</summary>
public sealed class LongTextTests
{
    private const int Length = 100_000;

    public enum Order
    {
        Ascending,
        Descending,
        Random,
    }

    [Theory]
    [InlineData(Order.Ascending, "abc")]
    [InlineData(Order.Descending, "abc")]
    [InlineData(Order.Random, "abc")]
    [InlineData(Order.Ascending, "aé😀z")]
    [InlineData(Order.Descending, "aé😀z")]
    [InlineData(Order.Random, "aé😀z")]
    public void DeletesThatAlternateThroughALongText_CopyTheTextAFewTimes(Order order, string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, Length / pattern.Length));
        using var inserted = new Lib0Writer();
        foreach (var value in (uint[])[1, 1, 1, 0, 4, 1])
        {
            inserted.WriteVarUint(value);
        }

        inserted.WriteVarString("t");
        inserted.WriteVarString(text);
        inserted.WriteVarUint(0);
        var expected = new StringBuilder();
        for (var i = 1; i < text.Length; i += 2)
        {
            expected.Append(char.IsSurrogate(text[i]) ? '\uFFFD' : text[i]);
        }

        using var doc = new YDoc();
        doc.ApplyUpdate(inserted.Written);
        var deletes = Deletes(order, (text.Length + 1) / 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        doc.ApplyUpdate(deletes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(expected.ToString(), doc.GetText("t").ToString());
        // Copies of what is left would be 2.5 GB.
        Assert.InRange(allocated, 0, 1000L * text.Length);
        using var copy = new YDoc();
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(expected.ToString(), copy.GetText("t").ToString());
        Assert.Equal(doc.EncodeStateAsUpdate(), copy.EncodeStateAsUpdate());
    }

    [Theory]
    [InlineData(Order.Ascending)]
    [InlineData(Order.Descending)]
    public void DeletesThatAlternateThroughALongList_KeepTheOthers(Order order)
    {
        const int count = 20_000;
        using var inserted = new Lib0Writer();
        foreach (var value in (uint[])[1, 1, 1, 0, 8, 1])
        {
            inserted.WriteVarUint(value);
        }

        inserted.WriteVarString("l");
        inserted.WriteVarUint(count);
        for (var i = 0; i < count; i++)
        {
            ((YValue)i).WriteAny(inserted);
        }

        inserted.WriteVarUint(0);
        using var doc = new YDoc();
        doc.ApplyUpdate(inserted.Written);
        doc.ApplyUpdate(Deletes(order, count / 2));
        Assert.Equal(Enumerable.Range(0, count / 2).Select(i => (YValue)((2 * i) + 1)), doc.GetArray("l"));
    }

    /// <summary>Deletes of every second element of client 1, as one update.</summary>
    private static byte[] Deletes(Order order, int count)
    {
        var clocks = Enumerable.Range(0, count).Select(i => 2 * (uint)i).ToArray();
        if (order == Order.Descending)
        {
            Array.Reverse(clocks);
        }
        else if (order == Order.Random)
        {
            new Random(1).Shuffle(clocks);
        }

        using var writer = new Lib0Writer();
        foreach (var value in (uint[])[0, 1, 1, (uint)count])
        {
            writer.WriteVarUint(value);
        }

        foreach (var clock in clocks)
        {
            writer.WriteVarUint(clock);
            writer.WriteVarUint(1);
        }

        return writer.ToArray();
    }
}
