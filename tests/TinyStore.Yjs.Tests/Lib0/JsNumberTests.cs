using System.Globalization;
using System.Text;
using CsCheck;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Lib0;

public class JsNumberTests
{
    [Theory] // measured: String(value) under Node 20
    [InlineData(0.0, "0")]
    [InlineData(-17.0, "-17")]
    [InlineData(1e21, "1e+21")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1.25e-6, "0.00000125")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.23e-7, "1.23e-7")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(100.25, "100.25")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    [InlineData(2251799813685248.5, "2251799813685248.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Append_PrintsAsJavaScript(double value, string expected) => Assert.Equal(expected, Print(value));

    [Fact]
    public void Append_OfNegativeZero_HasNoSign() => Assert.Equal("0", Print(-0.0));

    [Fact]
    public void Append_OfAnyNumber_ReadsBack() => Gen.Double.Where(double.IsFinite).Sample(value =>
        Assert.Equal(value, double.Parse(Print(value), NumberStyles.Float, CultureInfo.InvariantCulture)));

    private static string Print(double value)
    {
        var output = new StringBuilder();
        JsNumber.Append(output, value);
        return output.ToString();
    }
}
