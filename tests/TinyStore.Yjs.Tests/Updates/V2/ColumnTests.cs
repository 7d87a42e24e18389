using System.Text;
using CsCheck;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates.V2;

public class ColumnTests
{
    [Theory] // recorded with lib0 0.2.120
    [InlineData(new ulong[] { 0, 0, 0, 5, 5, 1 }, "4001450001")]
    [InlineData(new ulong[] { 0 }, "00")]
    [InlineData(new ulong[] { 0, 0 }, "4000")]
    [InlineData(new ulong[] { }, "")]
    public void UintOptRle_WritesTheBytesOfLib0(ulong[] values, string hex)
    {
        using var writer = new UintOptRleWriter();
        values.ToList().ForEach(writer.Write);
        Assert.Equal(hex, Hex.Text(writer.Finish()));
        var reader = new UintOptRleReader(new Lib0Reader(Hex.Bytes(hex)));
        foreach (var value in values)
        {
            Assert.Equal(value, reader.Read());
        }
    }

    // T14: halving a negative difference rounds down.
    [Fact]
    public void IntDiffOptRle_OfFallingValues_RoundsDown()
    {
        // 1,2,3,2 as lib0 writes it: 0301 42; then two equal falls from 100 by 3: -5 is 2 * -3 + 1
        uint[] values = [1, 2, 3, 2, 100, 97, 94, 0];
        using var writer = new IntDiffOptRleWriter();
        values.ToList().ForEach(writer.Write);
        var bytes = writer.Finish().ToArray();
        Assert.StartsWith("030142", Hex.Text(bytes), StringComparison.Ordinal);
        Assert.Contains("4500", Hex.Text(bytes), StringComparison.Ordinal);
        var reader = new IntDiffOptRleReader(new Lib0Reader(bytes));
        foreach (var value in values)
        {
            Assert.Equal(value, reader.Read());
        }
    }

    [Theory]
    [InlineData("42")] // -1
    [InlineData("8080808040")] // 2^33 and more
    public void IntDiffOptRle_OfNoClock_Throws(string hex) => Assert.Throws<YUpdateFormatException>(() =>
    {
        var reader = new IntDiffOptRleReader(new Lib0Reader(Hex.Bytes(hex)));
        reader.Read();
    });

    [Fact]
    public void Columns_OfAnyValues_RoundTrip() => Gen.UInt[0, 4].Array[0, 30].Sample(small =>
    {
        var values = small.Select(v => v == 4 ? uint.MaxValue : v).ToArray();
        using var numbers = new UintOptRleWriter();
        using var differences = new IntDiffOptRleWriter();
        using var bytes = new RleByteWriter();
        foreach (var value in values)
        {
            numbers.Write(value);
            differences.Write(value);
            bytes.Write((byte)value);
        }

        var readNumbers = new UintOptRleReader(new Lib0Reader(numbers.Finish()));
        var readDifferences = new IntDiffOptRleReader(new Lib0Reader(differences.Finish()));
        var readBytes = new RleByteReader(new Lib0Reader(bytes.Finish()));
        foreach (var value in values)
        {
            Assert.Equal(value, readNumbers.Read());
            Assert.Equal(value, readDifferences.Read());
            Assert.Equal((byte)value, readBytes.Read());
        }
    });

    [Fact]
    public void Strings_WriteTheBytesOfLib0()
    {
        using var writer = new StringColumnWriter();
        foreach (var text in new[] { "a", "😀", "bc", "" })
        {
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        using var output = new Lib0Writer();
        writer.Finish(output);
        Assert.Equal("0c" + "0761f09f9880626301420000", Hex.Text(output.Written));
    }

    [Fact]
    public void Strings_CutInsideAPair_ReadAsHalves()
    {
        // "a😀b" cut into 2, 1, 0 and 1 units: each half alone is a replacement character, as in JavaScript's encoder.
        var reader = new StringColumnReader(new Lib0Reader(Hex.Bytes("0661f09f988062 02 01 00 01")));
        using var output = new Lib0Writer();
        for (var i = 0; i < 4; i++)
        {
            var piece = reader.Read();
            Assert.Equal(new uint[] { 2, 1, 0, 1 }[i], piece.Length);
            piece.Write(output);
        }

        Assert.Equal("0461efbfbd" + "03efbfbd" + "00" + "0162", Hex.Text(output.Written));
    }

    [Fact]
    public void Strings_OfAnyTexts_RoundTrip() => Gen.Int[0, 3].Array[0, 5].Select(picks => string.Concat(picks.Select(pick => new[] { "a", "é", "漢", "😀" }[pick]))).Array[0, 10].Sample(texts =>
    {
        using var writer = new StringColumnWriter();
        using var column = new Lib0Writer();
        using var expected = new Lib0Writer();
        using var actual = new Lib0Writer();
        foreach (var text in texts)
        {
            writer.Write(Encoding.UTF8.GetBytes(text));
            expected.WriteVarString(text);
        }

        writer.Finish(column);
        var whole = new Lib0Reader(column.Written);
        var reader = new StringColumnReader(new Lib0Reader(whole.ReadVarBytes()));
        foreach (var text in texts)
        {
            var piece = reader.Read();
            Assert.Equal((uint)text.Length, piece.Length);
            piece.Write(actual);
        }

        Assert.Equal(expected.ToArray(), actual.ToArray());
        Assert.Equal(0u, reader.UnitsLeft);
    });
}
