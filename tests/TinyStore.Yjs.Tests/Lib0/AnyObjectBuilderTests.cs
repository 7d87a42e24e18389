namespace TinyStore.Yjs.Tests.Lib0;

public class AnyObjectBuilderTests
{
    [Theory] // measured: JSON.stringify(JSON.parse(text)) under Node 20
    [InlineData("""{"b":1,"a":2}""", """{"b":1,"a":2}""")]
    [InlineData("""{"b":1,"10":2,"9":3,"a":4}""", """{"9":3,"10":2,"b":1,"a":4}""")]
    [InlineData("""{"b":1,"a":2,"b":3}""", """{"b":3,"a":2}""")]
    [InlineData("""{"1":1,"a":2,"1":3,"0":4}""", """{"0":4,"1":3,"a":2}""")]
    [InlineData("""{"01":1,"-1":2,"1.5":3,"4294967295":4,"4294967294":5," 1":6}""", """{"4294967294":5,"01":1,"-1":2,"1.5":3,"4294967295":4," 1":6}""")]
    [InlineData("""{"x":{"2":[],"1":{}},"":0}""", """{"x":{"1":{},"2":[]},"":0}""")]
    public void Keys_ComeInJavaScriptsOrder(string json, string expected) => Assert.Equal(expected, YValue.FromJson(json).ToJson());
}
