using System.Text;
using TinyStore.Yjs.Structs;

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
        Doc.CheckReadable();
        var store = Doc.Store;
        var output = new StringBuilder();
        var text = new StringBuilder();
        var formats = new SortedDictionary<string, YValue>(StringComparer.Ordinal);
        for (var item = FirstItem; item != 0; item = store.Entries[item].Right)
        {
            ref var entry = ref store.Entries[item];
            if (entry.IsDeleted)
            {
                continue;
            }

            switch (entry.Kind)
            {
                case EntryKind.String:
                    text.Append(Encoding.UTF8.GetString(store.Contents[entry.Address]));
                    break;
                case EntryKind.Type or EntryKind.Embed:
                    AppendFormatted(output, text, formats);
                    text.Append(JsText.Of(Doc.ReadLast(item)));
                    AppendFormatted(output, text, formats, evenEmpty: true);
                    break;
                case EntryKind.Format:
                    AppendFormatted(output, text, formats);
                    SetFormat(formats, Doc.ReadFormat(item));
                    break;
            }
        }

        AppendFormatted(output, text, formats);
        return output.ToString();
    }

    private static void AppendFormatted(StringBuilder output, StringBuilder text, SortedDictionary<string, YValue> formats, bool evenEmpty = false)
    {
        if (text.Length == 0 && !evenEmpty)
        {
            return;
        }

        foreach (var (name, value) in formats)
        {
            output.Append('<').Append(name);
            foreach (var (key, property) in JsText.PropertiesOf(value).OrderBy(property => property.Key, StringComparer.Ordinal))
            {
                output.Append(' ').Append(key).Append("=\"").Append(JsText.Of(property)).Append('"');
            }

            output.Append('>');
        }

        output.Append(text);
        foreach (var name in formats.Keys.Reverse())
        {
            output.Append("</").Append(name).Append('>');
        }

        text.Clear();
    }
}
