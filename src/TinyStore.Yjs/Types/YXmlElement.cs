using System.Text;

namespace TinyStore.Yjs;

/// <summary>An XML element: a name, attributes and children.</summary>
public sealed class YXmlElement : YXmlFragment
{
    internal YXmlElement(YDoc doc, int index)
        : base(doc, index) => NodeName = doc.Store.Types[index].Name is var name and not 0 ? doc.Store.Keys.String(name) : "UNDEFINED";

    /// <summary>The element's name.</summary>
    public string NodeName { get; }

    /// <summary>Reads an attribute.</summary>
    public bool TryGetAttribute(string name, out YValue value) => AsMap().TryGetValue(name, out value);

    /// <summary>The XML as Yjs writes it: the name in lower case, attributes sorted by name. Nothing is escaped.</summary>
    public override string ToString()
    {
        var name = NodeName.ToLowerInvariant();
        var output = new StringBuilder().Append('<').Append(name);
        foreach (var (key, value) in AsMap().OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            output.Append(' ').Append(key).Append("=\"").Append(JsText.Of(value)).Append('"');
        }

        return output.Append('>').Append(base.ToString()).Append("</").Append(name).Append('>').ToString();
    }
}
