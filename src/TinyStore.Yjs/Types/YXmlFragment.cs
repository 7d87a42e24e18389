using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

/// <summary>A list of XML nodes. It can be read and observed.</summary>
public class YXmlFragment : YType, IEnumerable<YValue>
{
    internal YXmlFragment(YDoc doc, int index)
        : base(doc, index)
    {
    }

    /// <summary>How many children it has.</summary>
    public int Count => ListLength;

    /// <summary>The child at an index: a value of kind <see cref="YValueKind.Type"/> where peers keep to XML.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public YValue this[int index] => ReadAt(index);

    /// <summary>Calls the observer once for each transaction that changed the children or the attributes.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable Observe(Action<YXmlEvent> observer) => ObserveAs(observer);

    /// <inheritdoc/>
    public IEnumerator<YValue> GetEnumerator() => new ListEnumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The map entries of the type: attributes of an element; in what Yjs 14 wrote, also the entries of its maps.
    /// </summary>
    public YMap AsMap() => new(this);

    /// <summary>The XML as Yjs writes it. Nothing is escaped.</summary>
    public override string ToString()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var output = new StringBuilder();
        foreach (var child in this)
        {
            output.Append(JsText.Of(child));
        }

        return output.ToString();
    }

    internal override void AppendJson(StringBuilder output) => JsonText.AppendString(output, ToString());
}
