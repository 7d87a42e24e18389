namespace TinyStore.Yjs.Tests;

// Formats that a remote change left without meaning. Updates and results were recorded from yjs 13.6.33.
public class YDocFormatsTests
{
    private const string Bold = "0105010004010174016184010003626364840103026566c60100010104626f6c640474727565c60103010404626f6c64046e756c6c00";
    private const string BoldPartDeleted = "01030100040101740161810100038401030265660101010103";

    private static (List<string> Updates, YDoc Doc) Apply(bool declared, params string[] updates)
    {
        var doc = new YDoc(new YDocOptions { ClientId = 7 });
        if (declared)
        {
            doc.GetText("t");
        }

        var log = new List<string>();
        doc.ObserveUpdates(e => log.Add($"{Hex.Text(e.Update.Span)} {e.IsLocal}"));
        Array.ForEach(updates, update => doc.ApplyUpdate(Hex.Bytes(update), "remote"));
        return (log, doc);
    }

    [Fact]
    public void FormatsAroundDeletedText_AreDeletedInATransactionOfTheirOwn()
    {
        var (log, doc) = Apply(true, Bold, BoldPartDeleted);
        Assert.Equal([Bold + " False", "000101010103 False", "000101010601 True"], log);
        Assert.Equal("0105010004010174016181010003840103026566c10100010101c60103010404626f6c64046e756c6c01010201030601", Hex.Text(doc.EncodeStateAsUpdate()));
    }

    [Fact]
    public void RootThatNobodyDeclaredAsText_IsLeftAlone()
    {
        var (log, doc) = Apply(false, Bold, BoldPartDeleted);
        Assert.Equal([Bold + " False", "000101010103 False"], log);
        Assert.Equal("0105010004010174016181010003840103026566c60100010104626f6c640474727565c60103010404626f6c64046e756c6c0101010103", Hex.Text(doc.EncodeStateAsUpdate()));
    }

    [Fact]
    public void FormatSetTwiceAtTheBeginning_IsDeletedOnce()
    {
        var (log, doc) = Apply(
            true,
            "0104010004010174026162840101016346010004626f6c640474727565c60101010204626f6c64046e756c6c00",
            "0202020046010004626f6c640474727565c60101010204626f6c64046e756c6c02010004010174026162840101016300");
        Assert.Equal("000101010301 True", log[^1]);
        Assert.Equal(
            "0202020046010004626f6c640474727565c60101010204626f6c64046e756c6c04010004010174026162840101016341010001c60101010204626f6c64046e756c6c0101010301",
            Hex.Text(doc.EncodeStateAsUpdate()));
    }
}
