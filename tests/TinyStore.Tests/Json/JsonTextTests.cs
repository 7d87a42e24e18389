namespace TinyStore.Tests.Json;

public class JsonTextTests
{
    [Theory] // measured: JSON.stringify of Node 20
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("q\"b\\s/", "\"q\\\"b\\\\s/\"")]
    [InlineData("\b\f\n\r\t\0\u001f\u007f", "\"\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\"")]
    [InlineData("é\u2028\u2029<>&'+", "\"é\u2028\u2029<>&'+\"")]
    [InlineData("a😀b", "\"a😀b\"")]
    public void WriteString_EscapesWhatJavaScriptEscapes(string text, string expected)
    {
        using var json = new JsonText();
        json.WriteString(text);
        Assert.Equal(expected, json.ToString());
    }

    [Fact]
    public void WriteString_LoneSurrogates_AreEscapedInLowerCase()
    {
        using var json = new JsonText();
        json.WriteString(string.Concat("\uD83D", "x", "\uDE00", "😀", "\uD83D"));
        Assert.Equal("\"\\ud83dx\\ude00😀\\ud83d\"", json.ToString());
    }

    [Fact]
    public void Write_MoreThanTheBuffer_Grows()
    {
        using var json = new JsonText(1);
        for (var i = 0; i < 1000; i++)
        {
            json.Write('x');
            json.Write("yz");
            json.WriteNumber(-0.5);
        }
        Assert.Equal(string.Concat(Enumerable.Repeat("xyz-0.5", 1000)), json.ToString());
    }

    [Theory]
    [InlineData("", "ab-gh")]
    [InlineData("12", "ab12-gh")]
    [InlineData("123456789", "ab123456789-gh")]
    public void Replace_OtherLength_MovesTheRest(string text, string expected)
    {
        using var json = new JsonText();
        json.Write("abcdef-gh");
        json.Replace(2, 4, text);
        Assert.Equal(expected, json.ToString());
    }
}
