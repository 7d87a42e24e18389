using System.Runtime.CompilerServices;

namespace TinyStore.Tests.Values;

public class CellValueTests
{
    private const string Encoded = "\uFFFD{\"a\":1}";

    [Fact]
    public void Size_Is16Bytes() => Assert.Equal(16, Unsafe.SizeOf<CellValue>());

    [Fact]
    public void Default_IsUndefined()
    {
        CellValue value = default;
        Assert.Equal(CellKind.Undefined, value.Kind);
        Assert.True(value.IsUndefined);
        Assert.False(value.IsNull);
        Assert.Equal("undefined", value.ToString());
        Assert.Equal("null", value.ToJson());
        Assert.NotEqual(CellValue.Null, value);
    }

    [Fact]
    public void Conversions_GiveTheirKind()
    {
        Assert.Equal("dog", ((CellValue)"dog").AsString());
        Assert.Equal(1.5, ((CellValue)1.5).AsDouble());
        Assert.Equal(3, ((CellValue)3).AsDouble());
        Assert.Equal(9007199254740992, ((CellValue)9007199254740993L).AsDouble());
        Assert.True(((CellValue)true).AsBoolean());
        Assert.False(((CellValue)false).AsBoolean());
        Assert.True(CellValue.Null.IsNull);
        Assert.Equal(CellKind.String, ((CellValue)"").Kind);
    }

    [Fact]
    public void Conversion_OfANullString_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => (CellValue)(string)null!);
        Assert.Throws<ArgumentNullException>(() => new CellValue((string)null!));
    }

    [Fact]
    public void TryGet_OtherKinds_SaysNo()
    {
        CellValue[] values = ["s", 0, false, CellValue.Null, CellValue.FromJson("{}"), CellValue.FromJson("[]"), default];
        Assert.Equal(["s"], values.Where(v => v.TryGetString(out _)).Select(v => v.ToString()));
        Assert.Equal(["0"], values.Where(v => v.TryGetDouble(out _)).Select(v => v.ToString()));
        Assert.Equal(["false"], values.Where(v => v.TryGetBoolean(out _)).Select(v => v.ToString()));
        Assert.Equal(["{}", "[]"], values.Where(v => v.TryGetJson(out _)).Select(v => v.ToString()));
        Assert.Equal(["{}", "[]"], values.Where(v => v.TryGetEncoded(out _)).Select(v => v.ToString()));
    }

    [Fact]
    public void As_OtherKind_SaysWhichItIs()
    {
        Assert.Contains("Number, not String", Assert.Throws<InvalidOperationException>(() => ((CellValue)1).AsString()).Message, StringComparison.Ordinal);
        Assert.Contains("String, not Number", Assert.Throws<InvalidOperationException>(() => ((CellValue)"1").AsDouble()).Message, StringComparison.Ordinal);
        Assert.Contains("Null, not Boolean", Assert.Throws<InvalidOperationException>(() => CellValue.Null.AsBoolean()).Message, StringComparison.Ordinal);
        Assert.Contains("only an Object or an Array", Assert.Throws<InvalidOperationException>(() => ((CellValue)"{}").AsJson()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equals_FollowsJavaScript()
    {
        Assert.Equal((CellValue)0, -0.0);
        Assert.Equal(((CellValue)0).GetHashCode(), ((CellValue)(-0.0)).GetHashCode());
        Assert.Equal((CellValue)double.NaN, double.NaN);
        Assert.Equal((CellValue)"ab", string.Concat("a", "b"));
        Assert.Equal(CellValue.FromJson("{\"a\":1}"), CellValue.FromJson("{ \"a\": 1.0 }"));
        Assert.NotEqual(CellValue.FromJson("{\"a\":1,\"b\":2}"), CellValue.FromJson("{\"b\":2,\"a\":1}"));
        Assert.NotEqual((CellValue)"1", 1);
        Assert.NotEqual((CellValue)true, 1);
        Assert.NotEqual((CellValue)false, 0);
        Assert.NotEqual(CellValue.Null, false);
        Assert.NotEqual((CellValue)Encoded, CellValue.FromJson("{\"a\":1}"));
        Assert.True((CellValue)1 == 1.0);
        Assert.True((CellValue)1 != 2);
        Assert.False(((CellValue)1).Equals((object)"x"));
        Assert.True(((CellValue)1).Equals((object)(CellValue)1));
    }

    [Theory]
    [InlineData("{\"a\":1}", CellKind.Object)]
    [InlineData("[1,{}]", CellKind.Array)]
    [InlineData(" { } ", CellKind.Object)]
    public void TryFromEncoded_ObjectOrArray_KeepsTheText(string json, CellKind kind)
    {
        Assert.True(CellValue.TryFromEncoded("\uFFFD" + json, out var value));
        Assert.Equal(kind, value.Kind);
        Assert.Equal(json, value.AsJson());
        Assert.True(value.TryGetEncoded(out var encoded));
        Assert.Equal("\uFFFD" + json, encoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("dog")]
    [InlineData("{\"a\":1}")]
    [InlineData("x\uFFFD")]
    [InlineData("\uFFFCx")]
    public void TryFromEncoded_OtherString_IsItself(string text)
    {
        Assert.True(CellValue.TryFromEncoded(text, out var value));
        Assert.Equal(text, value.AsString());
        Assert.True(value.IsStorable);
    }

    [Theory]
    [InlineData("\uFFFC")]
    [InlineData("\uFFFD")]
    [InlineData("\uFFFDx")]
    [InlineData("\uFFFD1")]
    [InlineData("\uFFFD\"s\"")]
    [InlineData("\uFFFD{")]
    [InlineData("\uFFFD[1,]")]
    [InlineData("\uFFFD{} {}")]
    public void TryFromEncoded_Reserved_IsRefused(string text)
    {
        Assert.False(CellValue.TryFromEncoded(text, out var value));
        Assert.True(value.IsUndefined);
        Assert.False(((CellValue)text).IsStorable);
    }

    [Fact]
    public void IsStorable_NumbersThatJsonLacksAndUndefined_AreNot()
    {
        Assert.False(((CellValue)double.NaN).IsStorable);
        Assert.False(((CellValue)double.PositiveInfinity).IsStorable);
        Assert.False(((CellValue)double.NegativeInfinity).IsStorable);
        Assert.False(default(CellValue).IsStorable);
        Assert.True(((CellValue)double.MaxValue).IsStorable);
        Assert.True(CellValue.Null.IsStorable);
        Assert.True(CellValue.FromJson("{}").IsStorable);
    }

    [Fact]
    public void ToJson_OfEachKind_IsThatOfJavaScript()
    {
        Assert.Equal("\"a\\\"\"", ((CellValue)"a\"").ToJson());
        Assert.Equal("0", ((CellValue)(-0.0)).ToJson());
        Assert.Equal("1e+21", ((CellValue)1e21).ToJson());
        Assert.Equal("true", ((CellValue)true).ToJson());
        Assert.Equal("null", CellValue.Null.ToJson());
        Assert.Equal("null", ((CellValue)double.NaN).ToJson());
        Assert.Equal("NaN", ((CellValue)double.NaN).ToString());
        Assert.Equal("a\"", ((CellValue)"a\"").ToString());
    }
}
