using System.Buffers;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Lib0;

public class Lib0WriterTests
{
    [Fact]
    public void WriteVarString_LoneSurrogates_BecomeReplacementCharacters()
    {
        Assert.Equal("05 61efbfbd62".Replace(" ", "", StringComparison.Ordinal), Written(w => w.WriteVarString("a\ud83db")));
        Assert.Equal("03efbfbd", Written(w => w.WriteVarString("\ude00")));
        Assert.Equal("06efbfbdefbfbd", Written(w => w.WriteVarString("\ude00\ud83d")));
        Assert.Equal("04f09f9880", Written(w => w.WriteVarString("\ud83d\ude00")));
    }

    [Theory]
    [InlineData(0UL, true, "40")]
    [InlineData(63UL, false, "3f")]
    [InlineData(64UL, true, "c001")]
    [InlineData(2147483647UL, false, "bfffffff0f")]
    public void WriteVarInt_KeepsTheSignApart(ulong magnitude, bool negative, string expected) => Assert.Equal(expected, Written(w => w.WriteVarInt(magnitude, negative)));

    [Theory]
    [InlineData(0, 5UL)]
    [InlineData(3, 300UL)]
    [InlineData(1000, 70000UL)]
    public void InsertVarUint_MovesWhatFollows(int position, ulong value)
    {
        var bytes = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        using var number = new Lib0Writer();
        number.WriteVarUint(value);
        using var writer = new Lib0Writer(16);
        writer.WriteBytes(bytes);
        writer.InsertVarUint(position, value);
        Assert.Equal([.. bytes[..position], .. number.ToArray(), .. bytes[position..]], writer.ToArray());
    }

    [Fact]
    public void CopyTo_WritesAll()
    {
        using var writer = new Lib0Writer(1);
        writer.WriteUtf8("a long enough text to grow the buffer a few times");
        var output = new ArrayBufferWriter<byte>();
        writer.CopyTo(output);
        Assert.Equal(writer.ToArray(), output.WrittenSpan.ToArray());
    }

    private static string Written(Action<Lib0Writer> write)
    {
        using var writer = new Lib0Writer(1);
        write(writer);
        return Hex.Text(writer.Written);
    }
}
