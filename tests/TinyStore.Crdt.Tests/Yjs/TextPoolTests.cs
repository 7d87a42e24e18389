using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Yjs;

public sealed class TextPoolTests
{
    [Fact]
    public void Share_EqualShortTexts_AreOneObjectAndEachTextIsItself()
    {
        var pool = new TextPool();
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Equal("text " + i, pool.Share("text " + i));
        }

        Assert.Same(pool.Share(Copy("cat")), pool.Share(Copy("cat")));
        var large = new string('x', 33);
        Assert.Same(large, pool.Share(large));
        Assert.NotSame(large, pool.Share(Copy(large)));
    }

    [Theory]
    [InlineData(DocLayout.Nested)]
    [InlineData(DocLayout.Flat)]
    public void Load_AColumnOfFewWords_HoldsEachWordOnce(DocLayout layout)
    {
        using var author = new Peer(2, options => options.Layout = layout);
        author.Start();
        for (var i = 0; i < 100; i++)
        {
            author.Store.SetCell("t", "r" + i, "species", i % 2 == 0 ? "cat" : "dog");
        }
        using var peer = new Peer(4, options => options.Layout = layout);
        author.SendTo(peer);
        peer.Start();

        var texts = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var rowId in peer.Store.GetRowIds("t"))
        {
            Assert.True(peer.Store.GetCell("t", rowId, "species")!.Value.TryGetString(out var text));
            texts.Add(text);
        }
        Assert.Equal(2, texts.Count);
    }

    private static string Copy(string text) => new(text.AsSpan());
}
