using System.Text;
using CsCheck;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Lib0;

public class Utf8TextTests
{
    [Fact]
    public void Everything_OfAnyText_AgreesWithTheFramework() => Gen.String[Gen.Char["aé漢\ud83d\ude00z\0"], 0, 40].Sample(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var clean = Encoding.UTF8.GetString(bytes);
        Assert.True(Utf8Text.IsValid(bytes));
        Assert.Equal(clean.Length, Utf8Text.Utf16Length(bytes));
        for (var unit = 0; unit <= clean.Length; unit++)
        {
            var inside = unit > 0 && unit < clean.Length && char.IsLowSurrogate(clean[unit]) && char.IsHighSurrogate(clean[unit - 1]);
            Assert.Equal(Encoding.UTF8.GetByteCount(clean.AsSpan(0, inside ? unit + 1 : unit)), Utf8Text.OffsetOfUnit(bytes, (uint)unit, out var insidePair));
            Assert.Equal(inside, insidePair);
            Assert.Equal(Utf8Text.OffsetOfUnit(bytes, (uint)unit, out _), Utf8Text.OffsetOfUnitFromEnd(bytes, (uint)(clean.Length - unit), out insidePair));
            Assert.Equal(inside, insidePair);
        }
    });

    [Fact]
    public void IsValid_OfRandomBytes_AgreesWithTheFramework() => Gen.Byte.Array[0, 24].Sample(bytes =>
        Assert.Equal(System.Text.Unicode.Utf8.IsValid(bytes), Utf8Text.IsValid(bytes)));
}
