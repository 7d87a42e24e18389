using System.Buffers;

namespace TinyStore.Yjs.Tests.Updates;

public class YUpdateTests
{
    private static readonly byte[] Golden = Hex.Bytes("01040100 2101016d016101 2101016d016e01 0001 a80100017d02 0101010003");

    // Client 2 sets a, b, c of the root map m to 1, 2, 3: three updates [recorded with yjs 13.6.33].
    private static readonly ReadOnlyMemory<byte>[] Three =
        [Hex.Bytes("01010200 2801016d0161017d01 00"), Hex.Bytes("01010201 2801016d0162017d02 00"), Hex.Bytes("01010202 2801016d0163017d03 00")];

    [Fact]
    public void Merge_WithAHole_WritesASkip() =>
        Assert.Equal("010302002801016d0161017d010a012801016d0163017d0300", Hex.Text(YUpdate.Merge([Three[0], Three[2]])));

    [Fact]
    public void Merge_OfAll_IsOneRun() =>
        Assert.Equal("010302002801016d0161017d012801016d0162017d022801016d0163017d0300", Hex.Text(YUpdate.Merge([Three[2], Three[0], Three[1]])));

    [Fact]
    public void Merge_OfOne_ReturnsItAsItIs()
    {
        byte[] withTail = [.. Golden, 1, 2, 3];
        Assert.Equal(withTail, YUpdate.Merge([withTail]));
    }

    [Fact]
    public void Merge_OfNone_IsEmpty() => Assert.Equal([0, 0], YUpdate.Merge([]));

    [Fact]
    public void Merge_OfOneThatIsMalformed_Throws() => Assert.Throws<YUpdateFormatException>(() => YUpdate.Merge([Hex.Bytes("01")]));

    [Fact]
    public void Merge_WithAnEmptyOne_DropsTheKeyFlagThatHasNoKey() => // as yjs does when it never looked the key up
        Assert.Equal("01040100" + "2101016d016101" + "2101016d016e01" + "0001" + "880100017d02" + "0101010003", Hex.Text(YUpdate.Merge([Golden, YUpdate.Empty.ToArray()])));

    [Fact]
    public void Diff_OfTheGoldenUpdate_StartsAtTheKnownClock() =>
        Assert.Equal("0101010388010001" + "7d02" + "0101010003", Hex.Text(YUpdate.Diff(Golden, Hex.Bytes("010103"))));

    [Fact]
    public void Diff_OfAllKnown_KeepsTheDeletions() => Assert.Equal("000101010003", Hex.Text(YUpdate.Diff(Golden, Hex.Bytes("010104"))));

    [Fact]
    public void EncodeStateVector_OfTheGoldenUpdate_IsThatOfItsDocument() => Assert.Equal("010104", Hex.Text(YUpdate.EncodeStateVector(Golden)));

    [Fact]
    public void EncodeStateVector_OfAnUpdateThatStartsLater_IsEmpty() => Assert.Equal("00", Hex.Text(YUpdate.EncodeStateVector(Three[1].Span)));

    [Fact]
    public void EncodeStateVector_BehindAHole_CountsUpToIt() => Assert.Equal("010201", Hex.Text(YUpdate.EncodeStateVector(YUpdate.Merge([Three[0], Three[2]]))));

    [Theory]
    [InlineData("0000", true)]
    [InlineData("01 00 05 00 00", true)]
    [InlineData("01 01 05 00 0a03 00", true)] // nothing but a hole
    [InlineData("00 01 05 00", true)]
    [InlineData("00 01 05 01 00 00", true)]
    [InlineData("00 01 05 01 00 01", false)]
    [InlineData("01 01 05 00 0001 00", false)]
    public void IsEmpty_LooksForStructsAndDeletions(string hex, bool expected) => Assert.Equal(expected, YUpdate.IsEmpty(Hex.Bytes(hex)));

    [Fact]
    public void TryValidate_OfGoodBytes_HasNothingToSay()
    {
        Assert.True(YUpdate.TryValidate(SampleUpdates.EveryKind, out var error, out var offset));
        Assert.Null(error);
        Assert.Equal(-1, offset);
    }

    [Fact]
    public void Overloads_WriteTheSameToABufferWriter()
    {
        var output = new ArrayBufferWriter<byte>();
        YUpdate.Merge(Three, output);
        Assert.Equal(YUpdate.Merge(Three), output.WrittenSpan.ToArray());
        output.Clear();
        YUpdate.Diff(Golden, [0], output);
        Assert.Equal(YUpdate.Diff(Golden, [0]), output.WrittenSpan.ToArray());
        output.Clear();
        YUpdate.EncodeStateVector(Golden, output);
        Assert.Equal(YUpdate.EncodeStateVector(Golden), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Merge_OfFaultyInput_WritesNothing()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<YUpdateFormatException>(() => YUpdate.Merge([Golden, Hex.Bytes("01")], output));
        Assert.Equal(0, output.WrittenCount);
    }
}
