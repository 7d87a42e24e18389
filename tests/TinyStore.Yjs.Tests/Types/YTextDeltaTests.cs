namespace TinyStore.Yjs.Tests.Types;

public sealed class YTextDeltaTests
{
    [Fact]
    public void AnEmptyText_HasNoDelta()
    {
        using var doc = new YDoc();
        Assert.Empty(doc.GetText("t").ToDelta());
    }

    [Fact]
    public void ToDelta_ShowsFormatsAndEmbeds()
    {
        // Client 1 in text "t": a format bold=true, "ab", the end of bold, "c", an embed.
        using var doc = new YDoc();
        doc.ApplyUpdate(Convert.FromHexString(
            "01050100" + "0601017404626f6c640474727565" + "840100026162" + "86010204626f6c64046e756c6c" + "8401030163" + "850104077b2278223a317d" + "00"));
        Assert.Equal(
            ["""{"insert":"ab","attributes":{"bold":true}}""", """{"insert":"c"}""", """{"insert":{"x":1}}"""],
            doc.GetText("t").ToDelta().Select(op => op.ToJson()));
        Assert.Empty(doc.GetText("t").ToDelta()[1].Attributes);
        Assert.Equal(true, doc.GetText("t").ToDelta()[0].Attributes["bold"]);
    }
}
