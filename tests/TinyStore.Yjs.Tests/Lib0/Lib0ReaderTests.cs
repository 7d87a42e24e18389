using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Lib0;

public class Lib0ReaderTests
{
    [Theory]
    [InlineData("00", 0UL)]
    [InlineData("7f", 127UL)]
    [InlineData("8001", 128UL)]
    [InlineData("ffffffff0f", 4294967295UL)]
    [InlineData("8080808010", 4294967296UL)]
    [InlineData("ffffffffffffff0f", 9007199254740991UL)]
    [InlineData("808080808080808000", 0UL)] // groups of zero are allowed
    public void ReadVarUint_OfEveryWidth_ReadsAllBitsWhateverFollows(string hex, ulong expected)
    {
        foreach (var tail in new[] { 0, 1, 20 })
        {
            var bytes = Hex.Bytes(hex).Concat(Enumerable.Repeat((byte)0xFF, tail)).ToArray();
            var reader = new Lib0Reader(bytes);
            Assert.Equal(expected, reader.ReadVarUint());
            Assert.Equal(bytes.Length - tail, reader.Position);
        }
    }

    [Theory]
    [InlineData("ffffffffffffff10")] // 2^53 and more
    [InlineData("8080808080808010")]
    [InlineData("80808080808080808001")]
    [InlineData("ffffffffffffffffffffffff01")]
    public void ReadVarUint_Above2To53_Throws(string hex)
    {
        Assert.Equal(0, OffsetOf(Hex.Bytes(hex), (ref Lib0Reader r) => r.ReadVarUint()));
        Assert.Equal(0, OffsetOf([.. Hex.Bytes(hex), .. new byte[9]], (ref Lib0Reader r) => r.ReadVarUint()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffffffffff")]
    public void ReadVarUint_CutOff_ThrowsAtTheEnd(string hex)
    {
        var bytes = Hex.Bytes(hex);
        Assert.Equal(bytes.Length, OffsetOf(bytes, (ref Lib0Reader r) => r.ReadVarUint()));
    }

    [Fact]
    public void ReadVarUint_RoundTripsEveryBitLength()
    {
        using var writer = new Lib0Writer(1);
        for (var bits = 0; bits <= 53; bits++)
        {
            writer.WriteVarUint((1UL << bits) - 1);
        }

        var reader = new Lib0Reader(writer.Written);
        for (var bits = 0; bits <= 53; bits++)
        {
            Assert.Equal((1UL << bits) - 1, reader.ReadVarUint());
        }

        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("40", 0UL, true)]
    [InlineData("00", 0UL, false)]
    [InlineData("7f", 63UL, true)]
    [InlineData("c001", 64UL, true)]
    [InlineData("bfffffffffffff1f", 9007199254740991UL, false)]
    public void ReadVarInt_KeepsTheSignApart(string hex, ulong magnitude, bool negative)
    {
        var reader = new Lib0Reader(Hex.Bytes(hex));
        Assert.Equal(magnitude, reader.ReadVarInt(out var sign));
        Assert.Equal(negative, sign);
    }

    [Fact]
    public void ReadVarInt_Above2To53_Throws() => Assert.Equal(0, OffsetOf(Hex.Bytes("bfffffffffffff3f"), (ref Lib0Reader r) => r.ReadVarInt(out _)));

    [Fact]
    public void ReadVarUint32_Above32Bits_Throws() => Assert.Equal(0, OffsetOf(Hex.Bytes("8080808010"), (ref Lib0Reader r) => r.ReadVarUint32()));

    [Fact]
    public void ReadCount_BeyondWhatIsLeft_Throws()
    {
        Assert.Equal(0, OffsetOf(Hex.Bytes("03 0000"), (ref Lib0Reader r) => (ulong)r.ReadCount()));
        Assert.Equal(0, OffsetOf(Hex.Bytes("02 000000"), (ref Lib0Reader r) => (ulong)r.ReadCount(minBytes: 2)));
        Assert.Equal(0, OffsetOf(Hex.Bytes("ffffffffffffff0f"), (ref Lib0Reader r) => (ulong)r.ReadCount()));
    }

    [Theory]
    [InlineData("01 80")]
    [InlineData("02 c080")] // too long for its value
    [InlineData("03 eda080")] // a surrogate
    [InlineData("04 f4908080")] // above U+10FFFF
    [InlineData("09 6161616161616161ff")]
    [InlineData("12 616161616161616161616161616161616180")]
    public void ReadVarString_OfBadUtf8_Throws(string hex) => Assert.Equal(0, OffsetOf(Hex.Bytes(hex), (ref Lib0Reader r) => (ulong)r.ReadVarString().Length));

    [Fact]
    public void ReadVarString_KeepsAByteOrderMark()
    {
        var reader = new Lib0Reader(Hex.Bytes("04 efbbbf61"));
        Assert.Equal("\uFEFFa", reader.ReadVarString());
    }

    private delegate ulong Read(ref Lib0Reader reader);

    private static int OffsetOf(byte[] bytes, Read read) => Assert.Throws<YUpdateFormatException>(() =>
    {
        var reader = new Lib0Reader(bytes);
        read(ref reader);
    }).Offset;
}
