using System.Globalization;
using CsCheck;

namespace TinyStore.Tests.Json;

public class JsonNumberTests
{
    public static TheoryData<double, string> Recorded => new() // measured: JSON.stringify of Node 20
    {
        { 0e0, "0" },
        { -0.0, "0" },
        { 1e0, "1" },
        { -1e0, "-1" },
        { 1e-1, "0.1" },
        { -1e-1, "-0.1" },
        { 1.5e0, "1.5" },
        { 1.23456e2, "123.456" },
        { 1e21, "1e+21" },
        { 1e20, "100000000000000000000" },
        { 1.2345678901234568e20, "123456789012345680000" },
        { 1.5e21, "1.5e+21" },
        { 1e-6, "0.000001" },
        { 1e-7, "1e-7" },
        { 1.25e-7, "1.25e-7" },
        { 1.234e-6, "0.000001234" },
        { 5e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 9.007199254740991e15, "9007199254740991" },
        { 9.007199254740992e15, "9007199254740992" },
        { 1e15, "1000000000000000" },
        { 1e16, "10000000000000000" },
        { 1.23456789123e8, "123456789.123" },
        { 4.35e0, "4.35" },
        { 3.0000000000000004e-1, "0.30000000000000004" },
        { 1e2, "100" },
        { -1e21, "-1e+21" },
        { -1.5e-10, "-1.5e-10" },
        { 2.147483648e9, "2147483648" },
        { 2.7021597764222976e16, "27021597764222976" },
        { 3.333333333333333e-1, "0.3333333333333333" },
        { 1.2345678e-5, "0.000012345678" },
        { 9.999999999999999e20, "999999999999999900000" },
        { 1e23, "1e+23" },
        { 4.5e15, "4500000000000000" },
        { 5e-7, "5e-7" },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void ToString_OfRecordedNumbers_IsThatOfJavaScript(double value, string expected) =>
        Assert.Equal(expected, JsonNumber.ToString(value));

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void ToString_OfNumbersThatJsonLacks_IsTheirName(double value, string expected) =>
        Assert.Equal(expected, JsonNumber.ToString(value));

    [Fact]
    public void ToString_OfAnyNumber_IsShortEnoughAndReadsBackAsTheSameNumber() =>
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite).Sample(value =>
        {
            var text = JsonNumber.ToString(value);
            Assert.True(text.Length < JsonNumber.MaxLength);
            Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        });
}
