using System.Text;

namespace TinyStore.Yjs;

/// <summary>A text node of an XML tree: its formats show as elements around the text.</summary>
public sealed class YXmlText : YText
{
    internal YXmlText(YDoc doc, int index)
        : base(doc, index)
    {
    }

    /// <summary>The XML as Yjs writes it: for each format an element with the properties of its value as attributes. Nothing is escaped.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        foreach (var op in ToDelta())
        {
            var formats = op.Attributes.OrderBy(format => format.Key, StringComparer.Ordinal).ToList();
            foreach (var (name, value) in formats)
            {
                output.Append('<').Append(name);
                foreach (var (key, property) in JsText.PropertiesOf(value).OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    output.Append(' ').Append(key).Append("=\"").Append(JsText.Of(property)).Append('"');
                }

                output.Append('>');
            }

            output.Append(JsText.Of(op.Insert));
            for (var i = formats.Count - 1; i >= 0; i--)
            {
                output.Append("</").Append(formats[i].Key).Append('>');
            }
        }

        return output.ToString();
    }
}
