using System.Text;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

// The text with its formats and embedded objects.
public partial class YText
{
    /// <summary>
    /// The text as stretches of equal format and embedded objects, in order, as Yjs's <c>toDelta()</c> has them: two stretches
    /// with equal formats can stand side by side where a format ended and began again.
    /// </summary>
    public IReadOnlyList<YDeltaOp> ToDelta()
    {
        Doc.CheckReadable();
        var store = Doc.Store;
        var delta = new List<YDeltaOp>();
        var text = new StringBuilder();
        var formats = new OrderedDictionary<string, YValue>(StringComparer.Ordinal);
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
                    AddText();
                    delta.Add(new YDeltaOp(Doc.ReadLast(item), Copy()));
                    break;
                case EntryKind.Format:
                    AddText();
                    var (key, value) = Doc.ReadFormat(item);
                    if (value.Kind == YValueKind.Null)
                    {
                        formats.Remove(key);
                    }
                    else
                    {
                        formats[key] = value;
                    }

                    break;
            }
        }

        AddText();
        return delta;

        void AddText()
        {
            if (text.Length > 0)
            {
                delta.Add(new YDeltaOp(text.ToString(), Copy()));
                text.Clear();
            }
        }

        OrderedDictionary<string, YValue>? Copy() => formats.Count > 0 ? new(formats, StringComparer.Ordinal) : null;
    }
}
