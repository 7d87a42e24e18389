using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyStore.Yjs.Tests.Types;

public sealed class YMapReadingTests : IDisposable
{
    private readonly YDoc _doc = new(new YDocOptions { ClientId = 2 });
    private readonly YMap _map;

    public YMapReadingTests()
    {
        _map = _doc.GetMap("m");
        _doc.Transact(_ =>
        {
            _map["flag"] = true;
            _map["whole"] = 7;
            _map["wide"] = YValue.FromInt64(1L << 40);
            _map["part"] = 0.5;
            _map["big"] = YValue.FromBigInt(9);
            _map["text"] = "x";
            _map["bytes"] = YValue.FromBinary([1, 2]);
            _map["null"] = YValue.Null;
            _map["undefined"] = YValue.Undefined;
            _map["object"] = YValue.FromJson("{}");
            _map["list"] = YValue.FromJson("[1]");
            _map.SetMap("map");
        });
    }

    public void Dispose() => _doc.Dispose();

    [Fact]
    public void TypedReads_TakeTheirOwnKindOnly()
    {
        Assert.Equal(["flag"], KeysWhere(key => _map.TryGetBoolean(key, out _)));
        Assert.Equal(["whole", "wide", "part"], KeysWhere(key => _map.TryGetDouble(key, out _)));
        Assert.Equal(["whole"], KeysWhere(key => _map.TryGetInt32(key, out _)));
        Assert.Equal(["whole", "wide"], KeysWhere(key => _map.TryGetInt64(key, out _)));
        Assert.Equal(["big"], KeysWhere(key => _map.TryGetBigInt(key, out _)));
        Assert.Equal(["text"], KeysWhere(key => _map.TryGetString(key, out _)));
        Assert.Equal(["bytes"], KeysWhere(key => _map.TryGetBinary(key, out _)));
        Assert.Equal(["map"], KeysWhere(key => _map.TryGetMap(key, out _)));
        Assert.False(_map.TryGetDouble("missing", out _));
        Assert.False(_map.TryGetKind("missing", out _));
    }

    [Fact]
    public void TypedReads_ReturnTheValue()
    {
        Assert.True(_map.TryGetBoolean("flag", out var flag) && flag);
        Assert.True(_map.TryGetDouble("part", out var part) && part == 0.5);
        Assert.True(_map.TryGetInt32("whole", out var whole) && whole == 7);
        Assert.True(_map.TryGetInt64("wide", out var wide) && wide == 1L << 40);
        Assert.True(_map.TryGetBigInt("big", out var big) && big == 9);
        Assert.True(_map.TryGetString("text", out var text) && text == "x");
        Assert.True(_map.TryGetBinary("bytes", out var bytes) && bytes.Span.SequenceEqual<byte>([1, 2]));
    }

    [Fact]
    public void TryGetKind_IsTheKindOfTheValue_InMergedStructsToo()
    {
        foreach (var (key, value) in _map)
        {
            Assert.True(_map.TryGetKind(key, out var kind));
            Assert.Equal(value.Kind, kind);
        }

        // Two writes in a row of one key become one struct of two values.
        _map["text"] = 1;
        _map["text"] = YValue.FromBinary([1]);
        _map["text"] = "again";
        Assert.True(_map.TryGetKind("text", out var last));
        Assert.Equal(YValueKind.String, last);
    }

    [Fact]
    public void TypedReads_OfNumbersAndOfOtherKinds_AllocateNothing()
    {
        _map["long"] = new string('x', 1000);
        long Read()
        {
            long sum = 0;
            for (var i = 0; i < 1000; i++)
            {
                sum += _map.TryGetDouble("part", out var number) ? (long)number : 1;
                sum += _map.TryGetInt64("whole", out var whole) ? whole : 0;
                sum += _map.TryGetBoolean("flag", out _) && !_map.TryGetDouble("long", out _) && !_map.TryGetString("map", out _) ? 1 : 0;
            }

            return sum;
        }

        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void EnumeratingKeysValuesAndEntries_AllocatesNothing()
    {
        using var doc = new YDoc();
        var map = doc.GetMap("numbers");
        doc.Transact(_ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                map[$"key {i}"] = i;
            }
        });

        double Walk()
        {
            double sum = 0;
            foreach (var key in map.Keys)
            {
                sum += key.Length;
            }

            foreach (var value in map.Values)
            {
                sum += value.TryGetDouble(out var number) ? number : 0;
            }

            foreach (var (key, value) in map)
            {
                sum += key.Length + (value.TryGetDouble(out var number) ? number : 0);
            }

            return sum;
        }

        Walk(); // makes the strings of the keys, once
        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void AMap_IsAReadOnlyDictionary()
    {
        IReadOnlyDictionary<string, YValue> dictionary = _map;
        Assert.Equal(_map.Count, dictionary.Count);
        Assert.Equal(dictionary.Select(entry => entry.Key), dictionary.Keys);
        Assert.Equal(dictionary.Select(entry => entry.Value), dictionary.Values);
        Assert.Equal(12, _map.Keys.Count);
        Assert.Equal(12, _map.Values.Count);
        Assert.Equal(0.5, dictionary.ToDictionary()["part"]);
    }

    [Fact]
    public void ToJsonNode_IsTheContent_AndNumbersAreReadAsAnyType()
    {
        var nested = _map.SetMap("map");
        nested["x"] = YValue.FromJson("""[1,{"y":null}]""");
        var node = _map.ToJsonNode();
        Assert.Equal(_map.ToJson(), node.ToJsonString());
        Assert.Equal(7, node["whole"]!.GetValue<int>());
        Assert.Equal(7.0, node["whole"]!.GetValue<double>());
        Assert.Null(node["null"]);
        Assert.Null(YValue.Null.ToJsonNode());
        node["whole"] = 8; // a copy: nothing happens to the document
        Assert.Equal(7, _map["whole"]);
        Assert.Equal("[]", _doc.GetArray("l").ToJsonNode().ToJsonString());
        Assert.Equal("\"\"", _doc.GetText("t").ToJsonNode().ToJsonString());
    }

    [Fact]
    public void ToJsonNode_OfARepeatedKey_TakesTheLast()
    {
        // Map "m" of client 1: "o" = an object that names the key "k" twice, which no JavaScript object can.
        _doc.ApplyUpdate(Convert.FromHexString("01010100" + "2801016d016f01" + "7602" + "016b7d01" + "016b7d02" + "00"));
        Assert.Equal("""{"k":2}""", _map["o"].ToJsonNode()!.ToJsonString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("-0")]
    [InlineData("1e300")]
    [InlineData("12345678901234567890")]
    [InlineData("\"a\\ud83d\\ude00\\n\"")]
    [InlineData("""{"b":[1,{"c":null},[]],"a":{"x":0.1,"":true}}""")]
    [InlineData("""{"$bigint":"1"}""")]
    public void SetJson_OfANodeOrAnElement_IsFromJson(string json)
    {
        var expected = YValue.FromJson(json);
        _map.SetJson("node", JsonNode.Parse(json));
        _map.SetJson("element", JsonDocument.Parse(json).RootElement);
        Assert.Equal(expected, _map["node"]);
        Assert.Equal(expected, _map["element"]);
        Assert.Equal(expected.ToJson(), _map["node"].ToJson());
        Assert.Equal(expected.ToJson(), YValue.FromJsonNode(expected.ToJsonNode()).ToJson());
    }

    [Fact]
    public void SetJson_OfANodeMadeInCode_IsItsJson()
    {
        _map.SetJson("node", new JsonObject { ["n"] = 1, ["s"] = "x", ["d"] = 0.5, ["list"] = new JsonArray(true, null) });
        Assert.Equal("""{"n":1,"s":"x","d":0.5,"list":[true,null]}""", _map["node"].ToJson());
    }

    [Fact]
    public void SetJson_OfWhatCannotBeWritten_ChangesNothing()
    {
        var before = _doc.EncodeStateAsUpdate();
        Assert.Throws<ArgumentException>(() => _map.SetJson("k", JsonValue.Create(double.NaN)));
        Assert.Throws<ArgumentException>(() => _map.SetJson("k", default(JsonElement)));
        Assert.Throws<ArgumentException>(() => _map.SetJson("k", JsonNode.Parse(new string('[', 101) + new string(']', 101), null, new JsonDocumentOptions { MaxDepth = 200 })));
        Assert.Equal(before, _doc.EncodeStateAsUpdate());
    }

    private IEnumerable<string> KeysWhere(Func<string, bool> matches) => _map.Keys.Where(matches);
}
