namespace TinyStore.Tests.Schemas;

public class SchemaJsonTests
{
    [Theory] // measured: getValuesSchemaJson of TinyBase 10.0.1 after setValuesSchema
    [InlineData("{\"type\":\"string\"}", "{\"type\":\"string\"}")]
    [InlineData("{\"type\":[\"string\"]}", "{\"type\":[\"string\"]}")]
    [InlineData("{\"type\":[\"number\",\"string\",\"number\"]}", "{\"type\":[\"number\",\"string\",\"number\"]}")]
    [InlineData("{\"default\":1,\"type\":\"number\"}", "{\"default\":1,\"type\":\"number\"}")]
    [InlineData("{\"type\":\"number\",\"default\":\"x\",\"required\":true}", "{\"type\":\"number\",\"required\":true}")]
    [InlineData("{\"type\":\"string\",\"default\":\"\uFFFC\"}", "{\"type\":\"string\"}")]
    [InlineData("{\"type\":\"object\",\"default\":{\"a\":[1]}}", "{\"type\":\"object\",\"default\":{\"a\":[1]}}")]
    [InlineData("{\"type\":\"string\",\"allowNull\":true,\"default\":null}", "{\"type\":\"string\",\"allowNull\":true,\"default\":null}")]
    [InlineData("{\"type\":\"string\",\"allowNull\":false,\"required\":false}", "{\"type\":\"string\",\"allowNull\":false,\"required\":false}")]
    [InlineData("{\"enum\":[\"a\",1,true],\"default\":1}", "{\"enum\":[\"a\",1,true],\"default\":1}")]
    [InlineData("{\"enum\":[\"a\"],\"default\":\"b\"}", "{\"enum\":[\"a\"]}")]
    [InlineData("{\"type\":\"string\",\"unknown\":1}", "{\"type\":\"string\"}")]
    [InlineData("{\"type\":\"string\",\"default\":null}", null)]
    [InlineData("{\"type\":\"string\",\"enum\":[\"a\"]}", null)]
    [InlineData("{\"type\":\"text\"}", null)]
    [InlineData("{\"type\":\"null\"}", null)]
    [InlineData("{\"type\":[]}", null)]
    [InlineData("{\"type\":[\"string\",\"text\"]}", null)]
    [InlineData("{\"enum\":[]}", null)]
    [InlineData("{\"enum\":\"a\"}", null)]
    [InlineData("{\"enum\":[null]}", null)]
    [InlineData("{\"enum\":[[]]}", null)]
    [InlineData("{\"enum\":[\"\uFFFDx\"]}", null)]
    [InlineData("{\"default\":1}", null)]
    [InlineData("{}", null)]
    [InlineData("5", null)]
    [InlineData("null", null)]
    public void FromJson_OfOneSchema_IsThatOfTinyBase(string schema, string? expected)
    {
        var json = $"{{\"v\":{schema},\"other\":{{\"type\":\"array\"}}}}";
        var values = new Store().SetValuesSchema(ValuesSchema.FromJson(json)).GetValuesSchemaJson();
        var tables = new Store().SetTablesSchema(TablesSchema.FromJson($"{{\"t\":{json},\"bad\":{{\"c\":{{}}}},\"worse\":7}}")).GetTablesSchemaJson();
        var whole = expected is null ? "{\"other\":{\"type\":\"array\"}}" : $"{{\"v\":{expected},\"other\":{{\"type\":\"array\"}}}}";
        Assert.Equal(whole, values);
        Assert.Equal($"{{\"t\":{whole}}}", tables);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    public void FromJson_NoJson_Throws(string json)
    {
        Assert.Throws<FormatException>(() => TablesSchema.FromJson(json));
        Assert.Throws<FormatException>(() => ValuesSchema.FromJson(json));
    }

    [Fact]
    public void FromJson_AllowNull_TakesWhatJavaScriptTakesAsTrue()
    {
        foreach (var (allow, expected) in new[] { ("1", true), ("\"x\"", true), ("[]", true), ("0", false), ("\"\"", false), ("null", false) })
        {
            Assert.Equal(expected, ValuesSchema.FromJson($"{{\"v\":{{\"type\":\"string\",\"allowNull\":{allow}}}}}")["v"].AllowNull);
        }
    }
}
