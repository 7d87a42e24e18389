using System.Text;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>A shared text with formats and embedded objects. It can be read and observed.</summary>
public partial class YText : YType
{
    internal YText(YDoc doc, int index)
        : base(doc, index)
    {
    }

    /// <summary>Its length in UTF-16 units; an embedded object counts one.</summary>
    public int Length => ListLength;

    /// <summary>Calls the observer once for each transaction that changed this text.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable Observe(Action<YTextEvent> observer) => ObserveAs(observer);

    /// <summary>The text without formats and embedded objects.</summary>
    public override string ToString()
    {
        Doc.CheckReadable();
        var store = Doc.Store;
        var output = new StringBuilder();
        for (var item = FirstVisible; item != 0; item = store.NextVisible(store.Entries[item].Right))
        {
            if (store.Entries[item].Kind == EntryKind.String)
            {
                output.Append(Encoding.UTF8.GetString(store.Contents[store.Entries[item].Address]));
            }
        }

        return output.ToString();
    }

    internal override void AppendJson(StringBuilder output) => JsonText.AppendString(output, ToString());
}
