using System.Text;

namespace TinyStore.Tests.Json;

public class JsonReadingTests
{
    [Theory] // measured: JSON.stringify(JSON.parse(text)) of Node 20
    [InlineData("{}", "{}")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("{ \"b\" : 1.0 , \"a\" : [ true , null, -0, 1e2 ] }", "{\"b\":1,\"a\":[true,null,0,100]}")]
    [InlineData("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}")]
    [InlineData("{\"a\":{\"x\":1},\"b\":[2],\"a\":[],\"c\":0,\"b\":\"long text\"}", "{\"a\":[],\"b\":\"long text\",\"c\":0}")]
    [InlineData("[1e400,-1e400]", "[null,null]")]
    [InlineData("[\"\\u0041\\/\\ud83d\\ude00\\n\"]", "[\"A/😀\\n\"]")]
    [InlineData("[\"\\ud83d\"]", "[\"\\ud83d\"]")]
    [InlineData("{\"\\ud83d\":\"\\udE00x\"}", "{\"\\ud83d\":\"\\ude00x\"}")]
    [InlineData("{\"__proto__\":1,\"constructor\":2}", "{\"__proto__\":1,\"constructor\":2}")]
    public void FromJson_ObjectOrArray_IsCanonical(string json, string expected)
    {
        var value = CellValue.FromJson(json);
        Assert.Equal(expected, value.AsJson());
        Assert.Equal(expected, CellValue.FromJson(value.AsJson()).AsJson());
    }

    [Fact]
    public void FromJson_KeysThatAreNumbers_KeepTheirPlaces() =>
        Assert.Equal("{\"b\":1,\"10\":2,\"9\":3}", CellValue.FromJson("{\"b\":1,\"10\":2,\"9\":3}").AsJson());

    [Fact]
    public void FromJson_ManyKeysThatRepeat_KeepsTheLastOfEachAtTheFirstPlace()
    {
        var json = new StringBuilder("{");
        for (var i = 0; i < 200; i++)
        {
            json.Append(i == 0 ? "" : ",").Append("\"k").Append(i % 100).Append("\":").Append(i);
        }
        var expected = "{" + string.Join(",", Enumerable.Range(0, 100).Select(i => $"\"k{i}\":{i + 100}")) + "}";
        Assert.Equal(expected, CellValue.FromJson(json.Append('}').ToString()).AsJson());
    }

    [Theory]
    [InlineData("\"a\\\"b\"", CellKind.String)]
    [InlineData("1.5", CellKind.Number)]
    [InlineData("true", CellKind.Boolean)]
    [InlineData("null", CellKind.Null)]
    [InlineData("{\"a\":[]}", CellKind.Object)]
    [InlineData("[{}]", CellKind.Array)]
    public void FromJson_AnyValue_HasItsKind(string json, CellKind kind)
    {
        var value = CellValue.FromJson(json);
        Assert.Equal(kind, value.Kind);
        Assert.Equal(json, value.ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} x")]
    [InlineData("[1,]")]
    [InlineData("nul")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("01")]
    [InlineData("{a:1}")]
    public void FromJson_NoJson_SaysSo(string text)
    {
        var error = Assert.Throws<FormatException>(() => CellValue.FromJson(text));
        Assert.StartsWith("The text is not valid JSON of a cell: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJson_TooDeep_IsRefusedAndDoesNotOverflow()
    {
        Assert.Equal(CellKind.Array, CellValue.FromJson(new string('[', 1000) + new string(']', 1000)).Kind);
        Assert.Throws<FormatException>(() => CellValue.FromJson(new string('[', 1001) + new string(']', 1001)));
        Assert.Throws<FormatException>(() => CellValue.FromJson(new string('[', 1_000_000)));
    }

    [Fact]
    public void FromJson_LoneSurrogatesThatAreNotEscaped_Survive()
    {
        Assert.Equal("\uD800x", CellValue.FromJson("\"\uD800x\"").AsString());
        Assert.Equal("é\uDC00", CellValue.FromJson("\"é\uDC00\"").AsString());
        Assert.Throws<FormatException>(() => CellValue.FromJson("[\uD800]"));
    }

    [Fact]
    public void FromJson_LongStrings_AreWhole()
    {
        var text = string.Concat(Enumerable.Repeat("é😀\n", 500_000));
        Assert.Equal(text, CellValue.FromJson(((CellValue)text).ToJson()).AsString());
    }
}
