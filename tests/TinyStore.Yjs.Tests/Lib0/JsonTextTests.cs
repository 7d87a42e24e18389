using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Lib0;

public class JsonTextTests
{
    [Theory]
    [InlineData("null")]
    [InlineData(" [1, 2.5e3, -0] ")]
    [InlineData("{\"a\":{\"b\":[]},\"a\":1}")]
    [InlineData("\"\\ud83d\"")] // half a pair, as JSON.stringify writes it
    [InlineData("1e999")]
    public void TryValidate_OfWhatJavaScriptAccepts_IsTrue(string json) => Assert.True(JsonText.TryValidate(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("undefined")]
    [InlineData("{a:1}")]
    [InlineData("[1,]")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("1 2")]
    [InlineData("\"\n\"")]
    [InlineData("\uFEFF1")]
    [InlineData("\"\\x\"")]
    public void TryValidate_OfWhatJavaScriptRefuses_IsFalse(string json)
    {
        Assert.False(JsonText.TryValidate(Encoding.UTF8.GetBytes(json), out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void TryValidate_BoundsTheDepth(int depth, bool expected) =>
        Assert.Equal(expected, JsonText.TryValidate(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)), out _));

    [Fact] // measured: JSON.stringify under Node 20
    public void AppendString_EscapesAsJavaScript()
    {
        Assert.Equal("\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f\u2028é😀\"", Quote("a\"\\/\b\f\n\r\t\u0001\u007f\u2028é😀"));
        Assert.Equal("\"x\\ud83dy\\ude00\"", Quote("x\ud83dy\ude00"));
    }

    private static string Quote(string text)
    {
        var output = new StringBuilder();
        JsonText.AppendString(output, text);
        return output.ToString();
    }
}
