using TinyStore.Yjs.Tests.Updates;

namespace TinyStore.Yjs.Tests.Types;

// Lists, texts and XML as Yjs 13.6.33 shows them. The updates were recorded from it.
public class ListTypeTests
{
    private static YDoc Load(string hex)
    {
        var doc = new YDoc();
        doc.ApplyUpdate(Hex.Bytes(hex));
        Assert.Equal(hex, Hex.Text(doc.EncodeStateAsUpdate()));
        return doc;
    }

    [Fact]
    public void Array_ShowsItsValues()
    {
        var array = Load(Recorded.Array).GetArray("a");
        Assert.Equal(Recorded.ArrayJson, array.ToJson());
        Assert.Equal(7, array.Count);
        Assert.Equal(1, array[0]);
        Assert.Equal("two", array[1]);
        Assert.Equal(YValueKind.Type, array[6].Kind);
        Assert.Equal(array.ToArray(), Enumerable.Range(0, 7).Select(i => array[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => array[7]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[-1]);
        Assert.Equal(array, array[6].AsType!.Parent);
        Assert.Null(array[6].AsType!.ParentKey);
    }

    [Fact]
    public void Text_ShowsItsCharacters()
    {
        var text = Load(Recorded.Text).GetText("t");
        Assert.Equal(Recorded.TextString, text.ToString());
        Assert.Equal(Recorded.TextLength, text.Length);
        Assert.Equal($"\"{Recorded.TextString}\"", text.ToJson());
    }

    [Fact]
    public void Xml_ShowsAsYjsWritesIt()
    {
        var xml = Load(Recorded.Xml).GetXmlFragment("x");
        Assert.Equal(Recorded.XmlString, xml.ToString());
        Assert.Equal(2, xml.Count);
        var element = Assert.IsType<YXmlElement>(xml[0].AsType);
        Assert.Equal("Div", element.NodeName);
        Assert.True(element.TryGetAttribute("id", out var id));
        Assert.Equal("7", id);
        Assert.IsType<YXmlText>(element[0].AsType);
        Assert.Equal(YTypeKind.XmlElement, element.Kind);
    }

    [Fact]
    public void NestedTypeOfYjs14_ShowsAsAFragmentWithMapEntries()
    {
        // Yjs 14 writes a nested type as fragment, and the entries of its map like attributes.
        var doc = new YDoc();
        doc.ApplyUpdate(new UpdateBuilder().Group(1UL << 50, 0)
            .Struct("27 01 016d 016e 04")
            .Struct("28 00 80808080808080 02 00 0178 01 7d05")
            .ToArray());
        var fragment = Assert.IsType<YXmlFragment>(doc.GetMap("m")["n"].AsType);
        Assert.Equal(5, fragment.AsMap()["x"]);
        Assert.Equal("", fragment.ToString());
        Assert.Equal("""{"n":""}""", doc.GetMap("m").ToJson());
        var copy = new YDoc();
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(doc.EncodeStateAsUpdate(), copy.EncodeStateAsUpdate());
    }

    [Fact]
    public void OneRoot_CanBeViewedAsAnything()
    {
        var doc = new YDoc();
        doc.GetMap("r").Set("a", 1);
        doc.ApplyUpdate(new UpdateBuilder().Group(9, 0).Struct("04 01 0172 02 6869").ToArray());
        Assert.Equal("hi", doc.GetText("r").ToString());
        Assert.Equal("""["h","i"]""", doc.GetArray("r").ToJson());
        Assert.Equal("""{"a":1}""", doc.GetMap("r").ToJson());
        Assert.True(doc.GetText("r") == (YType)doc.GetMap("r"));
        var log = new List<string>();
        doc.GetText("r").Observe(e => log.Add("text " + e.IsListChanged));
        doc.GetMap("r").Observe(e => log.Add("map " + string.Join(",", e.KeysChanged)));
        doc.GetMap("r").Set("b", 1);
        Assert.Equal(["text False", "map b"], log);
    }

    [Fact]
    public void ChangeDuringEnumeration_EndsIt()
    {
        var doc = Load(Recorded.Array);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var _ in doc.GetArray("a"))
            {
                doc.GetMap("m").Set("x", 1);
            }
        });
    }
}
