using System.Text.Json.Nodes;
using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.TestKit;

/// <summary>The checks that all the others rest on must themselves see differences.</summary>
public sealed class JsonDiffTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,{"c":null}]}""", """{"b":[1,{"c":null}],"a":1.0}""")]
    [InlineData("1e3", "1000")]
    [InlineData("null", "null")]
    [InlineData("\"\\ud83d\"", "\"\\ud83d\"")]
    public void Compare_EqualValues_FindsNothing(string left, string right) =>
        Assert.Empty(JsonDiff.Compare(JsonNode.Parse(left), JsonNode.Parse(right)));

    [Theory]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":2}}""", "/a/b: expected 1, is 2")]
    [InlineData("""{"a":1}""", "{}", "/a: missing, expected 1")]
    [InlineData("{}", """{"a":null}""", "/a: not expected, is null")]
    [InlineData("[1,2]", "[2,1]", "/0: expected 1, is 2")]
    [InlineData("[1]", "[1,1]", "/: expected [1], is [1,1]")]
    [InlineData("1", "\"1\"", "/: expected 1, is \"1\"")]
    [InlineData("false", "null", "/: expected false, is null")]
    [InlineData("\"\\ud83d\"", "\"\\ud83e\"", "/: expected \"\\ud83d\", is \"\\ud83e\"")]
    public void Compare_DifferentValues_SaysWhere(string left, string right, string difference) =>
        Assert.Equal(difference, JsonDiff.Compare(JsonNode.Parse(left), JsonNode.Parse(right))[0]);

    [Fact]
    public void AssertEqualBytes_DifferentBytes_ShowsTheFirstDifference()
    {
        var failure = Assert.ThrowsAny<Exception>(() => Convergence.AssertEqualBytes([1, 2, 3], [1, 9, 3], "the bytes"));
        Assert.Contains("different at byte 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AssertMet_SomethingNeverHappened_Fails()
    {
        var tally = new Tally();
        tally.Add("this", 3);
        tally.Add("that", 0);
        tally.AssertMet("this");
        Assert.Contains("met no that", Assert.ThrowsAny<Exception>(() => tally.AssertMet("this", "that")).Message, StringComparison.Ordinal);
    }
}
